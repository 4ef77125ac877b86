/** One signed request to a service of AWS that is asked now and then; DynamoDB, which is asked all the time, has its own way. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '#pool'
import { backoff } from '../retry.ts'
import type { HttpResponse } from './http-pool.ts'
import type { Headers, Signer } from './sign.ts'

export type AwsRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Headers
  readonly body?: string | Uint8Array
}

const MAX_TRIES = 3
const PAUSE = backoff(50, 200)
const LIMITS = { connections: 4, connectTimeout: 2_000, headersTimeout: 10_000, bodyTimeout: 30_000 }

/**
 * Sends requests to `origin`, each of which may be sent again: after no answer, or one of 500 and above, it is, twice at
 * most. Resolves to whatever is answered at last.
 */
export const createAwsClient = (origin: string, sign: Signer) => {
  const pool = createPool(origin, LIMITS)
  const { host } = new URL(origin)

  const send = async ({ method, path, headers = {}, body }: AwsRequest): Promise<HttpResponse> => {
    const signed = await sign(host, headers, typeof body === 'string' ? body : '', path, method)
    return pool.send({ method, path, headers: signed, body: body ?? null })
  }

  return async (request: AwsRequest): Promise<HttpResponse> => {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await send(request)
        if (answer.status < 500 || tries === MAX_TRIES) return answer
      } catch (error) {
        if (tries === MAX_TRIES) throw error
      }
      await sleep(PAUSE(tries))
    }
  }
}

/** Client of an AWS service that is called occasionally, with signed requests and retries. DynamoDB has a client of its own. */
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
 * A client of the service at `origin`, for requests that may be repeated: after a lost response, or a status from 500 up, a
 * request is retried with backoff, twice at most. Resolves to the last response.
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

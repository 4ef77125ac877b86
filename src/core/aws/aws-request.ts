/** Client of an AWS service that is called occasionally, with signed requests and retries. DynamoDB has a client of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '#pool'
import { backoff } from '../retry.ts'
import type { HttpResponse } from './http-pool.ts'
import type { Headers, ServiceSigner, Signer } from './sign.ts'

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
 * request is retried with backoff, twice at most; also after a refusal because of this machine's clock. Resolves to the last
 * response.
 */
export const createAwsClient = (origin: string, sign: Signer & Partial<ServiceSigner>) => {
  const pool = createPool(origin, LIMITS)
  const { host } = new URL(origin)

  /** `isFinal`: neither an error of the service nor a refused clock, which is corrected now. */
  const send = async ({ method, path, headers = {}, body }: AwsRequest) => {
    const signed = await sign(host, headers, typeof body === 'string' ? body : '', path, method)
    const answer = await pool.send({ method, path, headers: signed, body: body ?? null })
    const isRefused = answer.status === 400 || answer.status === 403
    return {
      answer,
      isFinal: answer.status < 500 && !(isRefused && sign.correctClock?.(signed, answer.date)),
    }
  }

  return async (request: AwsRequest): Promise<HttpResponse> => {
    for (let tries = 1; ; tries++) {
      try {
        const { answer, isFinal } = await send(request)
        if (isFinal || tries === MAX_TRIES) return answer
      } catch (error) {
        if (tries === MAX_TRIES) throw error
      }
      await sleep(PAUSE(tries))
    }
  }
}

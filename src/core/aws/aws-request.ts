/** Client of an AWS service that is called occasionally, with signed requests and retries. DynamoDB has a client of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '#pool'
import { backoff, type RetryPolicy } from '../retry.ts'
import { type HttpResponse, headerOf } from './http-pool.ts'
import type { Headers, ServiceSigner, Signer } from './sign.ts'

export type AwsRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Headers
  readonly body?: string | Uint8Array
}

export type AwsRetryPolicy = RetryPolicy & {
  /** No try begins later than this after the request. */
  readonly withinMs: number
  /** How long a try waits for its response; by default a quarter of `withinMs`, at most 10 s. */
  readonly answerWithinMs?: number
}

/** Retries of a client whose caller is waiting. */
const BRIEF: AwsRetryPolicy = { maxTries: 3, pause: backoff(50, 200), withinMs: 60_000 }
const LIMITS = { connections: 4, connectTimeout: 2_000, headersTimeout: 10_000, bodyTimeout: 30_000 }

/** Error codes of requests that a service refuses because there are too many: most services send them with status 400. */
const THROTTLED =
  /"__type":\s*"[^"]*?(Throttl|TooManyRequests|RequestLimitExceeded)|<Code>(Throttl|RequestLimitExceeded)/

/** Whether a response says that the service is throttling. */
export const isThrottled = ({ status, body }: Pick<HttpResponse, 'status' | 'body'>): boolean =>
  status === 429 || (status === 400 && THROTTLED.test(body.toString('utf8', 0, 1_000)))

/**
 * A client of the service at `origin`, for requests that may be repeated: after a lost response, a status from 500 up, or
 * throttling, a request is retried with backoff and full jitter, as `retries` says (by default twice at most); also after a refusal
 * because of this machine's clock. Resolves to the last response.
 */
export const createAwsClient = (
  origin: string,
  sign: Signer & Partial<ServiceSigner>,
  { maxTries, pause, withinMs, answerWithinMs }: AwsRetryPolicy = BRIEF,
) => {
  // Several tries have to fit.
  const headersTimeout = answerWithinMs ?? Math.min(LIMITS.headersTimeout, withinMs / 4)
  const pool = createPool(origin, { ...LIMITS, headersTimeout })
  const { host } = new URL(origin)

  /** `isFinal`: neither an error of the service, nor throttling, nor a refused clock, which is corrected now. */
  const send = async ({ method, path, headers = {}, body }: AwsRequest) => {
    const signed = await sign(host, headers, typeof body === 'string' ? body : '', path, method)
    const answer = await pool.send({ method, path, headers: signed, body: body ?? null })
    const isRefused = answer.status === 400 || answer.status === 403
    return {
      answer,
      isFinal:
        answer.status < 500 &&
        !isThrottled(answer) &&
        !(isRefused && sign.correctClock?.(signed, headerOf(answer, 'date'))),
    }
  }

  return async (request: AwsRequest): Promise<HttpResponse> => {
    const start = performance.now()
    for (let tries = 1; ; tries++) {
      const ms = pause(tries)
      const isLast = tries === maxTries || performance.now() - start + ms > withinMs
      try {
        const { answer, isFinal } = await send(request)
        if (isFinal || isLast) return answer
      } catch (error) {
        if (isLast) throw error
      }
      await sleep(ms)
    }
  }
}

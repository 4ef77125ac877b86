/** Idempotency keys as Stripe has them: the same request gets the same answer for a day, another one with the key is refused. */
import { sha256 } from '../../core/ids.ts'
import { TestApiError } from './errors.ts'
import type { TestStore } from './store.ts'

const KEPT_MS = 24 * 60 * 60 * 1000

export type ApiAnswer = { readonly status: number; readonly body: string; readonly isReplayed?: true }

export type Idempotent = (
  key: string | undefined,
  request: string,
  work: () => Promise<ApiAnswer>,
) => Promise<ApiAnswer>

/**
 * A function that runs `work` once for each key. Throws 409 while the first request with the key is being worked on, and
 * 400 for another request with it. Answers of refused requests are not kept.
 */
export const createIdempotency = (store: TestStore, now: () => Date): Idempotent => {
  const running = new Set<string>()
  return async (key, request, work) => {
    if (key === undefined) return work()
    const hash = sha256(request)
    const saved = store.get('answer', key)
    if (saved && now().getTime() - saved.savedAt < KEPT_MS) {
      if (saved.request === hash) return { status: saved.status, body: saved.body, isReplayed: true }
      throw new TestApiError(
        400,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
        { type: 'idempotency_error' },
      )
    }
    if (running.has(key))
      throw new TestApiError(
        409,
        'There is currently another in-progress request using this idempotency key.',
        { type: 'invalid_request_error', code: 'idempotency_key_in_use' },
      )
    running.add(key)
    try {
      const answer = await work()
      store.put('answer', key, {
        request: hash,
        status: answer.status,
        body: answer.body,
        savedAt: now().getTime(),
      })
      return answer
    } finally {
      running.delete(key)
    }
  }
}

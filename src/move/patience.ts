/** Patience with reads of a database that throttles, or is not reachable for a moment: a move has begun and should not end for that. */
import { ShopError } from '../core/errors.ts'
import { backoff, type RetryPolicy, retry } from '../core/retry.ts'

/** About 20 s. */
export const PATIENCE: RetryPolicy = { maxTries: 12, pause: backoff(100, 4_000) }

/** Calls `read` until it succeeds, about 20 s. Throws its last error. */
export const patiently = async <T>(read: () => Promise<T>): Promise<T> => {
  let failure: unknown
  const done = await retry(PATIENCE, async () => {
    try {
      return { value: await read() }
    } catch (error) {
      if (!(error instanceof ShopError)) throw error
      failure = error
      return undefined
    }
  })
  if (!done) throw failure
  return done.value
}

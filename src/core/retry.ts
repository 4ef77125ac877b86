/**
 * Retry with exponential backoff and full jitter: the longest pause doubles with each try, and each pause is a random part
 * of it, so that callers that got into each other's way do not meet again.
 */
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds to wait after this many failed tries. */
export type Backoff = (tries: number) => number

/** Pauses of at most `firstMs` × 2, × 4, × 8 …, and never more than `maxMs`. */
export const backoff =
  (firstMs: number, maxMs: number): Backoff =>
  tries =>
    Math.random() * Math.min(maxMs, firstMs * 2 ** tries)

export type RetryPolicy = { readonly maxTries: number; readonly pause: Backoff }

/**
 * Calls `attempt`, which is told the number of the try (1, 2, …), until it gives a value. Resolves to that value; to
 * undefined when no try of `maxTries` has given one. What `attempt` throws is thrown at once.
 */
export const retry = async <T>(
  { maxTries, pause }: RetryPolicy,
  attempt: (tries: number) => Promise<T | undefined>,
): Promise<T | undefined> => {
  for (let tries = 1; ; tries++) {
    const value = await attempt(tries)
    if (value !== undefined || tries === maxTries) return value
    const ms = pause(tries)
    if (ms > 0) await sleep(ms)
  }
}

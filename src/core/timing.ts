/** Answers whose time must not tell what was found (decision 56). */
import { setTimeout as sleep } from 'node:timers/promises'

/** No answer comes sooner than this (ms): longer than such work takes on most machines. */
const SOONEST_MS = 50
/** Each comes up to so much later (ms), by chance: where the work took longer, a difference of tenths drowns in it. */
const BLUR_MS = 10

/** Does `work`, and gives what it gives, or throws what it throws, 50 ms after it began or when it is done, and up to 10 ms later. */
export const withUniformTiming = async <T>(work: () => Promise<T>): Promise<T> => {
  const since = performance.now()
  try {
    return await work()
  } finally {
    const rest = Math.max(0, SOONEST_MS - (performance.now() - since))
    await sleep(rest + BLUR_MS * Math.random())
  }
}

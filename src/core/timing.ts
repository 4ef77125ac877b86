/** Uniform response time against timing attacks: the time of a response must not reveal what was found (decision 56). */
import { setTimeout as sleep } from 'node:timers/promises'

/** The shortest response time (ms): longer than such work takes on most machines. */
const MIN_MS = 50
/** Random extra time (ms): where the work took longer, it hides differences of tenths of a millisecond. */
const JITTER_MS = 10

/** Runs `work`, and settles as it does, but not before 50 ms have passed, and up to 10 ms later at random. */
export const withUniformTiming = async <T>(work: () => Promise<T>): Promise<T> => {
  const since = performance.now()
  try {
    return await work()
  } finally {
    const rest = Math.max(0, MIN_MS - (performance.now() - since))
    await sleep(rest + JITTER_MS * Math.random())
  }
}

/** Answers whose time must not tell what was found: they come after a whole number of steps. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Longer than such work mostly takes, too short for anybody to wait for (ms). */
const STEP_MS = 50
/** Timers count whole milliseconds: what is left of a difference drowns in so many, at random. */
const JITTER_MS = 8

/** Does `work`, and gives what it gives, or throws what it throws, when whole steps have passed since it began. */
export const inSteps = async <T>(work: () => Promise<T>): Promise<T> => {
  const since = performance.now()
  try {
    return await work()
  } finally {
    const rest = STEP_MS - ((performance.now() - since) % STEP_MS)
    await sleep(rest + JITTER_MS * Math.random())
  }
}

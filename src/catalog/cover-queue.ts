/**
 * Queue of uploaded covers: one image is processed at a time, so that many large ones at once leave the machine to the shoppers. A few
 * wait; the next gets a 503.
 */
import { timeLeft } from '../core/deadline.ts'
import { storeBusy } from '../http/store-busy.ts'

/** Each takes up to a second on a small machine, and all must be done within the deadline of a request. */
const MAX_WAITING = 4

/**
 * Runs a job when those before it are done. Throws store_busy when too many wait, or when a job that has waited has less time left
 * than the last one took.
 */
export type Enqueue = <T>(job: () => Promise<T>) => Promise<T>

export const createCoverQueue = (maxWaiting = MAX_WAITING): Enqueue => {
  let last: Promise<unknown> = Promise.resolve()
  let open = 0
  let lastMs = 0
  const run = async <T>(job: () => Promise<T>, hasWaited: boolean): Promise<T> => {
    // A job that did not wait runs whatever the last one took: otherwise one slow upload would end all later ones.
    if (timeLeft() <= 0 || (hasWaited && timeLeft() < lastMs)) throw storeBusy()
    const since = performance.now()
    try {
      return await job()
    } finally {
      lastMs = performance.now() - since
    }
  }
  return async job => {
    if (open > maxWaiting) throw storeBusy()
    const hasWaited = open > 0
    open++
    const mine = last.then(() => run(job, hasWaited))
    last = mine.catch(() => {})
    try {
      return await mine
    } finally {
      open--
    }
  }
}

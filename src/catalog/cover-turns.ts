/**
 * Turns of uploaded covers: one image is worked on at a time, so that many large ones at once leave the machine to the shoppers. A few
 * wait; the next gets a 503.
 */
import { timeLeft } from '../core/deadline.ts'
import { storeBusy } from '../http/store-busy.ts'

/** Each takes up to a second on a small machine, and all must be done within the deadline of a request. */
const MAX_WAITING = 4

/** Runs `work` when it is its turn. Throws store_busy when too many wait, or when too little time is left for as long a work as the last. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>

export const createTurns = (maxWaiting = MAX_WAITING): TakeTurn => {
  let last: Promise<unknown> = Promise.resolve()
  let open = 0
  let lastMs = 0
  const measure = async <T>(work: () => Promise<T>): Promise<T> => {
    if (timeLeft() < lastMs) throw storeBusy()
    const since = performance.now()
    try {
      return await work()
    } finally {
      lastMs = performance.now() - since
    }
  }
  return async work => {
    if (open > maxWaiting) throw storeBusy()
    open++
    const mine = last.then(() => measure(work))
    last = mine.catch(() => {})
    try {
      return await mine
    } finally {
      open--
    }
  }
}

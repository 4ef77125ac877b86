/**
 * Load shedding: bounds how many requests a process works on and for how long. A request beyond that is refused at once with
 * 503, so that the others are answered in time, instead of all of them late.
 */
import { hasDeadline, pauseDeadline, withDeadline } from '../core/deadline.ts'
import { type BodyHold, createBodyBudget } from './body-budget.ts'
import { storeBusy } from './store-busy.ts'

/** Maximum requests processed concurrently. More would only take turns, and the database client has 48 connections. */
const MAX_CONCURRENT = 32
/** Maximum requests that wait for a slot: a short burst is not an overload. */
const MAX_QUEUED = 96
const MAX_WAIT_MS = 3_000
/** A body that takes longer than this (ms) to receive is received without a slot. */
const SLOW_BODY_MS = 50
/** Deadline of a request, from its arrival. With the longest database call, every response is sent within 8 s. */
const DEADLINE_MS = 5_000

export type LoadShedder = {
  /** Runs `work` in a slot and with a deadline, unless it is part of a request that has both. Throws store_busy when there is no slot. */
  readonly admit: <T>(work: () => Promise<T>) => Promise<T>
  /** Releases the slot while the body is being received. Throws store_busy when there is no slot afterwards. */
  readonly yieldSlotWhile: <T>(receive: () => Promise<T>) => Promise<T>
  /** For the bodies of one request, from the budget of the process. */
  readonly holdBodies: () => BodyHold
}

export const createLoadShedder = (maxConcurrent = MAX_CONCURRENT, maxQueued = MAX_QUEUED): LoadShedder => {
  const bodies = createBodyBudget()
  let taken = 0
  const queue = new Set<() => void>()

  const acquire = (): Promise<void> | undefined => {
    if (taken < maxConcurrent) {
      taken++
      return undefined
    }
    if (queue.size >= maxQueued) throw storeBusy()
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        queue.delete(acquired)
        reject(storeBusy())
      }, MAX_WAIT_MS)
      // The slot passes from the finished request to the next one: `taken` stays.
      const acquired = () => {
        clearTimeout(timeout)
        queue.delete(acquired)
        resolve()
      }
      queue.add(acquired)
    })
  }

  const release = (): void => {
    const [next] = queue
    if (next) next()
    else taken--
  }

  const admit: LoadShedder['admit'] = async work => {
    if (hasDeadline()) return work()
    const since = performance.now()
    const turn = acquire()
    if (turn !== undefined) await turn
    try {
      return await withDeadline(DEADLINE_MS - (performance.now() - since), work)
    } finally {
      release()
    }
  }

  const yieldSlotWhile: LoadShedder['yieldSlotWhile'] = async receive => {
    const received = pauseDeadline(receive)
    const slow = Promise.withResolvers<'slow'>()
    const timer = setTimeout(() => slow.resolve('slow'), SLOW_BODY_MS)
    // A body that is received quickly keeps its slot, and need not queue a second time.
    const first = await Promise.race([received, slow.promise]).finally(() => clearTimeout(timer))
    if (first !== 'slow') return received
    release()
    try {
      const body = await received
      await acquire()
      return body
    } catch (error) {
      // `admit` releases once more at the end, also when no slot was acquired again.
      taken++
      throw error
    }
  }

  return { admit, yieldSlotWhile, holdBodies: bodies.hold }
}

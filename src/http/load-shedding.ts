/**
 * How many requests are worked on at once, and for how long. Whoever comes when all places are taken is refused at once, so that
 * those inside are answered soon, instead of all of them late.
 */
import { hasDeadline, pauseDeadline, withDeadline } from '../core/deadline.ts'
import { ShopError } from '../core/errors.ts'
import { currentRequest } from '../core/request.ts'

/** One process does one thing at a time; more at once would only make everybody slower, and the store's connections are not many more. */
const MAX_CONCURRENT = 32
/** A crowd that comes at once is no overload yet: so many may wait for a place, so long (ms). */
const MAX_QUEUED = 96
const LONGEST_WAIT_MS = 3_000
/** A body that is not there after so long (ms) is waited for without a place. */
const SLOW_MS = 50
/** Every request has its answer within 8 s: so long (ms) after it came, a store that is slow is waited for. */
const WITHIN_MS = 5_000

export type LoadShedder = {
  /** Gives `work` a place, unless it is part of a request that has one. Throws store_busy when there is none. */
  readonly admit: <T>(work: () => Promise<T>) => Promise<T>
  /** Lets others have the place while `reading` waits for the sender. Throws store_busy when there is none afterwards. */
  readonly yieldSlotWhile: <T>(reading: () => Promise<T>) => Promise<T>
}

const full = (): ShopError => {
  const request = currentRequest()
  if (request) request.isShed = true
  return new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
}

export const createLoadShedder = (places = MAX_CONCURRENT, line = MAX_QUEUED): LoadShedder => {
  let taken = 0
  const waiting = new Set<() => void>()

  const enter = (): Promise<void> | undefined => {
    if (taken < places) {
      taken++
      return undefined
    }
    if (waiting.size >= line) throw full()
    return new Promise((entered, refused) => {
      const givenUp = setTimeout(() => {
        waiting.delete(enterNow)
        refused(full())
      }, LONGEST_WAIT_MS)
      // The place of whoever leaves goes on to the next: `taken` stays.
      const enterNow = () => {
        clearTimeout(givenUp)
        waiting.delete(enterNow)
        entered()
      }
      waiting.add(enterNow)
    })
  }

  const leave = (): void => {
    const [next] = waiting
    if (next) next()
    else taken--
  }

  const admit: LoadShedder['admit'] = async work => {
    if (hasDeadline()) return work()
    const since = performance.now()
    const turn = enter()
    if (turn !== undefined) await turn
    try {
      return await withDeadline(WITHIN_MS - (performance.now() - since), work)
    } finally {
      leave()
    }
  }

  const aside: LoadShedder['yieldSlotWhile'] = async reading => {
    const read = pauseDeadline(reading)
    const slow = Promise.withResolvers<'slow'>()
    const timer = setTimeout(() => slow.resolve('slow'), SLOW_MS)
    // Whoever has sent all that there is keeps the place, and need not wait in line a second time.
    const first = await Promise.race([read, slow.promise]).finally(() => clearTimeout(timer))
    if (first !== 'slow') return read
    leave()
    try {
      const late = await read
      await enter()
      return late
    } catch (error) {
      // `admit` leaves once more at the end, also where there was no place to come back to.
      taken++
      throw error
    }
  }

  return { admit, yieldSlotWhile: aside }
}

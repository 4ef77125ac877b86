/**
 * Rate limiter that is exact across processes: a request is admitted by a conditional write or not at all. Memory only
 * saves writes: a key that is known to be full is refused without a call, so a flood does not become a flood of writes.
 */
import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Dynamo } from '../dynamo/dynamo.ts'
import { TransactionRefused, type Write } from '../dynamo/write.ts'
import { ShopError } from '../errors.ts'
import { backoff, type RetryPolicy, retry } from '../retry.ts'
import { admission, parseWindow, type SlidingWindow, type WindowState, waitMs } from './sliding-window.ts'

const MAX_KNOWN_KEYS = 5_000
const PAUSE = backoff(5, 80)
/** The first conflict says what the item holds, so that the second try needs no pause. */
const RETRIES: RetryPolicy = { maxTries: 30, pause: tries => (tries === 1 ? 0 : PAUSE(tries)) }

/** A request as one rate limit counts it: at most `max` in any `seconds` for `subject` within `scope`. */
export type RateLimitRequest = {
  readonly scope: string
  readonly subject: string
  readonly max: number
  readonly seconds: number
}

export type Limiter = {
  /**
   * Counts a request on all of these limits, or on none when one of them is used up. With `writes`, counting and writing are
   * one transaction: both or neither. Resolves to the milliseconds until it may be tried again; 0 when it was admitted.
   * Throws store_busy, store_unavailable, and TransactionRefused when a condition of `writes` failed.
   */
  readonly admit: (requests: readonly RateLimitRequest[], writes?: readonly Write[]) => Promise<number>
  /** Milliseconds until it may be tried again, as far as this process knows; makes no call. */
  readonly knownWait: (requests: readonly RateLimitRequest[]) => number
}

/** `secret` keys the hashes under which subjects are counted, so that the table holds no IP address and no email. */
export const createLimiter = (
  db: Pick<Dynamo, 'transact'>,
  table: string,
  secret: string,
  clock: () => Date,
): Limiter => {
  /** What this process knows of the items: requests that were admitted, though not always all. */
  const known = new LRUCache<string, WindowState>({ max: MAX_KNOWN_KEYS })
  const queues = new Map<string, Promise<unknown>>()

  const toWindow = ({ scope, subject, max, seconds }: RateLimitRequest): SlidingWindow => ({
    // A limit that is changed begins to count at zero.
    key: createHmac('sha256', secret)
      .update(JSON.stringify([scope, max, seconds, subject]))
      .digest('hex'),
    max,
    windowMs: seconds * 1000,
  })

  const longestWait = (windows: readonly SlidingWindow[], at: number): number =>
    Math.max(0, ...windows.map(one => waitMs(one, known.get(one.key), at)))

  /** Runs `work` after the earlier requests that count on the same keys: concurrent ones would only conflict. */
  const inTurn = async <T>(keys: readonly string[], work: () => Promise<T>): Promise<T> => {
    const mine = Promise.all(keys.map(key => queues.get(key))).then(work)
    const settled = mine.then(
      () => {},
      () => {},
    )
    for (const key of keys) queues.set(key, settled)
    try {
      return await mine
    } finally {
      for (const key of keys) if (queues.get(key) === settled) queues.delete(key)
    }
  }

  const learn = (key: string, state: WindowState | undefined): void => {
    if (state) known.set(key, state)
    else known.delete(key)
  }

  /** One try. Undefined when an item was not as it was known; it is known afterwards. */
  const tryOnce = async (
    windows: readonly SlidingWindow[],
    writes: readonly Write[],
  ): Promise<number | undefined> => {
    const at = clock().getTime()
    const wait = longestWait(windows, at)
    if (wait > 0) return wait
    const steps = windows.map(one => ({ key: one.key, ...admission(table, one, known.get(one.key), at) }))
    try {
      await db.transact([...writes, ...steps.map(({ write }) => write)])
    } catch (error) {
      if (error instanceof TransactionRefused) {
        for (const { key, write } of steps)
          if (error.failed.has(write)) learn(key, parseWindow(error.failed.get(write)))
        if (writes.some(write => error.failed.has(write))) throw error
        return undefined
      }
      // It may have been written or not: the next request reads the item again.
      for (const { key } of steps) known.delete(key)
      throw error
    }
    for (const { key, after } of steps) known.set(key, after)
    return 0
  }

  const admitWithRetries = async (
    windows: readonly SlidingWindow[],
    writes: readonly Write[],
  ): Promise<number> => {
    const wait = await retry(RETRIES, () => tryOnce(windows, writes))
    if (wait === undefined)
      throw new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
    return wait
  }

  const admit: Limiter['admit'] = async (requests, writes = []) => {
    const windows = requests.map(toWindow)
    const wait = longestWait(windows, clock().getTime())
    if (wait > 0) return wait
    if (windows.length + writes.length === 0) return 0
    const keys = windows.map(({ key }) => key)
    return inTurn(keys, () => admitWithRetries(windows, writes))
  }

  return { admit, knownWait: requests => longestWait(requests.map(toWindow), clock().getTime()) }
}

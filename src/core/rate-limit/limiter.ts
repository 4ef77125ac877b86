/**
 * Rate limiter that is exact across processes: a request is admitted by a conditional write or not at all. Memory only
 * saves writes: a key that is known to be full is refused without a call, so a flood does not become a flood of writes.
 */
import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Dynamo } from '../dynamo/dynamo.ts'
import { type Item, TransactionRefused, type Write } from '../dynamo/write.ts'
import { ShopError } from '../errors.ts'
import { backoff, type RetryPolicy, retry } from '../retry.ts'
import { type Hold, isFull, withHold } from './holds.ts'
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
  /** A shorter window in which fewer are admitted. */
  readonly burst?: { readonly max: number; readonly seconds: number }
  /**
   * Each process counts in batches of this many and writes once for a batch: cheap, and exact but for one batch of each process.
   */
  readonly batch?: number
  /** Seconds for which amounts are held on this limit's item. */
  readonly heldSeconds?: number
  /** What the request holds on this limit, beside being counted. */
  readonly hold?: Hold
}

/** Nothing was written: what the request would hold finds no room. */
export class HoldRefused extends Error {
  override readonly name = 'HoldRefused'
  readonly request: RateLimitRequest

  constructor(request: RateLimitRequest) {
    super(`nothing can be held: ${request.scope}`)
    this.request = request
  }
}

export type Limiter = {
  /**
   * Counts a request on all of these limits, or on none when one of them is used up. With `writes`, counting and writing are
   * one transaction: both or neither. Resolves to the milliseconds until it may be tried again; 0 when it was admitted.
   * Throws store_busy, store_unavailable, TransactionRefused when a condition of `writes` failed, and HoldRefused.
   */
  readonly admit: (requests: readonly RateLimitRequest[], writes?: readonly Write[]) => Promise<number>
  /** Milliseconds until it may be tried again, as far as this process knows; makes no call. */
  readonly knownWait: (requests: readonly RateLimitRequest[]) => number
  /** The id of the item of a limit, under which amounts are given back. */
  readonly rowOf: (request: RateLimitRequest) => string
}

type Counted = { readonly request: RateLimitRequest; readonly window: SlidingWindow }

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

  /** Requests of a batch that is not counted yet, by key. */
  const uncounted = new LRUCache<string, number>({ max: MAX_KNOWN_KEYS })

  // A limit whose window is changed begins to count at zero: the stored times would be read in another order.
  const rowOf = ({ scope, subject, max, seconds, batch }: RateLimitRequest): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify([scope, max, seconds, subject, ...(batch === undefined ? [] : [batch])]))
      .digest('hex')

  const toWindow = (request: RateLimitRequest): SlidingWindow => {
    const { max, seconds, burst, batch = 1, heldSeconds = 0 } = request
    return {
      key: rowOf(request),
      max: Math.ceil(max / batch),
      windowMs: seconds * 1000,
      keptMs: heldSeconds * 1000,
      ...(burst ? { burst: { max: burst.max, windowMs: burst.seconds * 1000 } } : {}),
    }
  }

  const toCounted = (request: RateLimitRequest): Counted => ({ request, window: toWindow(request) })

  const longestWait = (counted: readonly Counted[], at: number): number =>
    Math.max(0, ...counted.map(({ window }) => waitMs(window, known.get(window.key), at)))

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

  /** One try. Undefined when an item was not as it was known; it is known afterwards, and in `items`. */
  const tryOnce = async (
    counted: readonly Counted[],
    writes: readonly Write[],
    items: Map<string, Item | undefined>,
  ): Promise<number | undefined> => {
    const at = clock().getTime()
    const wait = longestWait(counted, at)
    if (wait > 0) return wait
    const steps = counted.map(({ request, window }) => {
      const { write, after } = admission(table, window, known.get(window.key), at)
      const { hold } = request
      return {
        request,
        key: window.key,
        write: hold ? withHold(write, hold, items.get(window.key), at) : write,
        after,
      }
    })
    try {
      await db.transact([...writes, ...steps.map(({ write }) => write)])
    } catch (error) {
      if (error instanceof TransactionRefused) {
        const refused = steps.filter(({ write }) => error.failed.has(write))
        for (const { key, write } of refused) {
          items.set(key, error.failed.get(write))
          learn(key, parseWindow(error.failed.get(write)))
        }
        if (writes.some(write => error.failed.has(write))) throw error
        const full = refused.find(({ request: { hold }, key }) => hold && isFull(hold, items.get(key), at))
        if (full) throw new HoldRefused(full.request)
        return undefined
      }
      // It may have been written or not: the next request reads the item again.
      for (const { key } of steps) known.delete(key)
      throw error
    }
    for (const { key, after } of steps) known.set(key, after)
    return 0
  }

  const admitWithRetries = async (counted: readonly Counted[], writes: readonly Write[]): Promise<number> => {
    const items = new Map<string, Item | undefined>()
    const wait = await retry(RETRIES, () => tryOnce(counted, writes, items))
    if (wait === undefined)
      throw new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
    return wait
  }

  /** Whether the request is counted: one of each batch. */
  const isDue = ({ request: { batch = 1 }, window: { key } }: Counted): boolean => {
    if (batch === 1) return true
    const before = uncounted.get(key) ?? 0
    uncounted.set(key, (before + 1) % batch)
    return before + 1 === batch
  }

  /** After a batch was refused its next request is counted, too. */
  const setBack = (counted: readonly Counted[]): void => {
    for (const { request, window } of counted)
      if (request.batch !== undefined) uncounted.set(window.key, request.batch - 1)
  }

  const admit: Limiter['admit'] = async (requests, writes = []) => {
    const tooMuch = requests.find(({ hold }) => hold && hold.amount > hold.max)
    if (tooMuch) throw new HoldRefused(tooMuch)
    const counted = requests.map(toCounted).filter(isDue)
    const known = longestWait(counted, clock().getTime())
    if (known > 0) {
      setBack(counted)
      return known
    }
    if (counted.length + writes.length === 0) return 0
    const keys = counted.map(({ window }) => window.key)
    const wait = await inTurn(keys, () => admitWithRetries(counted, writes))
    if (wait > 0) setBack(counted)
    return wait
  }

  return {
    admit,
    knownWait: requests => longestWait(requests.map(toCounted), clock().getTime()),
    rowOf,
  }
}

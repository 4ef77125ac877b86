/**
 * Limits that hold exactly, however many processes count: a hit is admitted by a conditional write or not at all. Memory
 * only spares writes: a key known to be full is refused without asking the store, so a flood does not become writes.
 */
import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Dynamo } from '../dynamo/dynamo.ts'
import { TransactionRefused, type Write } from '../dynamo/write.ts'
import { ShopError } from '../errors.ts'
import { backoff, type RetryPolicy, retry } from '../retry.ts'
import { type Allowance, hitsOf, type RecentHits, take, waitFor } from './sliding-window.ts'

const KNOWN_KEYS = 5_000
const PAUSE = backoff(5, 80)
/** The first conflict says what the row holds, so that the second try needs no pause. */
const RETRIES: RetryPolicy = { maxTries: 30, pause: tries => (tries === 1 ? 0 : PAUSE(tries)) }

/** At most `max` hits in any `seconds`, counted for `subject` within `scope`. */
export type RateLimitRequest = {
  readonly scope: string
  readonly subject: string
  readonly max: number
  readonly seconds: number
}

export type Limiter = ReturnType<typeof createLimiter>

/** `secret` keys the hashes under which subjects are counted, so that the table names no address of anybody. */
export const createLimiter = (
  db: Pick<Dynamo, 'transact'>,
  table: string,
  secret: string,
  clock: () => Date,
) => {
  /** What this process knows of the rows: hits that were admitted, though not always all. */
  const known = new LRUCache<string, RecentHits>({ max: KNOWN_KEYS })
  const turns = new Map<string, Promise<unknown>>()

  const allowanceOf = ({ scope, subject, max, seconds }: RateLimitRequest): Allowance => ({
    // A limit that is changed counts anew.
    key: createHmac('sha256', secret)
      .update(JSON.stringify([scope, max, seconds, subject]))
      .digest('hex'),
    max,
    windowMs: seconds * 1000,
  })

  const waitOf = (wanted: readonly Allowance[], at: number): number =>
    Math.max(0, ...wanted.map(one => waitFor(one, known.get(one.key), at)))

  /** Once the requests before it that count on the same keys are done: they would only get into each other's way. */
  const inTurn = async <T>(keys: readonly string[], work: () => Promise<T>): Promise<T> => {
    const mine = Promise.all(keys.map(key => turns.get(key))).then(work)
    const over = mine.then(
      () => {},
      () => {},
    )
    for (const key of keys) turns.set(key, over)
    try {
      return await mine
    } finally {
      for (const key of keys) if (turns.get(key) === over) turns.delete(key)
    }
  }

  const learn = (key: string, hits: RecentHits | undefined): void => {
    if (hits) known.set(key, hits)
    else known.delete(key)
  }

  /** One try; undefined when a row was not as it was taken to be, which is known afterwards. */
  const tryOnce = async (
    wanted: readonly Allowance[],
    writes: readonly Write[],
  ): Promise<number | undefined> => {
    const at = clock().getTime()
    const wait = waitOf(wanted, at)
    if (wait > 0) return wait
    const steps = wanted.map(one => ({ key: one.key, ...take(table, one, known.get(one.key), at) }))
    try {
      await db.transact([...writes, ...steps.map(({ write }) => write)])
    } catch (error) {
      if (error instanceof TransactionRefused) {
        for (const { key, write } of steps)
          if (error.failed.has(write)) learn(key, hitsOf(error.failed.get(write)))
        if (writes.some(write => error.failed.has(write))) throw error
        return undefined
      }
      // Nobody knows whether it was written: the next asks anew.
      for (const { key } of steps) known.delete(key)
      throw error
    }
    for (const { key, after } of steps) known.set(key, after)
    return 0
  }

  const admitInTurn = async (wanted: readonly Allowance[], writes: readonly Write[]): Promise<number> => {
    const wait = await retry(RETRIES, () => tryOnce(wanted, writes))
    if (wait === undefined)
      throw new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
    return wait
  }

  /**
   * Counts one hit on all of `demands`, or on none when any of them is used up; together with `writes`, in one transaction,
   * where they are given: what is not counted is not written, and the other way round. Returns the milliseconds after which
   * it may be tried again; 0 when it was admitted. Throws store_busy, store_unavailable, and TransactionRefused where a
   * condition of `writes` failed.
   */
  const admit = async (
    demands: readonly RateLimitRequest[],
    writes: readonly Write[] = [],
  ): Promise<number> => {
    const wanted = demands.map(allowanceOf)
    const wait = waitOf(wanted, clock().getTime())
    if (wait > 0) return wait
    if (wanted.length + writes.length === 0) return 0
    return inTurn(
      wanted.map(({ key }) => key),
      () => admitInTurn(wanted, writes),
    )
  }

  /** As far as this process knows, the milliseconds after which `demands` may be tried again; asks the store for nothing. */
  const knownWait = (demands: readonly RateLimitRequest[]): number =>
    waitOf(demands.map(allowanceOf), clock().getTime())

  return { admit, knownWait }
}

/**
 * Failover and the way back in an emulation of two Regions, under five checkouts a second: what is lost (RPO), for how long no order can be made (RTO), and
 * whether the projection of each Region has what its own tables have. Replication and the operator who switches are stand-ins.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { TABLE_IDS } from '#src/tables/definitions.ts'
import { aBook, checkOut } from '../../test/kit.ts'
import { openRegion, openRegionProjection, type Region } from '../../test/region.ts'
import { sortAttributes } from '../../test/table-contents.ts'
import { startReplication } from './replication.ts'

const CHECKOUTS_PER_SECOND = 5
const REPLICATION_PERIOD_MS = 20
const STREAM_PERIOD_MS = 250
const LONGEST_WAIT_MS = 30_000
const BOOK_IDS = ['tech-001', 'tech-002', 'tech-003']
const COPIES = 100_000

/** An order that the shop has acknowledged. */
type Acknowledged = { readonly id: string; readonly region: Region; readonly at: number }

export type Loss = {
  /** Acknowledged orders that the other Region does not have. */
  readonly missing: number
  /** Those among them whose writes had all been replicated: a failover must not lose them. */
  readonly replicatedMissing: number
}

export type FailoverOutcome = {
  /** Acknowledged in all. */
  readonly orders: number
  readonly loss: Loss
  /** Age of the oldest write that was not replicated when the Region failed (ms). */
  readonly rpoMs: number
  /** From the failure to the first order in the other Region (ms). */
  readonly rtoMs: number
  /** From the beginning of the way back to the first order in the first Region (ms). */
  readonly backMs: number
  /** Acknowledged orders that either Region lacks in the end. */
  readonly missingInTheEnd: number
  /** Items that one Region has in the end and the other has not, or not in this state. */
  readonly differentItems: number
  /** Copies that were sold in the failed Region and are in stock again, because the other Region wrote the book later. */
  readonly undeductedCopies: number
  /** Each verification, in order. */
  readonly verified: Readonly<Record<string, boolean>>
  /** The same questions about what is done wrong; the emulation is worth nothing where it passes. */
  readonly wrong: {
    /** Whether a projection of the second Region that follows the first one's streams is verified. */
    readonly isVerified: boolean
    /** What a failover loses to a copy of the tables that is not replicated. */
    readonly loss: Loss
  }
}

/** Waits until `look` gives something other than false or undefined, and returns that. */
const until = async <T>(what: string, look: () => T | false | undefined): Promise<T> => {
  const deadline = performance.now() + LONGEST_WAIT_MS
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) throw new Error(`${what}: not within ${LONGEST_WAIT_MS / 1000} s`)
    await sleep(5)
  }
}

/** Repeats `work`, with a pause in between. The function that is returned ends that, and throws what `work` has thrown. */
const repeat = (work: () => Promise<unknown>, pauseMs: number): (() => Promise<void>) => {
  let isEnded = false
  const running = (async () => {
    for (; !isEnded; await sleep(pauseMs)) await work()
  })()
  running.catch(() => {}) // thrown when it is ended
  return () => {
    isEnded = true
    return running
  }
}

/** Checkouts in the Region that `active` gives, none while it gives undefined. */
const startCheckouts = (active: () => Region | undefined, onFailed: (region: Region) => void) => {
  const acknowledged: Acknowledged[] = []
  const inFlight = new Set<Promise<void>>()
  const order = async (region: Region, bookId: string): Promise<void> => {
    const visitor = region.shop.visitor()
    const added = await visitor.post('/api/cart/items', { book_id: bookId })
    const made = added.status === 200 ? await checkOut(visitor) : added
    // An answer of a Region that is down does not arrive.
    if (made.status === 201 && !region.isDown())
      acknowledged.push({ id: made.body.order_id, region, at: performance.now() })
    else onFailed(region)
  }
  let begun = 0
  const timer = setInterval(() => {
    const region = active()
    if (!region) return
    const ordering: Promise<void> = order(region, BOOK_IDS[begun++ % BOOK_IDS.length] ?? '').finally(() =>
      inFlight.delete(ordering),
    )
    inFlight.add(ordering)
  }, 1_000 / CHECKOUTS_PER_SECOND)
  const settle = async (): Promise<void> => void (await Promise.all(inFlight))
  return {
    acknowledged,
    settle,
    /** Resolves with the next order that is acknowledged in this Region. */
    next: (region: Region): Promise<Acknowledged> => {
      const since = acknowledged.length
      return until('an order', () => acknowledged.slice(since).find(one => one.region === region))
    },
    stop: (): Promise<void> => {
      clearInterval(timer)
      return settle()
    },
  }
}

const orderIds = async (region: Region): Promise<ReadonlySet<string>> =>
  new Set((await region.items('orders')).map(({ order_id }) => String(order_id?.S)))

/** Which of the orders are not `present`. Those acknowledged before `unreplicatedSince` must be. */
const lossOf = (
  orders: readonly Acknowledged[],
  present: ReadonlySet<string>,
  unreplicatedSince: number,
): Loss => {
  const missing = orders.filter(({ id }) => !present.has(id))
  return {
    missing: missing.length,
    replicatedMissing: missing.filter(({ at }) => at < unreplicatedSince).length,
  }
}

const itemTexts = async (region: Region): Promise<ReadonlySet<string>> => {
  const texts = new Set<string>()
  for (const id of TABLE_IDS)
    for (const item of await region.items(id)) texts.add(`${id} ${JSON.stringify(item, sortAttributes)}`)
  return texts
}

const countDifferent = async (one: Region, other: Region): Promise<number> => {
  const [here, there] = [await itemTexts(one), await itemTexts(other)]
  return [...here].filter(text => !there.has(text)).length + [...there].filter(text => !here.has(text)).length
}

const countUndeducted = async (region: Region): Promise<number> => {
  const stock = (await region.items('books')).reduce((sum, book) => sum + Number(book.stock_quantity?.N), 0)
  const sold = (await orderIds(region)).size // one copy each
  return sold - (BOOK_IDS.length * COPIES - stock)
}

/** The first Region sells, fails, and takes over again from the second one; `seconds` for each of the three parts. */
export const emulateFailover = async (seconds: number): Promise<FailoverOutcome> => {
  const books = BOOK_IDS.map(book_id => aBook({ book_id, stock_quantity: COPIES }))
  const first = await openRegion({ books, withStaff: false })
  const second = await openRegion({ sharingTablesOf: first.shop, withStaff: false })
  const replication = await startReplication(first, second)
  const projections = {
    first: await openRegionProjection(first),
    second: await openRegionProjection(second),
    wrong: await openRegionProjection(second, first),
  }
  const jobs = [
    repeat(replication.run, REPLICATION_PERIOD_MS),
    ...Object.values(projections).map(({ follow }) => repeat(follow, STREAM_PERIOD_MS)),
  ]
  const verified: Record<string, boolean> = {}
  let active: Region | undefined = first
  let isOutage = false
  let unexpectedFailures = 0
  const checkouts = startCheckouts(
    () => active,
    region => {
      if (!isOutage || region !== first) unexpectedFailures++
      // The stand-in of the operator: the first order that fails is the reason to switch.
      else if (first.isDown()) active = second
    },
  )

  const firstOrder = await checkouts.next(first)
  const copy = await orderIds(second)
  await sleep(seconds * 1_000)
  verified['first, selling'] = await projections.first.isVerified()
  verified['second, standing by'] = await projections.second.isVerified()

  await until('replication', () => replication.unsentSince(first) > firstOrder.at)
  await checkouts.next(first)
  isOutage = true
  first.setDown(true)
  replication.setCut(true)
  const failedAt = performance.now()
  const unreplicatedSince = Math.min(failedAt, replication.unsentSince(first))
  const firstInSecond = await checkouts.next(second)
  const before = checkouts.acknowledged.filter(({ region }) => region === first)
  const loss = lossOf(before, await orderIds(second), unreplicatedSince)
  const wrongLoss = lossOf(before, copy, unreplicatedSince)
  await sleep(seconds * 1_000)
  verified['second, selling'] = await projections.second.isVerified()
  const isWrongVerified = await projections.wrong.isVerified()

  // The way back: the Region is there again, checkouts are held until the replication has caught up.
  first.setDown(false)
  replication.setCut(false)
  const backAt = performance.now()
  active = undefined
  await checkouts.settle()
  isOutage = false
  await until('replication', replication.isCaughtUp)
  active = first
  const firstAgain = await checkouts.next(first)
  await sleep(seconds * 1_000)
  verified['first, selling again'] = await projections.first.isVerified()
  verified['second, standing by again'] = await projections.second.isVerified()

  await checkouts.stop()
  await until('replication', replication.isCaughtUp)
  for (const end of jobs) await end()
  verified['first, in the end'] = await projections.first.isVerified()
  verified['second, in the end'] = await projections.second.isVerified()
  if (unexpectedFailures > 0) throw new Error(`${unexpectedFailures} checkouts failed without an outage`)
  const [here, there] = [await orderIds(first), await orderIds(second)]
  return {
    orders: checkouts.acknowledged.length,
    loss,
    rpoMs: Math.round(failedAt - unreplicatedSince),
    rtoMs: Math.round(firstInSecond.at - failedAt),
    backMs: Math.round(firstAgain.at - backAt),
    missingInTheEnd: checkouts.acknowledged.filter(({ id }) => !here.has(id) || !there.has(id)).length,
    differentItems: await countDifferent(first, second),
    undeductedCopies: await countUndeducted(first),
    verified,
    wrong: { isVerified: isWrongVerified, loss: wrongLoss },
  }
}

/**
 * One pass over all tables: every item of the source is compared with what the destination holds, and what differs is written there.
 * A pass keeps no position: an interrupted one is repeated, and finds by comparing what is done already.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { fromWire } from '../core/dynamo/marshal.ts'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { type Fence, fenceCheck } from '../core/fence/fence.ts'
import { backoff, type RetryPolicy, retry } from '../core/retry.ts'
import { TABLE_IDS, type TableId } from '../tables/definitions.ts'
import { hasExpired, hasMarkExpired, keyOfText, markOf } from '../tables/raw-items.ts'
import { type Contents, MoveError, type Place, readTable } from './place.ts'

/** A transaction has at most 100 writes, of which one is the check of the fence, and 4 MB. */
const MAX_WRITES = 99
const MAX_BYTES = 2_000_000
/** A busy or unreachable destination is tried again for about 20 s. */
const RETRIES: RetryPolicy = { maxTries: 12, pause: backoff(100, 4_000) }

export type PassResult = {
  /** Items of the source. */
  readonly items: number
  readonly written: number
  readonly deleted: number
  /** What was written or deleted, by table. */
  readonly changed: ReadonlyMap<TableId, ReadonlySet<string>>
  /** Its duration without that of `onBooks`, in milliseconds. */
  readonly ms: number
}

export type PassOptions = {
  /** The fence of the destination as this run has closed it: only while it is in this state is anything written. */
  readonly fence: Fence
  /** Called with the items of the source that were compared so far. */
  readonly report: (items: number) => void
  /** Called with the items of each page of books. */
  readonly onBooks?: (books: readonly RawItem[]) => Promise<void>
}

/** Carries out the writes while the fence of the destination is as this run has closed it. */
const writeFenced = async ({ db, names }: Place, fence: Fence, writes: readonly Write[]): Promise<void> => {
  const check = fenceCheck(names.control, fence)
  const done = await retry(RETRIES, async () => {
    try {
      await db.transact([check, ...writes])
      return true
    } catch (error) {
      if (error instanceof TransactionRefused)
        throw new MoveError(
          'another command has taken over or ended this move: see `cloudshelf move --status`',
        )
      if (error instanceof ShopError) return undefined
      throw error
    }
  })
  if (!done) throw new MoveError('the destination is not reachable or too busy: try again')
}

/** Writes in transactions of bounded size, one after the other: each one checks the same row. */
const createWriter = (place: Place, fence: Fence) => {
  let batch: Write[] = []
  let bytes = 0
  let last: Promise<void> = Promise.resolve()
  const flush = (): Promise<void> => {
    const writes = batch
    batch = []
    bytes = 0
    if (writes.length > 0) last = last.then(() => writeFenced(place, fence, writes))
    return last
  }
  const add = async (write: Write, size: number): Promise<void> => {
    batch.push(write)
    bytes += size
    if (batch.length >= MAX_WRITES || bytes >= MAX_BYTES) await flush()
  }
  return { add, flush }
}

/**
 * What the projection in PostgreSQL recognizes its tables by. It stays behind, so that a projection beside the destination finds it
 * gone and compares everything: it has not seen what is copied.
 */
const isProjectionMarker = ({ pk, sk }: RawItem): boolean =>
  CONTROL_ROWS.projection.matches({ pk: pk?.S, sk: sk?.S })

/**
 * Makes the destination hold what the source holds. `known` is what the destination holds, and is kept up to date. Items that change
 * while the pass runs are copied as they are when they are read; the next pass finds what has changed since.
 */
export const copyPass = async (
  source: Place,
  destination: Place,
  known: Contents,
  { fence, report, onBooks }: PassOptions,
): Promise<PassResult> => {
  const since = performance.now()
  const writer = createWriter(destination, fence)
  const changed = new Map<TableId, Set<string>>()
  let [items, written, deleted, msOnBooks] = [0, 0, 0, 0]
  for (const id of TABLE_IDS) {
    const table = destination.names[id]
    const there = known[id]
    const seen = new Set<string>()
    const changedHere = new Set<string>()
    changed.set(id, changedHere)
    await readTable(source, id, async page => {
      for (const { key, item } of page) {
        if (id === 'control' && isProjectionMarker(item)) continue
        seen.add(key)
        const mark = markOf(id, item)
        if (there.get(key) === mark) continue
        there.set(key, mark)
        changedHere.add(key)
        written++
        await writer.add({ action: 'Put', table, item: fromWire(item) }, JSON.stringify(item).length)
      }
      items += page.length
      report(items)
      if (id !== 'books' || !onBooks) return
      const begun = performance.now()
      await onBooks(page.map(({ item }) => item))
      msOnBooks += performance.now() - begun
    })
    for (const key of there.keys()) {
      if (seen.has(key)) continue
      there.delete(key)
      changedHere.add(key)
      deleted++
      await writer.add({ action: 'Delete', table, key: keyOfText(id, key) }, key.length)
    }
    await writer.flush()
  }
  return { items, written, deleted, changed, ms: Math.round(performance.now() - since - msOnBooks) }
}

/** Items of the destination that are not what they should be. */
export type Differences = { readonly missing: number; readonly differing: number; readonly extra: number }

/** Reads back what a pass has changed, and compares it with what it has written. */
export const readBack = async (
  { wire, names }: Place,
  known: Contents,
  changed: PassResult['changed'],
): Promise<Differences> => {
  let [missing, differing, extra] = [0, 0, 0]
  for (const [id, keys] of changed)
    for (const key of keys) {
      const plainKey = keyOfText(id, key)
      const Key = Object.fromEntries(Object.entries(plainKey).map(([name, S]) => [name, { S }]))
      const input = { TableName: names[id], Key, ConsistentRead: true }
      const { Item } = (await wire.call('GetItem', input, { repeatable: true })) as { Item?: RawItem }
      const expected = known[id].get(key)
      if (Item && hasExpired(id, Item)) continue
      if (expected === undefined) extra += Item ? 1 : 0
      else if (!Item) missing++
      else if (markOf(id, Item) !== expected) differing++
    }
  return { missing, differing, extra }
}

/** How two contents of one place differ: what was read before or written since, and what is there now. What expired is not missing. */
export const compareContents = (expected: Contents, found: Contents): Differences => {
  let [missing, differing, extra] = [0, 0, 0]
  for (const id of TABLE_IDS) {
    for (const [key, mark] of expected[id]) {
      const there = found[id].get(key)
      if (there === undefined) missing += hasMarkExpired(mark) ? 0 : 1
      else if (there !== mark) differing++
    }
    for (const key of found[id].keys()) if (!expected[id].has(key)) extra++
  }
  return { missing, differing, extra }
}

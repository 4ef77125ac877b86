/**
 * One pass over all tables: every item of the source is compared with what the destination holds, and what differs is written there.
 * A pass keeps no position: an interrupted one is repeated, and finds by comparing what is done already.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { fromWire } from '../core/dynamo/marshal.ts'
import { type FoundItem, getRaw, MAX_KEYS, type RawItem } from '../core/dynamo/raw-items.ts'
import { TABLE_IDS, type TableId } from '../tables/definitions.ts'
import { hasExpired, hasMarkExpired, keyOfText, markOf, plainKeyText } from '../tables/raw-items.ts'
import { patiently } from './patience.ts'
import { type Contents, isOfShop, type Place, readTable } from './place.ts'
import type { Writer } from './writer.ts'

export type PassResult = {
  /** Items of the source. */
  readonly items: number
  readonly written: number
  /** Without what had expired: its deletion by the database is no write. */
  readonly deleted: number
  /** What was written or deleted, by table. */
  readonly changed: ReadonlyMap<TableId, ReadonlySet<string>>
  /** Its duration without that of `onBooks`, in milliseconds. */
  readonly ms: number
}

export type PassOptions = {
  readonly writer: Writer
  /** Called with the items of the source that were compared so far. */
  readonly report: (items: number) => void
  /** Called with the items of each page of books. */
  readonly onBooks?: (books: readonly RawItem[]) => Promise<void>
}

/**
 * What the projection in PostgreSQL recognizes its tables by. It stays behind, so that a projection beside the destination finds it
 * gone and compares everything: it has not seen what is copied.
 */
const isProjectionMarker = ({ pk, sk }: RawItem): boolean =>
  CONTROL_ROWS.projection.matches({ pk: pk?.S, sk: sk?.S })

/** Compares items of the source with what the destination holds, and writes what differs. `known` is kept up to date. */
const createComparer = (destination: Place, known: Contents, writer: Writer) => {
  const changed = new Map<TableId, Set<string>>(TABLE_IDS.map(id => [id, new Set()]))
  let [written, deleted] = [0, 0]
  return {
    /** `item`: as the source has it; undefined where it has none. */
    take: async (id: TableId, key: string, item: RawItem | undefined): Promise<void> => {
      const there = known[id]
      const table = destination.names[id]
      const before = there.get(key)
      const mark = item && markOf(id, item)
      if (before === mark) return
      const hadExpired = before !== undefined && hasMarkExpired(before)
      if (!hadExpired) changed.get(id)?.add(key)
      if (item && mark !== undefined) {
        there.set(key, mark)
        written++
        await writer.add(
          { action: 'Put', table, item: fromWire(item) },
          Buffer.byteLength(JSON.stringify(item)),
        )
      } else {
        there.delete(key)
        if (!hadExpired) deleted++
        await writer.add({ action: 'Delete', table, key: keyOfText(id, key) }, Buffer.byteLength(key))
      }
    },
    result: () => ({ written, deleted, changed }),
  }
}

/**
 * Makes the destination hold what the source holds. `known` is what the destination holds, and is kept up to date. Items that change
 * while the pass runs are copied as they are when they are read; the next pass finds what has changed since.
 */
export const copyPass = async (
  source: Place,
  destination: Place,
  known: Contents,
  { writer, report, onBooks }: PassOptions,
): Promise<PassResult> => {
  const since = performance.now()
  const comparer = createComparer(destination, known, writer)
  let [items, msOnBooks] = [0, 0]
  for (const id of TABLE_IDS) {
    const seen = new Set<string>()
    await readTable(source, id, async page => {
      for (const { key, item } of page) {
        if (id === 'control' && isProjectionMarker(item)) continue
        seen.add(key)
        await comparer.take(id, key, item)
      }
      items += page.length
      report(items)
      if (id !== 'books' || !onBooks) return
      const begun = performance.now()
      await onBooks(page.map(({ item }) => item))
      msOnBooks += performance.now() - begun
    })
    for (const key of known[id].keys()) if (!seen.has(key)) await comparer.take(id, key, undefined)
    await writer.flush()
  }
  return { ...comparer.result(), items, ms: Math.round(performance.now() - since - msOnBooks) }
}

/** As `copyPass`, for items of the source that were read by their keys. */
export const copyItems = async (
  source: Place,
  destination: Place,
  known: Contents,
  found: readonly FoundItem[],
  { writer, onBooks }: PassOptions,
): Promise<PassResult> => {
  const since = performance.now()
  const comparer = createComparer(destination, known, writer)
  const ids = new Map(TABLE_IDS.map(id => [source.names[id], id]))
  const books: RawItem[] = []
  for (const { table, key, item } of found) {
    const id = ids.get(table)
    if (!id) continue
    const isCopied = item && isOfShop(id, item) && !(id === 'control' && isProjectionMarker(item))
    if (isCopied && id === 'books') books.push(item)
    await comparer.take(id, plainKeyText(id, key), isCopied ? item : undefined)
  }
  await writer.flush()
  await onBooks?.(books)
  return { ...comparer.result(), items: found.length, ms: Math.round(performance.now() - since) }
}

/** Items of the destination that are not what they should be. */
export type Differences = { readonly missing: number; readonly differing: number; readonly extra: number }

/** Reads back what a pass has changed, and compares it with what it has written. */
export const readBack = async (
  { db, names }: Place,
  known: Contents,
  changed: PassResult['changed'],
): Promise<Differences> => {
  let [missing, differing, extra] = [0, 0, 0]
  for (const [id, texts] of changed) {
    const keys = [...texts].map(text => ({ table: names[id], key: keyOfText(id, text) }))
    for (let from = 0; from < keys.length; from += MAX_KEYS) {
      const batch = keys.slice(from, from + MAX_KEYS)
      for (const { key, item } of await patiently(() => getRaw(db, batch))) {
        const expected = known[id].get(plainKeyText(id, key))
        if (item && hasExpired(id, item)) continue
        if (expected === undefined) extra += item ? 1 : 0
        else if (!item) missing += hasMarkExpired(expected) ? 0 : 1
        else if (markOf(id, item) !== expected) differing++
      }
    }
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

/** A place where a shop can be: its tables and its blobs, reached without the write fence. */
import type { Blobs } from '../core/blobs.ts'
import type { CapturedKeys } from '../core/dynamo/capture.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import type { Wire } from '../core/dynamo/wire.ts'
import { isFenceRow } from '../core/fence/fence.ts'
import { TABLE_IDS, type TableId, type TableNames } from '../tables/definitions.ts'
import { hasExpired, keyText, markOf } from '../tables/raw-items.ts'
import { patiently } from './patience.ts'

export type Place = {
  /** As the operator writes it: `embedded`, a URL, or `aws:REGION:STAGE`. */
  readonly name: string
  readonly names: TableNames
  /** Neither of both obeys the fence. */
  readonly wire: Wire
  readonly db: Dynamo
  /** Undefined where covers have no place of their own there. */
  readonly blobs: Blobs | undefined
  /** Where blobs are, for telling whether two places share them. */
  readonly blobsAt: string
  /** Parts in which a table is read at the same time. */
  readonly segments: number
  /** Whether a move creates missing tables; on AWS the stacks do. */
  readonly createsTables: boolean
  /**
   * Begins to capture the keys of all writes, where every program that writes there is known to be captured. Undefined where others may
   * write: then all items are read in the pause of a move.
   */
  readonly capture?: () => Promise<CapturedKeys & { readonly unregister: () => void }>
  readonly close: () => Promise<void>
}

/** What a move cannot do, with what to do about it. */
export class MoveError extends Error {
  override readonly name = 'MoveError'
}

/** Keys with the marks of their items (markOf), by table. */
export type Contents = Readonly<Record<TableId, Map<string, string>>>

export type StoredItem = {
  readonly item: RawItem
  /** The primary key as text. */
  readonly key: string
}

/** Whether the item belongs to the shop, and so moves with it. */
export const isOfShop = (id: TableId, item: RawItem): boolean =>
  !hasExpired(id, item) && !(id === 'control' && isFenceRow({ pk: item.pk?.S, sk: item.sk?.S }))

async function* readSegment(
  { wire, names, segments }: Place,
  id: TableId,
  segment: number,
): AsyncGenerator<StoredItem[]> {
  const part = segments === 1 ? {} : { Segment: segment, TotalSegments: segments }
  const pageAfter = (key: unknown): Promise<Record<string, unknown>> => {
    const input = { TableName: names[id], ConsistentRead: true, ExclusiveStartKey: key, ...part }
    const page = patiently(() => wire.call('Scan', input, { repeatable: true }))
    page.catch(() => {}) // a caller that stops early never awaits it
    return page
  }
  let page = pageAfter(undefined)
  for (;;) {
    const { Items, LastEvaluatedKey }: Record<string, unknown> = await page
    if (LastEvaluatedKey) page = pageAfter(LastEvaluatedKey)
    const items = (Items ?? []) as RawItem[]
    yield items.filter(item => isOfShop(id, item)).map(item => ({ item, key: keyText(id, item) }))
    if (!LastEvaluatedKey) return
  }
}

/** Reads all items of a table that move with the shop, strongly consistent, page by page: `work` gets each page. */
export const readTable = async (
  place: Place,
  id: TableId,
  work: (page: readonly StoredItem[]) => Promise<void> | void,
): Promise<void> => {
  const segments = Array.from({ length: place.segments }, async (_, segment) => {
    for await (const page of readSegment(place, id, segment)) await work(page)
  })
  const ends = await Promise.allSettled(segments)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Whether a table has an item that moves with the shop: reads to the first one. */
export const hasItems = async (place: Place, id: TableId): Promise<boolean> => {
  for await (const page of readSegment({ ...place, segments: 1 }, id, 0)) if (page.length > 0) return true
  return false
}

/** What a place holds. `report` gets the number of items so far. */
export const readContents = async (place: Place, report: (items: number) => void): Promise<Contents> => {
  let items = 0
  const contents = Object.fromEntries(TABLE_IDS.map(id => [id, new Map<string, string>()])) as Contents
  for (const id of TABLE_IDS)
    await readTable(place, id, page => {
      for (const { key, item } of page) contents[id].set(key, markOf(id, item))
      items += page.length
      report(items)
    })
  return contents
}

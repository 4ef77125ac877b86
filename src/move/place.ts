/** A place where a shop can be: its tables and its blobs, reached without the write fence. */
import type { Blobs } from '../core/blobs.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Wire } from '../core/dynamo/wire.ts'
import { isFenceRow } from '../core/fence/fence.ts'
import {
  TABLE_IDS,
  TABLES,
  type TableDefinition,
  type TableId,
  type TableNames,
} from '../tables/definitions.ts'
import { hashItem, type WireItem } from './item-hash.ts'

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
  readonly close: () => Promise<void>
}

/** What a move cannot do, with what to do about it. */
export class MoveError extends Error {
  override readonly name = 'MoveError'
}

/** Keys with the marks of their items (markOf), by table. */
export type Contents = Readonly<Record<TableId, Map<string, string>>>

export type StoredItem = {
  readonly item: WireItem
  /** The primary key as text. */
  readonly key: string
}

const keyText = (id: TableId, item: WireItem): string => {
  const { hash, range }: TableDefinition['key'] = TABLES[id].key
  return JSON.stringify([item[hash]?.S, range === undefined ? '' : item[range]?.S])
}

/** The primary key in AttributeValues. */
export const wireKey = (id: TableId, item: WireItem): WireItem => {
  const { hash, range }: TableDefinition['key'] = TABLES[id].key
  return { [hash]: item[hash] ?? {}, ...(range === undefined ? {} : { [range]: item[range] ?? {} }) }
}

/** The primary key of a key's text, as plain attributes. */
export const keyOfText = (id: TableId, text: string): Record<string, string> => {
  const { hash, range }: TableDefinition['key'] = TABLES[id].key
  const [first = '', second = ''] = JSON.parse(text) as string[]
  return { [hash]: first, ...(range === undefined ? {} : { [range]: second }) }
}

const expiryOf = (id: TableId, item: WireItem): string | undefined => {
  const { ttl }: TableDefinition = TABLES[id]
  const expires = ttl === undefined ? undefined : item[ttl]?.N
  return typeof expires === 'string' ? expires : undefined
}

const isOver = (expires: string | undefined): boolean =>
  expires !== undefined && Number(expires) * 1000 <= Date.now()

/** Whether the TTL of the item has passed: DynamoDB deletes it at any time, so it is neither copied nor compared. */
export const hasExpired = (id: TableId, item: WireItem): boolean => isOver(expiryOf(id, item))

/** What an item is compared by: its hash, and the time at which it expires, if it does (`<hash>@<seconds>`). */
export const markOf = (id: TableId, item: WireItem): string => {
  const expires = expiryOf(id, item)
  return expires === undefined ? hashItem(item) : `${hashItem(item)}@${expires}`
}

/** Whether the item with this mark has expired by now. */
export const hasMarkExpired = (mark: string): boolean => isOver(mark.split('@')[1])

/** Whether the item belongs to the shop, and so moves with it. */
const isOfShop = (id: TableId, item: WireItem): boolean =>
  !hasExpired(id, item) && !(id === 'control' && isFenceRow({ pk: item.pk?.S, sk: item.sk?.S }))

async function* readSegment(
  { wire, names, segments }: Place,
  id: TableId,
  segment: number,
): AsyncGenerator<StoredItem[]> {
  const part = segments === 1 ? {} : { Segment: segment, TotalSegments: segments }
  const pageAfter = (key: unknown): Promise<Record<string, unknown>> => {
    const input = { TableName: names[id], ConsistentRead: true, ExclusiveStartKey: key, ...part }
    const page = wire.call('Scan', input, { repeatable: true })
    page.catch(() => {}) // a caller that stops early never awaits it
    return page
  }
  let page = pageAfter(undefined)
  for (;;) {
    const { Items, LastEvaluatedKey }: Record<string, unknown> = await page
    if (LastEvaluatedKey) page = pageAfter(LastEvaluatedKey)
    const items = (Items ?? []) as WireItem[]
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

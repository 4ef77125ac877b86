/** Items of the shop's tables as they are stored: their keys as text, their expiry, and the mark that they are compared by. */
import { hashItem } from '../core/dynamo/item-hash.ts'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import { TABLES, type TableDefinition, type TableId } from './definitions.ts'

/** The primary key as text, which is the same for the same key. */
export const keyText = (id: TableId, item: RawItem): string => {
  const { hash, range }: TableDefinition['key'] = TABLES[id].key
  return JSON.stringify([item[hash]?.S, range === undefined ? '' : item[range]?.S])
}

/** The text of a key in plain attributes. */
export const plainKeyText = (id: TableId, key: Readonly<Record<string, string>>): string => {
  const { hash, range }: TableDefinition['key'] = TABLES[id].key
  return JSON.stringify([key[hash], range === undefined ? '' : key[range]])
}

/** The primary key of a key's text, as plain attributes. */
export const keyOfText = (id: TableId, text: string): Record<string, string> => {
  const { hash, range }: TableDefinition['key'] = TABLES[id].key
  const [first = '', second = ''] = JSON.parse(text) as string[]
  return { [hash]: first, ...(range === undefined ? {} : { [range]: second }) }
}

const expiryOf = (id: TableId, item: RawItem): string | undefined => {
  const { ttl }: TableDefinition = TABLES[id]
  const expires = ttl === undefined ? undefined : item[ttl]?.N
  return typeof expires === 'string' ? expires : undefined
}

const isOver = (expires: string | undefined): boolean =>
  expires !== undefined && Number(expires) * 1000 <= Date.now()

/** Whether the TTL of the item has passed: DynamoDB deletes it at any time, so it is neither copied nor compared. */
export const hasExpired = (id: TableId, item: RawItem): boolean => isOver(expiryOf(id, item))

/** What an item is compared by: its hash, and the time at which it expires, if it does (`<hash>@<seconds>`). */
export const markOf = (id: TableId, item: RawItem): string => {
  const expires = expiryOf(id, item)
  return expires === undefined ? hashItem(item) : `${hashItem(item)}@${expires}`
}

/** Whether the item with this mark has expired by now. */
export const hasMarkExpired = (mark: string): boolean => isOver(mark.split('@')[1])

/** Items as AttributeValues, exactly as they are stored: for copies of whole tables, in which no value may change. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ShopError } from '../errors.ts'
import { backoff } from '../retry.ts'
import type { CapturedKey } from './capture.ts'
import type { Dynamo, Key } from './dynamo.ts'
import { keyToWire } from './marshal.ts'
import { DynamoError } from './wire.ts'

/** An AttributeValue: one type, such as `S`, with its value. */
export type RawValue = Readonly<Record<string, unknown>>
/** An item: AttributeValues by the names of the attributes. */
export type RawItem = Readonly<Record<string, RawValue>>

/** Bounds of TransactWriteItems: 100 items and 4 MB; the bytes of JSON are more than those that count. */
const MAX_ITEMS = 100
const MAX_BYTES = 3_500_000

/** A table that is written to by one client grows its capacity slowly: about three minutes of patience. */
const MAX_TRIES = 40
const PAUSE = backoff(100, 10_000)
/** Of a read that a write pause waits for. */
const MAX_BRIEF_TRIES = 5
const PAUSE_BRIEFLY = backoff(10, 80)

const busy = (): ShopError =>
  new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')

/** All items of a table, page by page, read consistently. Each page is a moment of its own. */
export async function* scanRaw(db: Pick<Dynamo, 'admin'>, table: string): AsyncGenerator<readonly RawItem[]> {
  const pageAfter = (key: unknown): Promise<Record<string, unknown>> => {
    const input = { TableName: table, ConsistentRead: true, ExclusiveStartKey: key }
    const page = db.admin('Scan', input, true)
    // A caller that stops early never awaits it.
    page.catch(() => {})
    return page
  }
  let next: Promise<Record<string, unknown>> | undefined = pageAfter(undefined)
  while (next !== undefined) {
    const { Items, LastEvaluatedKey }: Record<string, unknown> = await next
    next = LastEvaluatedKey ? pageAfter(LastEvaluatedKey) : undefined
    yield (Items ?? []) as RawItem[]
  }
}

/** Keys in one BatchGetItem or TransactGetItems. */
export const MAX_KEYS = 100

export type FoundItem = CapturedKey & { readonly item: RawItem | undefined }

/** The items of these keys as they are now, read consistently, each at a moment of its own; undefined where there is none. */
export const getRaw = async (
  db: Pick<Dynamo, 'admin'>,
  keys: readonly CapturedKey[],
): Promise<FoundItem[]> => {
  const found: FoundItem[] = []
  let left = keys
  for (let tries = 1; left.length > 0; tries++) {
    const batch = left.slice(0, MAX_KEYS)
    const tables = Map.groupBy(batch, one => one.table)
    const RequestItems = Object.fromEntries(
      [...tables].map(([table, ones]) => [
        table,
        { Keys: ones.map(({ key }) => keyToWire(key)), ConsistentRead: true },
      ]),
    )
    const answer = await db.admin('BatchGetItem', { RequestItems }, true)
    const responses = (answer.Responses ?? {}) as Readonly<Record<string, readonly RawItem[]>>
    const unread = (answer.UnprocessedKeys ?? {}) as Readonly<Record<string, { Keys?: readonly RawItem[] }>>
    const again = batch.filter(one => unread[one.table]?.Keys?.some(key => hasKey(key, one.key)))
    for (const one of batch)
      if (!again.includes(one))
        found.push({ ...one, item: responses[one.table]?.find(item => hasKey(item, one.key)) })
    left = [...again, ...left.slice(batch.length)]
    if (again.length < batch.length) tries = 0
    else if (tries === MAX_TRIES) throw busy()
    if (again.length > 0) await sleep(PAUSE(tries))
  }
  return found
}

const hasKey = (item: RawItem, key: Key): boolean =>
  Object.entries(key).every(([name, value]) => item[name]?.S === value)

/**
 * The items of at most 100 keys as they are at one moment: all of a transaction, or nothing of it. Throws store_busy where other
 * writes are in the way for too long.
 */
export const getRawAtOnce = async (
  db: Pick<Dynamo, 'admin'>,
  keys: readonly CapturedKey[],
): Promise<FoundItem[]> => {
  if (keys.length === 0) return []
  if (keys.length > MAX_KEYS) throw busy()
  const TransactItems = keys.map(({ table, key }) => ({ Get: { TableName: table, Key: keyToWire(key) } }))
  for (let tries = 1; ; tries++)
    try {
      const { Responses } = await db.admin('TransactGetItems', { TransactItems }, true)
      const items = Responses as readonly { readonly Item?: RawItem }[]
      return keys.map((one, i) => ({ ...one, item: items[i]?.Item }))
    } catch (error) {
      if (!isPassing(error)) throw error
      if (tries === MAX_BRIEF_TRIES) throw busy()
      await sleep(PAUSE_BRIEFLY(tries))
    }
}

/** Whether a call was not carried out because the database, or another write, was in its way. */
const isPassing = (error: unknown): boolean => {
  if (error instanceof ShopError) return error.code === 'store_busy'
  if (!(error instanceof DynamoError) || error.type !== 'TransactionCanceledException') return false
  const reasons = error.body.CancellationReasons
  const codes = Array.isArray(reasons)
    ? reasons.map(reason => String((reason as { Code?: unknown }).Code))
    : []
  return codes.length > 0 && codes.every(code => /^(None|TransactionConflict|Throttl|Provisioned)/.test(code))
}

const put = async (db: Pick<Dynamo, 'admin'>, table: string, items: readonly RawItem[]): Promise<void> => {
  for (let tries = 1; ; tries++)
    try {
      await db.admin(
        'TransactWriteItems',
        {
          ClientRequestToken: crypto.randomUUID(),
          TransactItems: items.map(Item => ({ Put: { TableName: table, Item } })),
        },
        true,
      )
      return
    } catch (error) {
      if (!isPassing(error) || tries === MAX_TRIES) throw error
      await sleep(PAUSE(tries))
    }
}

/** Puts at most 25 items by BatchWriteItem, and again those that the database has left for later. */
const putBatch = async (
  db: Pick<Dynamo, 'admin'>,
  table: string,
  items: readonly RawItem[],
): Promise<void> => {
  let requests: readonly unknown[] = items.map(Item => ({ PutRequest: { Item } }))
  for (let tries = 1; ; tries++) {
    try {
      const { UnprocessedItems } = await db.admin(
        'BatchWriteItem',
        { RequestItems: { [table]: requests } },
        true,
      )
      const left =
        (UnprocessedItems as Readonly<Record<string, readonly unknown[]>> | undefined)?.[table] ?? []
      if (left.length === 0) return
      if (left.length < requests.length) tries = 0
      requests = left
    } catch (error) {
      if (!isPassing(error)) throw error
    }
    if (tries === MAX_TRIES) throw busy()
    await sleep(PAUSE(tries))
  }
}

/**
 * - `transactions`: the embedded engine writes to the disk once for each, so a hundred items at once are eight times as fast
 * - `batches`: half the price on Amazon DynamoDB
 */
export type PutMode = 'transactions' | 'batches'
const MAX_BATCH_ITEMS = 25

/**
 * Puts items as they are, replacing those with their keys, and calls `done` with how many were put. Throws the database's error for an
 * item that it refuses.
 */
export const putRaw = async (
  db: Pick<Dynamo, 'admin'>,
  table: string,
  items: Iterable<RawItem>,
  done: (count: number) => void = () => {},
  mode: PutMode = 'transactions',
): Promise<void> => {
  const [most, putAll] = mode === 'batches' ? [MAX_BATCH_ITEMS, putBatch] : [MAX_ITEMS, put]
  let batch: RawItem[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    await putAll(db, table, batch)
    done(batch.length)
    batch = []
    bytes = 0
  }
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item))
    if (batch.length === most || bytes + size > MAX_BYTES) await flush()
    batch.push(item)
    bytes += size
  }
  await flush()
}

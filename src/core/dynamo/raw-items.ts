/** Items as AttributeValues, exactly as they are stored: for copies of whole tables, in which no value may change. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ShopError } from '../errors.ts'
import { backoff } from '../retry.ts'
import type { Dynamo } from './dynamo.ts'
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

/**
 * Puts items as they are, replacing those with their keys, and calls `done` with how many were put. In transactions, because the
 * embedded engine then writes to the disk once for a hundred items. Throws the database's error for an item that it refuses.
 */
export const putRaw = async (
  db: Pick<Dynamo, 'admin'>,
  table: string,
  items: Iterable<RawItem>,
  done: (count: number) => void = () => {},
): Promise<void> => {
  let batch: RawItem[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    await put(db, table, batch)
    done(batch.length)
    batch = []
    bytes = 0
  }
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item))
    if (batch.length === MAX_ITEMS || bytes + size > MAX_BYTES) await flush()
    batch.push(item)
    bytes += size
  }
  await flush()
}

/** DynamoDB client with the operations that the tables' files use. Items are plain objects here and AttributeValues on the wire. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ShopError } from '../errors.ts'
import { backoff, type RetryPolicy, retry } from '../retry.ts'
import { type BatchRead, projection, splitIntoBatches } from './batch-get.ts'
import { fromWire, keyToWire, toWire } from './marshal.ts'
import type { OutageMonitor } from './outage.ts'
import { DynamoError, type Wire } from './wire.ts'
import { type Item, type Refusal, refusalOf, TransactionRefused, type Write } from './write.ts'

export type Key = Readonly<Record<string, string>>

export type Query = {
  readonly table: string
  readonly index?: string
  /** Key condition, for example 'user_id = :user_id AND order_id > :after'. */
  readonly where: string
  readonly names?: Readonly<Record<string, string>>
  readonly values: Item
  readonly descending?: boolean
  readonly limit?: number
  readonly consistent?: boolean
  readonly after?: Key
}

export type ScanOptions = {
  readonly pageSize?: number
  readonly after?: Key
  /** Only these, where given. */
  readonly attributes?: readonly string[]
}

export type Page = { readonly items: readonly Item[]; readonly next?: Key }

export type Dynamo = {
  /** One item by its whole key; strongly consistent by default. */
  readonly get: (table: string, key: Key, consistent?: boolean) => Promise<Item | undefined>
  /** Up to 1 MB or `limit` items; `next` is where the following page starts. */
  readonly query: (query: Query) => Promise<Page>
  /** All pages of a query, one at a time. */
  readonly pages: (query: Query) => AsyncGenerator<readonly Item[]>
  /**
   * The whole table, or what follows the key `after`, page by page: for the index, exports and repairs, never for a request
   * of the shop. The next page is fetched while the caller works on this one.
   */
  readonly scan: (table: string, options?: ScanOptions) => AsyncGenerator<readonly Item[]>
  /** The items of these keys that exist, in no order, read consistently; only these `attributes` where given. */
  readonly batchGet: (table: string, keys: readonly Key[], attributes?: readonly string[]) => Promise<Item[]>
  /** As `batchGet` for several tables, in as few calls as possible: a function that gives the items of a table. */
  readonly batchGetAll: (reads: readonly BatchRead[]) => Promise<(table: string) => Item[]>
  /**
   * Carries out all writes or none. A token makes it idempotent, so that it is retried after a lost response and never done
   * twice (DynamoDB keeps the token for 10 minutes). Throws TransactionRefused when conditions failed.
   */
  readonly transact: (writes: readonly Write[]) => Promise<void>
  /**
   * One write alone, at half the price of a transaction. Throws TransactionRefused when its condition failed, and
   * store_unavailable when the response was lost: it is not retried, because that might do it twice, unless it is
   * `repeatable`: then the caller recognizes its own write by the item that failed the condition.
   */
  readonly write: (one: Write, repeatable?: boolean) => Promise<void>
  /**
   * Any other operation, with the input of the DynamoDB API: for tables, their TTL and their description, and for whole items as they
   * are stored (raw-items.ts). A `repeatable` one is sent again after a lost response.
   */
  readonly admin: (operation: string, input: object, repeatable?: boolean) => Promise<Record<string, unknown>>
  /** The outages of the database at present, as far as this process has noticed. */
  readonly outages: OutageMonitor['outages']
  readonly close: () => Promise<void>
}

const busy = () => new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')

const parseItems = (items: unknown): Item[] => (Array.isArray(items) ? items.map(fromWire) : [])

const BATCH_RETRIES: RetryPolicy = { maxTries: 8, pause: backoff(20, 400) }
const MAX_TRANSACTION_TRIES = 5
const TRANSACTION_PAUSE = backoff(20, 380)

export const createDynamo = (wire: Wire, outages: OutageMonitor['outages'] = () => []): Dynamo => {
  const read = (operation: string, input: object) => wire.call(operation, input, { repeatable: true })

  const get: Dynamo['get'] = async (table, key, consistent = true) => {
    const { Item } = await read('GetItem', {
      TableName: table,
      Key: keyToWire(key),
      ConsistentRead: consistent,
    })
    return Item === undefined ? undefined : fromWire(Item)
  }

  const query: Dynamo['query'] = async q => {
    const answer = await read('Query', {
      TableName: q.table,
      IndexName: q.index,
      KeyConditionExpression: q.where,
      ExpressionAttributeNames: q.names,
      ExpressionAttributeValues: toWire(q.values),
      ScanIndexForward: !q.descending,
      Limit: q.limit,
      ConsistentRead: q.consistent,
      ExclusiveStartKey: q.after && keyToWire(q.after),
    })
    const items = parseItems(answer.Items)
    return answer.LastEvaluatedKey ? { items, next: fromWire(answer.LastEvaluatedKey) as Key } : { items }
  }

  async function* pages(q: Query): AsyncGenerator<readonly Item[]> {
    let after = q.after
    do {
      const page: Page = await query(after ? { ...q, after } : q)
      yield page.items
      after = page.next
    } while (after)
  }

  async function* scan(table: string, options: ScanOptions = {}): AsyncGenerator<readonly Item[]> {
    const pageAfter = (key: unknown): Promise<Record<string, unknown>> => {
      const page = read('Scan', {
        TableName: table,
        Limit: options.pageSize,
        ExclusiveStartKey: key,
        ...(options.attributes && projection(options.attributes)),
      })
      // A caller that stops early never awaits it.
      page.catch(() => {})
      return page
    }
    let next: Promise<Record<string, unknown>> | undefined = pageAfter(
      options.after && keyToWire(options.after),
    )
    while (next !== undefined) {
      const { Items, LastEvaluatedKey }: Record<string, unknown> = await next
      next = LastEvaluatedKey ? pageAfter(LastEvaluatedKey) : undefined
      yield parseItems(Items)
    }
  }

  const batch = async (reads: readonly BatchRead[]): Promise<Map<string, Item[]>> => {
    const found = new Map(reads.map(({ table }) => [table, [] as Item[]]))
    let request: unknown = Object.fromEntries(
      reads.map(({ table, keys, attributes }) => [
        table,
        { Keys: keys.map(keyToWire), ConsistentRead: true, ...(attributes && projection(attributes)) },
      ]),
    )
    const complete = await retry(BATCH_RETRIES, async () => {
      const answer = await read('BatchGetItem', { RequestItems: request })
      const responses = (answer.Responses ?? {}) as Record<string, unknown>
      for (const table of Object.keys(responses)) found.get(table)?.push(...parseItems(responses[table]))
      const left = answer.UnprocessedKeys as Record<string, unknown> | undefined
      if (!left || Object.keys(left).length === 0) return found
      request = left
      return undefined
    })
    if (!complete) throw busy()
    return complete
  }

  const batchGetAll: Dynamo['batchGetAll'] = async reads => {
    const answers = await Promise.all(splitIntoBatches(reads).map(batch))
    return table => answers.flatMap(found => found.get(table) ?? [])
  }

  const batchGet: Dynamo['batchGet'] = async (table, keys, attributes) =>
    (await batchGetAll([{ table, keys, ...(attributes && { attributes }) }]))(table)

  const transact: Dynamo['transact'] = async writes => {
    const input = {
      ClientRequestToken: crypto.randomUUID(),
      TransactItems: writes.map(write => ({ [write.action]: wireWrite(write) })),
    }
    let uncertain = false
    for (let tries = 1; ; tries++) {
      try {
        await wire.call('TransactWriteItems', input, { repeatable: true })
        return
      } catch (error) {
        uncertain ||= error instanceof DynamoError && error.afterLoss
        const refusal = error instanceof DynamoError ? refusalOf(error, writes, fromWire) : undefined
        if (!refusal) throw error
        if (refusal.failed.size > 0) throw new TransactionRefused(refusal.failed)
        if (tries === MAX_TRANSACTION_TRIES) throw busy()
        await sleep(20 + TRANSACTION_PAUSE(tries))
        // The token of a cancelled transaction might only return that again, so the next try gets a new one; but after a lost
        // response an earlier try may have been carried out, and a new token would do it twice.
        if (!uncertain) input.ClientRequestToken = crypto.randomUUID()
      }
    }
  }

  const write: Dynamo['write'] = async (one, repeatable = false) => {
    if (one.action === 'ConditionCheck')
      throw new TypeError('a condition check must be part of a transaction')
    try {
      await wire.call(`${one.action}Item`, wireWrite(one), { repeatable })
    } catch (error) {
      if (!(error instanceof DynamoError) || error.type !== 'ConditionalCheckFailedException') throw error
      const old = error.body.Item
      const failed: Refusal['failed'] = new Map([[one, old === undefined ? undefined : fromWire(old)]])
      throw new TransactionRefused(failed)
    }
  }

  const admin: Dynamo['admin'] = (operation, input, repeatable = false) =>
    wire.call(operation, input, { repeatable })

  const { close } = wire
  return { get, query, pages, scan, batchGet, batchGetAll, transact, write, admin, outages, close }
}

const wireWrite = (write: Write): object => ({
  TableName: write.table,
  ...(write.action === 'Put' ? { Item: toWire(write.item) } : { Key: toWire(write.key) }),
  ...(write.action === 'Update' ? { UpdateExpression: write.set } : {}),
  ConditionExpression: write.condition,
  ExpressionAttributeNames: write.names,
  ExpressionAttributeValues: write.values && toWire(write.values),
  ReturnValuesOnConditionCheckFailure: write.condition === undefined ? undefined : 'ALL_OLD',
})

/** The narrow door to DynamoDB: what the tables' files call. Items are plain objects here and AttributeValues on the wire. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ShopError } from '../errors.ts'
import { backoff, type RetryPolicy, retry } from '../retry.ts'
import { type BatchRead, projection, splitIntoBatches } from './batch-get.ts'
import { fromWire, keyToWire, toWire } from './marshal.ts'
import { DynamoError, type Wire } from './wire.ts'
import { type Item, type Refusal, refusalOf, TransactionRefused, type Write } from './write.ts'

export type Key = Readonly<Record<string, string>>

export type Query = {
  readonly table: string
  readonly index?: string
  /** For example 'user_id = :user_id AND order_id > :after'. */
  readonly where: string
  readonly names?: Readonly<Record<string, string>>
  readonly values: Item
  readonly descending?: boolean
  readonly limit?: number
  readonly consistent?: boolean
  readonly after?: Key
}

export type Page = { readonly items: readonly Item[]; readonly next?: Key }

export type Dynamo = ReturnType<typeof createDynamo>

const busy = () => new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')

const itemsOf = (items: unknown): Item[] => (Array.isArray(items) ? items.map(fromWire) : [])

const BATCH_RETRIES: RetryPolicy = { maxTries: 8, pause: backoff(20, 400) }
const MAX_TRANSACTION_TRIES = 5
const TRANSACTION_PAUSE = backoff(20, 380)

export const createDynamo = (wire: Wire) => {
  const read = (operation: string, input: object) => wire.call(operation, input, { repeatable: true })

  /** One item by its whole key; strongly consistent unless told otherwise. */
  const get = async (table: string, key: Key, consistent = true): Promise<Item | undefined> => {
    const { Item } = await read('GetItem', {
      TableName: table,
      Key: keyToWire(key),
      ConsistentRead: consistent,
    })
    return Item === undefined ? undefined : fromWire(Item)
  }

  /** Up to 1 MB or `limit` items; `next` is where the following page starts. */
  const query = async (q: Query): Promise<Page> => {
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
    const items = itemsOf(answer.Items)
    return answer.LastEvaluatedKey ? { items, next: fromWire(answer.LastEvaluatedKey) as Key } : { items }
  }

  /** All pages of a query, a page at a time. */
  async function* pages(q: Query): AsyncGenerator<readonly Item[]> {
    let after = q.after
    do {
      const page: Page = await query(after ? { ...q, after } : q)
      yield page.items
      after = page.next
    } while (after)
  }

  /**
   * The whole table, a page at a time: for the index, exports and repairs, never for a request of the shop. The next page is
   * fetched while the caller deals with this one.
   */
  async function* scan(
    table: string,
    options: { readonly pageSize?: number } = {},
  ): AsyncGenerator<readonly Item[]> {
    const pageAfter = (key: unknown): Promise<Record<string, unknown>> => {
      const page = read('Scan', { TableName: table, Limit: options.pageSize, ExclusiveStartKey: key })
      // A caller who leaves early never waits for it.
      page.catch(() => {})
      return page
    }
    let next: Promise<Record<string, unknown>> | undefined = pageAfter(undefined)
    while (next !== undefined) {
      const { Items, LastEvaluatedKey }: Record<string, unknown> = await next
      next = LastEvaluatedKey ? pageAfter(LastEvaluatedKey) : undefined
      yield itemsOf(Items)
    }
  }

  const batch = async (asked: readonly BatchRead[]): Promise<Map<string, Item[]>> => {
    const found = new Map(asked.map(({ table }) => [table, [] as Item[]]))
    let request: unknown = Object.fromEntries(
      asked.map(({ table, keys, attributes }) => [
        table,
        { Keys: keys.map(keyToWire), ConsistentRead: true, ...(attributes && projection(attributes)) },
      ]),
    )
    const complete = await retry(BATCH_RETRIES, async () => {
      const answer = await read('BatchGetItem', { RequestItems: request })
      const responses = (answer.Responses ?? {}) as Record<string, unknown>
      for (const table of Object.keys(responses)) found.get(table)?.push(...itemsOf(responses[table]))
      const left = answer.UnprocessedKeys as Record<string, unknown> | undefined
      if (!left || Object.keys(left).length === 0) return found
      request = left
      return undefined
    })
    if (!complete) throw busy()
    return complete
  }

  /**
   * What is asked of each table, each once, read consistently and in as few calls as there can be: the items that exist by
   * their table, in no order.
   */
  const batchGetAll = async (asked: readonly BatchRead[]): Promise<(table: string) => Item[]> => {
    const answers = await Promise.all(splitIntoBatches(asked).map(batch))
    return table => answers.flatMap(found => found.get(table) ?? [])
  }

  /** The items of these keys that exist, in no order, read consistently; only these `attributes` where they are given. */
  const batchGet = async (
    table: string,
    keys: readonly Key[],
    attributes?: readonly string[],
  ): Promise<Item[]> => (await batchGetAll([{ table, keys, ...(attributes && { attributes }) }]))(table)

  /**
   * Carries out all writes or none. Sent under one token, so that a lost answer is asked for again and never done twice
   * (DynamoDB keeps the token for 10 minutes). Throws `TransactionRefused` when conditions failed.
   */
  const transact = async (writes: readonly Write[]): Promise<void> => {
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
        // A cancelled transaction is over, and its token might only repeat that; but where an answer was lost before, an
        // earlier try may have been carried out, and another token would do it twice.
        if (!uncertain) input.ClientRequestToken = crypto.randomUUID()
      }
    }
  }

  /**
   * One write alone, at half the price of a transaction. Throws `TransactionRefused` when its condition failed, and
   * store_unavailable when its answer was lost: it is not asked for again, since that might do it twice, unless it is
   * `repeatable`: then the caller knows its own write by what the condition met.
   */
  const write = async (one: Write, repeatable = false): Promise<void> => {
    if (one.action === 'ConditionCheck') throw new TypeError('a condition alone writes nothing')
    try {
      await wire.call(`${one.action}Item`, wireWrite(one), { repeatable })
    } catch (error) {
      if (!(error instanceof DynamoError) || error.type !== 'ConditionalCheckFailedException') throw error
      const old = error.body.Item
      const failed: Refusal['failed'] = new Map([[one, old === undefined ? undefined : fromWire(old)]])
      throw new TransactionRefused(failed)
    }
  }

  /** Any other operation in DynamoDB's own words: for tables, their TTL and their description. */
  const admin = (operation: string, input: object) => wire.call(operation, input, { repeatable: false })

  return { get, query, pages, scan, batchGet, batchGetAll, transact, write, admin, close: wire.close }
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

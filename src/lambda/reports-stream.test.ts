/** The bundle of ReportsConsumer, with stream batches as Lambda sends them, over stand-ins of the Data API and of SQS. */
import { marshall } from '@aws-sdk/util-dynamodb'
import { expect, test } from 'vitest'
import { PROXY_SECRET, startFunctions } from '../../test/deployments.ts'
import { CLUSTER_ARN, DATABASE_SECRET_ARN, startFakeDataApi } from '../../test/fake-data-api.ts'
import { startFakeQueue } from '../../test/fake-queue.ts'
import { createGatewayEvent } from '../../test/gateway-event.ts'
import { aBook, checkOut, createTestShop, type Json, TEST_SECRET } from '../../test/kit.ts'
import { startFunction } from '../../test/lambda-function.ts'
import { openTestDatabase } from '../../test/postgres.ts'
import { readItems } from '../../test/table-contents.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { CapturedKey } from '../core/dynamo/capture.ts'
import { createProjection } from '../projection/projection.ts'
import { readAsOf } from '../projection/saved-position.ts'
import { createStreamedProjection } from '../projection/streamed.ts'
import { verify } from '../projection/verify.ts'
import { TABLES } from '../tables/definitions.ts'

const shop = await createTestShop({ books: [aBook({ stock_quantity: 500 })] })
const { db, currency } = shop.deps
const { names } = shop
const { environment, aws, gateway, fetch } = await startFunctions(shop.deps, [])
const SCHEDULED = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }

let sequence = 0
const recordOf = ({ table, key }: CapturedKey) => ({
  eventSource: 'aws:dynamodb',
  eventSourceARN: `arn:aws:dynamodb:eu-central-1:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`,
  dynamodb: {
    Keys: marshall(key),
    ApproximateCreationDateTime: Date.now() / 1000,
    SequenceNumber: String(++sequence).padStart(20, '0'),
  },
})
const poison = { ...recordOf({ table: names.books, key: {} }), dynamodb: { SequenceNumber: '1' } }

const keysIn = async (id: 'books' | 'orders' | 'carts' | 'control'): Promise<CapturedKey[]> => {
  const { hash, range } = TABLES[id].key
  return (await readItems(shop, id)).map(item => ({
    table: names[id],
    key: { [hash]: String(item[hash]), [range]: String(item[range]) },
  }))
}

/** Those of orders with their payments. */
const keysOf = async (id: 'books' | 'orders' | 'carts'): Promise<CapturedKey[]> => {
  const payments =
    id === 'orders' ? (await keysIn('control')).filter(({ key }) => CONTROL_ROWS.payment.matches(key)) : []
  return [...(await keysIn(id)), ...payments]
}

const order = async () => {
  const buyer = shop.visitor()
  await buyer.post('/api/cart/items', { book_id: 'tech-001' })
  return (await checkOut(buyer)).body.order_id
}

/** A database of its own with the function; its migrations are the function's. */
const openConsumer = async (more: Readonly<Record<string, string>> = {}) => {
  const { url, sql } = await openTestDatabase()
  const api = await startFakeDataApi(url)
  const start = (other: Readonly<Record<string, string>> = {}) =>
    startFunction('ReportsConsumer', {
      ...environment,
      DATABASE_ARN: CLUSTER_ARN,
      DATABASE_SECRET_ARN,
      DATA_API_ENDPOINT: api.endpoint,
      ...more,
      ...other,
    })
  const projection = createProjection({ db, sql, names, currency, secret: TEST_SECRET })
  const compare = () => verify({ ...projection, settled: async () => true })
  return { sql, api, start, projection, compare }
}

test('live: batches are applied, records that cannot be read are left behind, and what failed is delivered again', {
  timeout: 60_000,
}, async () => {
  const { sql, api, start, projection, compare } = await openConsumer()
  await order()
  const consumer = await start()
  const gone = [
    { table: names.carts, key: { user_id: 'u', cart_id: 'c' } },
    { table: names.users, key: { user_id: 'u' } },
  ]
  const keys = [...(await keysOf('books')), ...(await keysOf('orders')), ...gone]
  api.pause(2)
  const batch = { Records: [poison, ...keys.map(recordOf), recordOf({ table: 'another', key: { id: '1' } })] }
  expect(await consumer.invoke(batch)).toEqual({ batchItemFailures: [] })
  expect(await sql.query('select 1 from report.orders')).toHaveLength(1)
  // Before the backfill nobody is told that the reports are complete.
  expect((await readAsOf(sql))?.getTime()).toBe(0)
  await createStreamedProjection(projection).backfill()
  const filledAt = await readAsOf(sql)
  expect(filledAt?.getTime()).toBeGreaterThan(0)
  expect(await compare()).toMatchObject({ missing: 0, differ: 0, extra: 0 })
  await order()
  expect(await compare()).toMatchObject({ missing: 2, differ: 1 })
  // A failure in the second hundred keys: the first is not delivered again. A key that comes twice is applied once.
  const books = (await keysOf('books')).map(recordOf)
  const others = Array.from({ length: 250 }, (_, i) =>
    recordOf({ table: names.users, key: { user_id: `nobody-${i % 125}` } }),
  )
  const many = [...books, ...others]
  const failing = await start({ ORDERS_TABLE_NAME: 'no-such-table' })
  const records = [...many, recordOf({ table: 'no-such-table', key: { user_id: 'a', order_id: 'b' } })]
  expect(await failing.invoke({ Records: records })).toEqual({
    batchItemFailures: [{ itemIdentifier: many[100]?.dynamodb.SequenceNumber }],
  })
  expect(await compare()).toMatchObject({ missing: 2, differ: 0 })
  expect(await consumer.invoke({ Records: (await keysOf('orders')).map(recordOf) })).toEqual({
    batchItemFailures: [],
  })
  expect(await compare()).toMatchObject({ missing: 0, differ: 0, extra: 0 })
  expect((await readAsOf(sql))?.getTime()).toBeGreaterThanOrEqual(filledAt?.getTime() ?? 0)
  expect(await consumer.invoke({ Records: [] })).toEqual({ batchItemFailures: [] })
})

test('by schedule: keys wait in a queue without waking the database, each once, and a failed drain loses nothing', async () => {
  const queue = await startFakeQueue()
  const { sql, api, start, projection, compare } = await openConsumer({ CAPTURED_KEYS_QUEUE: queue.url })
  await createStreamedProjection(projection).backfill()
  const consumer = await start()
  await order()
  await order()
  const keys = [...(await keysOf('books')), ...(await keysOf('orders'))]
  const before = api.calls.length
  const batch = { Records: [...keys, ...keys].map(recordOf) }
  expect(await consumer.invoke(batch)).toEqual({ batchItemFailures: [] })
  await consumer.invoke(SCHEDULED)
  expect(api.calls.length).toBeGreaterThan(before)
  expect(queue.waiting()).toEqual([])
  expect(await compare()).toMatchObject({ missing: 0, differ: 0, extra: 0 })
  const drained = api.calls.length
  await consumer.invoke(SCHEDULED)
  expect(api.calls.length).toBe(drained)

  await order()
  const refused = [...(await keysOf('books')), ...(await keysOf('orders'))].map(recordOf)
  queue.state.fail = 3
  expect(await consumer.invoke({ Records: refused })).toEqual({
    batchItemFailures: [{ itemIdentifier: refused[0]?.dynamodb.SequenceNumber }],
  })
  await consumer.invoke({ Records: refused })
  expect(queue.waiting()).toHaveLength(1)
  expect(JSON.parse(queue.waiting()[0] ?? '')).toHaveLength(refused.length)
  const failing = await start({ ORDERS_TABLE_NAME: 'no-such-table', DATA_API_ENDPOINT: 'http://127.0.0.1:1' })
  await expect(failing.invoke(SCHEDULED)).rejects.toThrow('cannot be reached')
  expect(queue.waiting()).toEqual([])
  queue.redeliver()
  await consumer.invoke(SCHEDULED)
  queue.redeliver()
  expect(queue.waiting()).toEqual([])
  expect(await compare()).toMatchObject({ missing: 0, differ: 0, extra: 0 })

  // While a message is in flight, as one that cannot be read stays, nobody is told that everything is applied.
  const asOf = await readAsOf(sql)
  queue.add('no keys')
  await order()
  await consumer.invoke({ Records: (await keysOf('orders')).map(recordOf) })
  await expect(consumer.invoke(SCHEDULED)).rejects.toThrow('1 messages in the queue of keys cannot be read')
  expect(await sql.query('select 1 from report.orders')).toHaveLength((await keysIn('orders')).length)
  expect(await readAsOf(sql)).toEqual(asOf)
  expect(queue.waiting()).toEqual([])
})

test('many keys become several messages', async () => {
  const queue = await startFakeQueue()
  const { start } = await openConsumer({ CAPTURED_KEYS_QUEUE: queue.url })
  const consumer = await start()
  const keys = Array.from({ length: 100 }, (_, i) => ({
    table: names.carts,
    key: { user_id: `${'ü'.repeat(900)}${i}`, cart_id: 'c' },
  }))
  expect(await consumer.invoke({ Records: keys.map(recordOf) })).toEqual({ batchItemFailures: [] })
  expect(queue.waiting()).toHaveLength(2)
  expect(queue.waiting().flatMap(one => JSON.parse(one))).toHaveLength(100)
})

test('search terms are counted and written by the catalogue, wait in the queue also with live, and are in the report after the schedule', async () => {
  const queue = await startFakeQueue()
  const { sql, api, start, projection, compare } = await openConsumer({
    CAPTURED_KEYS_QUEUE: queue.url,
    QUEUED_KEYS: 'searches',
  })
  await createStreamedProjection(projection).backfill()
  const catalog = await startFunction('BookCatalog', {
    ...environment,
    DATABASE_ARN: CLUSTER_ARN,
    DATABASE_SECRET_ARN,
    DATA_API_ENDPOINT: api.endpoint,
  })
  const search = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    catalog.invoke(
      createGatewayEvent(
        {
          method: 'GET',
          url: `/api/books/search?${query}`,
          headers: { 'x-trusted-proxy': PROXY_SECRET, ...headers },
        },
        new Uint8Array(),
        'GET /api/books/search',
      ),
    )
  const rows = async () => (await readItems(shop, 'control')).filter(({ pk }) => pk === 'searches')
  // A page that a crawler asked for, and one of staff.
  await search('q=zzzz', { 'x-page-call': '1' })
  await search('q=ann%40example.com')
  expect(await rows()).toEqual([])
  await search('q=clean', { 'x-page-call': 'visit' })
  const [row] = await rows()
  expect(row).toMatchObject({ terms: [['clean', 1, 0]] })
  expect(Object.keys(row ?? {}).sort()).toEqual(['expires_at', 'pk', 'sk', 'terms'])

  const consumer = await start()
  const key = { table: names.control, key: { pk: row?.pk, sk: row?.sk } }
  expect(await consumer.invoke({ Records: [recordOf(key)] })).toEqual({ batchItemFailures: [] })
  expect(queue.waiting()).toHaveLength(1)
  await order()
  await consumer.invoke({ Records: (await keysOf('orders')).map(recordOf) })
  expect(queue.waiting()).toHaveLength(1)
  expect(await sql.query('select words from shop.searches')).toEqual([])
  await consumer.invoke(SCHEDULED)
  expect(await sql.query('select words, times::int from shop.searches')).toEqual([
    { words: 'clean', times: 1 },
  ])
  await consumer.invoke({ Records: (await keysOf('books')).map(recordOf) })
  await consumer.invoke({ Records: (await keysOf('carts')).map(recordOf) })
  expect(await compare()).toMatchObject({ missing: 0, differ: 0, extra: 0 })
})

test('an erasure is applied at once, and begun until it is: by the sweeper where the database could not be used', {
  timeout: 90_000,
}, async () => {
  const queue = await startFakeQueue()
  const { sql, start, projection, compare } = await openConsumer({ CAPTURED_KEYS_QUEUE: queue.url })
  const jane = await shop.account()
  await jane.post('/api/cart/items', { book_id: 'tech-001' })
  await checkOut(jane)
  await jane.post('/api/cart/items', { book_id: 'tech-001' })
  await createStreamedProjection(projection).backfill()
  const rows = async () =>
    (
      await sql.query(
        `select (select count(*)::int from shop.customers) as accounts, (select count(*)::int from shop.carts where owner is not null) as carts,
          (select count(*)::int from shop.orders where customer is not null and is_account) as orders`,
      )
    )[0]
  const state = async () => (await db.get(names.control, CONTROL_ROWS.erasure.key(jane.userId)))?.state
  const before: Json = await rows()
  const variables = { ...environment, REPORTS_CONSUMER: 'ReportsConsumer:live', ROLLOUT_ENDPOINT: aws.url }
  const accounts = await startFunction('UserAccounts', variables)
  gateway.attach(accounts)
  const answer = await fetch(
    new Request(`${shop.deps.publicUrl}/api/users/me`, {
      method: 'DELETE',
      headers: {
        cookie: jane.cookie() ?? '',
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
      },
      body: '{}',
    }),
  )
  expect(answer.status, await answer.text()).toBe(204)
  // The account is gone, and the consumer was started; whether it succeeds is not known.
  expect(await state()).toBe('begun')
  expect(aws.started).toEqual([
    { erased: expect.arrayContaining([expect.objectContaining({ table: names.carts })]) },
  ])
  const sweeper = await startFunction('Sweeper', variables)
  aws.state.call = (await start({ DATA_API_ENDPOINT: 'http://127.0.0.1:1' })).invoke
  await sweeper.invoke(SCHEDULED)
  expect(await state()).toBe('begun')
  expect(await rows()).toEqual(before)
  // The carts that are gone are noted with the tombstone.
  aws.state.call = (await start()).invoke
  const next = await startFunction('Sweeper', variables)
  await next.invoke(SCHEDULED)
  expect(await state()).toBe('done')
  expect(await rows()).toEqual({ accounts: before.accounts - 1, carts: 0, orders: before.orders - 1 })
  // Nothing of it waited for the schedule.
  expect(queue.waiting()).toEqual([])
  expect(await compare()).toMatchObject({ missing: 0, differ: 0, extra: 0 })
})

test('with a second Region the readers of the streams hand keys on, of the control table those of search terms', async () => {
  const queue = await startFakeQueue()
  const variables = {
    ...environment,
    HANDED_ON_KEYS_QUEUE: queue.url,
    REPORTS_CONSUMER: 'ReportsConsumer:live',
    ROLLOUT_ENDPOINT: aws.url,
    SMTP_URL: 'smtp://127.0.0.1:1',
  }
  const [book] = await keysOf('books')
  if (!book) throw new Error('there is no book')
  const control = (pk: string): CapturedKey => ({ table: names.control, key: { pk, sk: '2026-11-30#a' } })
  const started = aws.started.length
  const index = await startFunction('IndexConsumer', variables)
  expect(await index.invoke({ Records: [recordOf(book)] })).toEqual({ batchItemFailures: [] })
  expect(aws.started.slice(started)).toEqual([{}])
  const outbox = await startFunction('OutboxConsumer', variables)
  await outbox.invoke({ Records: [recordOf(control('outbox')), recordOf(control('searches'))] })
  expect(queue.waiting().flatMap(one => JSON.parse(one))).toEqual([
    [book.table, book.key],
    [names.control, { pk: 'searches', sk: '2026-11-30#a' }],
  ])
  // A batch that the queue does not take is delivered again.
  queue.state.fail = 3
  await expect(index.invoke({ Records: [recordOf(book)] })).rejects.toThrow()
})

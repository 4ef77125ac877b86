import { expect, test } from 'vitest'
import { dynamoError, startFaultyEngine, transactionCancelled } from '../../../test/faulty-engine.ts'
import { ADDRESS, createTestShop, type Json, type TestShop } from '../../../test/kit.ts'
import { callEngine } from '../../../test/table-contents.ts'
import { ShopError } from '../errors.ts'
import { createDynamo, type Dynamo } from './dynamo.ts'
import { DynamoError, type Wire } from './wire.ts'
import { orShopError, TransactionRefused, type Write } from './write.ts'

const put = (shop: TestShop, sk: string, more: object = {}): Write => ({
  action: 'Put',
  table: shop.names.control,
  item: { pk: 'p', sk, ...more },
})
const isNew = { condition: 'attribute_not_exists(pk)' }

const rowsOf = async (shop: TestShop): Promise<string[]> =>
  (await callEngine('Scan', { TableName: shop.names.control })).Items.map((item: Json) => item.sk.S).sort()

/** A client over prepared responses. */
const storeOf = (call: Wire['call']): Dynamo => createDynamo({ call, close: async () => {} })

test('a transaction is carried out completely or not at all, and reports which conditions failed on which items', async () => {
  const shop = await createTestShop({ withStaff: false })
  const { db } = shop.deps
  await db.transact([put(shop, 'a', { n: 1 })])
  const [first, second, third] = [
    put(shop, 'b'),
    { ...put(shop, 'a'), ...isNew },
    { ...put(shop, 'c'), condition: 'attribute_exists(pk)' },
  ]
  const refused = await db.transact([first, second, third]).catch(error => error)
  expect(refused).toBeInstanceOf(TransactionRefused)
  expect([...refused.failed]).toEqual([
    [second, { pk: 'p', sk: 'a', n: 1 }],
    [third, undefined],
  ])
  expect(await rowsOf(shop)).toEqual(['a'])
})

test('a single write is refused in the same way', async () => {
  const shop = await createTestShop({ withStaff: false })
  const write: Write = { ...put(shop, 'a', { n: 1 }), ...isNew }
  await shop.deps.db.write(write)
  const refused = await shop.deps.db.write(write).catch(error => error)
  expect([...refused.failed]).toEqual([[write, { pk: 'p', sk: 'a', n: 1 }]])
  const check: Write = {
    action: 'ConditionCheck',
    table: shop.names.control,
    key: { pk: 'p', sk: 'a' },
    ...isNew,
  }
  await expect(shop.deps.db.write(check)).rejects.toThrow(TypeError)
})

test('a refusal becomes the error of the first failed write that has one, and stays a refusal without one', async () => {
  const shop = await createTestShop({ withStaff: false })
  await shop.deps.db.transact([put(shop, 'a', { n: 7 })])
  const refused = (old: Json) => new ShopError('book_exists', `there is ${old?.n}`)
  const writes = [put(shop, 'x'), { ...put(shop, 'a'), ...isNew, refused }]
  await expect(orShopError(shop.deps.db.transact(writes))).rejects.toThrow('there is 7')
  await expect(orShopError(shop.deps.db.transact([{ ...put(shop, 'a'), ...isNew }]))).rejects.toThrow(
    TransactionRefused,
  )
  await expect(orShopError(Promise.reject(new Error('other')))).rejects.toThrow('other')
  await expect(orShopError(Promise.resolve(3))).resolves.toBe(3)
})

test('a lost response is retried with the same token, a conflict with a new one', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ endpoint: engine.endpoint, withStaff: false })
  const tokens: string[] = []
  engine.plan((operation, input) => {
    if (operation !== 'TransactWriteItems') return undefined
    tokens.push(input.ClientRequestToken)
    if (tokens.length === 1) return 'lose'
    return tokens.length === 3 ? transactionCancelled(input, 'TransactionConflict') : undefined
  })
  await shop.deps.db.transact([put(shop, 'a')])
  await shop.deps.db.transact([put(shop, 'b')])
  const [one, again, two, fresh] = tokens
  expect({ same: one === again, differs: two !== fresh, count: tokens.length }).toEqual({
    same: true,
    differs: true,
    count: 4,
  })
  for (const token of tokens) expect(token.length).toBeLessThanOrEqual(36)
  expect(await rowsOf(shop)).toEqual(['a', 'b'])
})

test('a conflict together with a failed condition is a refusal; a reason that no retry can change is an error', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ endpoint: engine.endpoint, withStaff: false })
  const answer = (codes: readonly string[]) =>
    engine.plan(operation =>
      operation === 'TransactWriteItems'
        ? dynamoError('TransactionCanceledException', { CancellationReasons: codes.map(Code => ({ Code })) })
        : undefined,
    )
  const writes = [put(shop, 'a'), put(shop, 'b')]
  answer(['TransactionConflict', 'ConditionalCheckFailed'])
  const refused = await shop.deps.db.transact(writes).catch(error => error)
  expect([...refused.failed.keys()]).toEqual([writes[1]])
  answer(['None', 'ItemCollectionSizeLimitExceeded'])
  await expect(shop.deps.db.transact(writes)).rejects.toThrow(DynamoError)
  answer(['None', 'ValidationError'])
  await expect(shop.deps.db.transact(writes)).rejects.toThrow('TransactionCanceledException')
})

test('a batch read requests unprocessed keys again, and gives up after eight tries', async () => {
  const sizes: number[] = []
  const wireKey = (key: Json) => ({ pk: key.pk, sk: key.sk })
  const store = (atOnce: number) =>
    storeOf(async (_, input: Json) => {
      const { Keys } = input.RequestItems.t
      sizes.push(Keys.length)
      const left = Keys.slice(atOnce)
      return {
        Responses: { t: Keys.slice(0, atOnce).map(wireKey) },
        UnprocessedKeys: left.length > 0 ? { t: { Keys: left } } : {},
      }
    })
  const keys = Array.from({ length: 250 }, (_, i) => ({ pk: 'p', sk: String(i) }))
  expect((await store(60).batchGet('t', keys)).map(item => Number(item.sk)).sort((a, b) => a - b)).toEqual(
    keys.map((_, i) => i),
  )
  expect(Math.max(...sizes)).toBe(100)
  expect(await store(0).batchGet('t', [])).toEqual([])
  await expect(store(0).batchGet('t', keys.slice(0, 1))).rejects.toThrow(
    expect.objectContaining({ code: 'store_busy' }),
  )
}, 20_000)

test('a validation error of the engine is a bug, and is not retried', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ endpoint: engine.endpoint, withStaff: false })
  await expect(shop.deps.db.get(shop.names.control, { pk: 'only' })).rejects.toThrow('ValidationException')
  expect(engine.calls.GetItem).toBe(1)
})

test('every placeholder of an expression is defined, and every defined one is used', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ endpoint: engine.endpoint, withStaff: false })
  const seen: string[] = []
  const check = (request: Json) => {
    const { KeyConditionExpression, ConditionExpression, UpdateExpression } = request
    const text = [KeyConditionExpression, ConditionExpression, UpdateExpression].filter(Boolean).join(' ')
    const used = new Set(text.match(/[:#]\w+/g) ?? [])
    const given = [request.ExpressionAttributeNames, request.ExpressionAttributeValues].flatMap(one =>
      Object.keys(one ?? {}),
    )
    expect(new Set(given), text).toEqual(used)
    for (const some of [request.ExpressionAttributeNames, request.ExpressionAttributeValues])
      if (some !== undefined) expect(Object.keys(some).length).toBeGreaterThan(0)
    seen.push(text)
  }
  engine.plan((_, input) => {
    for (const one of input.TransactItems?.flatMap(Object.values) ?? [input]) check(one)
    return undefined
  })
  const { staff } = shop
  await staff.post('/api/books', {
    book_id: 'b',
    category: 'C',
    title: 't',
    author: 'a',
    price: 1,
    stock_quantity: 9,
  })
  await staff.call('PATCH', '/api/books/b', { stock_delta: 1, pages: null, title: 'u' })
  await staff.call('PATCH', '/api/books/b', { category: 'D' })
  const read = await staff.get('/api/books/b/stock')
  await staff.call(
    'PATCH',
    '/api/books/b',
    { stock_quantity: 3 },
    { 'if-match': read.headers.get('etag') ?? '' },
  )
  const shopper = shop.visitor()
  for (const _ of ['begin', 'change']) await shopper.post('/api/cart/items', { book_id: 'b' })
  const { body: cart } = await shopper.get('/api/cart')
  const order = {
    cart_version: cart.version,
    expected_total: cart.total,
    email: 'a@example.com',
    shipping_address: ADDRESS,
  }
  const { body } = await shopper.post('/api/orders', order, { 'idempotency-key': 'k' })
  await staff.post(`/api/orders/${body.order_id}/status`, { status: 'processing' })
  expect((await shopper.post(`/api/orders/${body.order_id}/cancel`)).body.status).toBe('cancelled')
  await shopper.get('/api/orders')
  await staff.get(`/api/orders?date=${body.order_date}`)
  await shop.deps.liveIndex.readChanges()
  await staff.call('DELETE', '/api/books/b')
  expect(new Set(seen).size).toBeGreaterThan(15)
})

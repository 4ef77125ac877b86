/** Checkout and cart when DynamoDB loses responses, reports conflicts or throttles. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  dynamoError,
  type FaultPlan,
  type FaultyEngine,
  isRateLimitWrite,
  startFaultyEngine,
  transactionCancelled,
} from '../../test/faulty-engine.ts'
import { aBook, checkOut, createTestShop, orderFor, type TestShop } from '../../test/kit.ts'
import { dumpTables, readItems, readStock } from '../../test/table-contents.ts'

const open = async (): Promise<{ shop: TestShop; engine: FaultyEngine }> => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 100 })], endpoint: engine.endpoint })
  return { shop, engine }
}

/** The fault for the first `count` calls of these operations. */
const forFirst = (count: number, operations: readonly string[], fault: FaultPlan): FaultPlan => {
  let left = count
  return (operation, input) =>
    operations.includes(operation) && !isRateLimitWrite(input) && left-- > 0
      ? fault(operation, input)
      : undefined
}

const WRITES = ['TransactWriteItems', 'PutItem', 'UpdateItem']

test('a checkout whose store response is lost is placed once', async () => {
  const { shop, engine } = await open()
  for (let i = 1; i <= 10; i++) {
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    engine.plan(forFirst(1 + (i % 3), ['TransactWriteItems'], () => 'lose'))
    expect((await checkOut(shopper)).status).toBe(201)
    engine.plan(() => undefined)
    expect((await readItems(shop, 'orders')).length).toBe(i)
    expect(await readStock(shop, 'tech-001')).toBe(100 - i)
  }
})

test('a checkout whose response the client did not get is found again under its key', async () => {
  const { shop, engine } = await open()
  const shopper = shop.visitor()
  const cart = (await shopper.post('/api/cart/items', { book_id: 'tech-001' })).body
  const buy = () => shopper.post('/api/orders', orderFor(cart), { 'idempotency-key': 'k' })
  engine.plan((operation, input) =>
    operation === 'TransactWriteItems' && !isRateLimitWrite(input) ? 'lose' : undefined,
  )
  const lost = await buy()
  expect(lost).toMatchObject({ status: 503, body: { code: 'store_unavailable' } })
  expect(lost.headers.get('retry-after')).toMatch(/^\d+$/)
  engine.plan(() => undefined)
  const found = await buy()
  expect(found.status).toBe(201)
  expect(found.headers.get('idempotency-replayed')).toBe('true')
  expect(await readStock(shop, 'tech-001')).toBe(99)
})

test('a read of a cart that hangs does not hold up an order', async () => {
  const engine = await startFaultyEngine()
  const books = [aBook({ stock_quantity: 5 }), aBook({ book_id: 'hung' })]
  const shop = await createTestShop({ books, endpoint: engine.endpoint })
  const [reader, buyer] = [shop.visitor(), shop.visitor()]
  await reader.post('/api/cart/items', { book_id: 'hung' })
  const cart = (await buyer.post('/api/cart/items', { book_id: 'tech-001' })).body
  const released = Promise.withResolvers<undefined>()
  engine.plan((operation, input) =>
    operation === 'BatchGetItem' && JSON.stringify(input).includes('"hung"') ? released.promise : undefined,
  )
  // At every moment some are in flight: an order that shared a batch with them would hang too.
  let bought = false
  const answered: number[] = []
  const reading: Promise<unknown>[] = []
  const keepReading = async () => {
    for (; !bought; await sleep(10))
      reading.push(reader.get('/api/cart').then(answer => answered.push(answer.status)))
  }
  const reads = keepReading()
  await sleep(50)
  const order = await buyer.post('/api/orders', orderFor(cart), { 'idempotency-key': 'k' })
  bought = true
  expect(order.status).toBe(201)
  expect(answered).toEqual([])
  await reads
  released.resolve(undefined)
  await Promise.all(reading)
  expect(new Set(answered)).toEqual(new Set([200]))
})

test('a duplicate request that commits before the cart is read is found', async () => {
  const { shop, engine } = await open()
  const shopper = shop.visitor()
  const cart = (await shopper.post('/api/cart/items', { book_id: 'tech-001' })).body
  const buy = () => shopper.post('/api/orders', orderFor(cart), { 'idempotency-key': 'k' })
  const duplicateReads = Promise.withResolvers<void>()
  const committed = Promise.withResolvers<void>()
  let carts = 0
  engine.plan(async (operation, input) => {
    // The duplicate begins before the first commits, and reads the cart only after.
    if (operation === 'TransactWriteItems' && !isRateLimitWrite(input))
      await duplicateReads.promise.then(() => sleep(50))
    if (operation === 'Query' && ++carts === 2) {
      duplicateReads.resolve()
      await committed.promise
    }
    return undefined
  })
  const [one, duplicate] = [buy(), sleep(10).then(buy)]
  const placed = await one
  committed.resolve()
  expect(placed.status).toBe(201)
  expect((await duplicate).body).toEqual(placed.body)
  expect(await readStock(shop, 'tech-001')).toBe(99)
})

test('an add whose store response is lost is applied once', async () => {
  const { shop, engine } = await open()
  const shopper = shop.visitor()
  for (let i = 1; i <= 10; i++) {
    engine.plan(forFirst(1 + (i % 2), WRITES, () => 'lose'))
    const { status, body } = await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    expect({ status, count: body.item_count }).toEqual({ status: 200, count: i })
  }
})

test('an add whose store response is lost is applied once, although another device changed the cart in between', async () => {
  const { shop, engine } = await open()
  const shopper = shop.visitor()
  const add = (quantity: number) => shopper.post('/api/cart/items', { book_id: 'tech-001', quantity })
  await add(1)
  engine.plan(forFirst(1, WRITES, () => ({ afterCommit: () => add(1) })))
  expect((await add(1)).status).toBe(200)
  expect((await shopper.get('/api/cart')).body.item_count).toBe(3)
})

/** The first write is applied and its response lost; the next two tries meet a conflict. */
const lostThenConflict = (): FaultPlan => {
  let writes = 0
  return (operation, input) => {
    if (operation !== 'TransactWriteItems' || isRateLimitWrite(input)) return undefined
    writes++
    if (writes === 1) return 'lose'
    return writes <= 3 ? transactionCancelled(input, 'TransactionConflict') : undefined
  }
}

test('a write whose response is lost is applied once, although the next try meets a conflict', async () => {
  const { shop, engine } = await open()
  const shopper = shop.visitor()
  for (let i = 1; i <= 5; i++) {
    engine.plan(lostThenConflict())
    const { status, body } = await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    expect({ status, count: body.item_count }).toEqual({ status: 200, count: i })
  }
  engine.plan(lostThenConflict())
  const { status, body } = await shop.staff.call('PATCH', '/api/books/tech-001', { stock_delta: 5 })
  expect({ status, stock: body.stock_quantity }).toEqual({ status: 200, stock: 105 })
})

test('a cancellation whose store response is lost returns the copies once', async () => {
  const { shop, engine } = await open()
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 4 })
  const { order_id } = (await checkOut(shopper)).body
  engine.plan(forFirst(2, WRITES, () => 'lose'))
  expect((await shopper.post(`/api/orders/${order_id}/cancel`)).body.status).toBe('cancelled')
  expect(await readStock(shop, 'tech-001')).toBe(100)
})

test('a stock change whose store response is lost is applied once', async () => {
  const { shop, engine } = await open()
  engine.plan(forFirst(1, WRITES, () => 'lose'))
  const { status, body } = await shop.staff.call('PATCH', '/api/books/tech-001', { stock_delta: 5 })
  expect({ status, stock: body.stock_quantity }).toEqual({ status: 200, stock: 105 })
})

const TRANSIENT: Record<string, FaultPlan> = {
  'a transaction conflict': (_, input) => transactionCancelled(input, 'TransactionConflict'),
  'a throttled transaction': (_, input) => transactionCancelled(input, 'ThrottlingError'),
  'a throttled table': () => dynamoError('ProvisionedThroughputExceededException'),
  'a transaction in progress': () => dynamoError('TransactionInProgressException'),
  'an internal server error': () => ({ status: 500, body: { __type: 'InternalServerError' } }),
  'an error page of a gateway': () => ({ status: 502, body: [] }),
  'a dropped connection': () => 'refuse',
}

test.each(Object.entries(TRANSIENT))('%s is retried, and the order is placed once', async (_, fault) => {
  const { shop, engine } = await open()
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  engine.plan(forFirst(3, ['TransactWriteItems'], fault))
  expect((await checkOut(shopper)).status).toBe(201)
  expect((await readItems(shop, 'orders')).length).toBe(1)
  expect(await readStock(shop, 'tech-001')).toBe(99)
})

test.each(Object.entries(TRANSIENT))(
  '%s that persists is a 503 with Retry-After, and nothing is written',
  async (_, fault) => {
    const { shop, engine } = await open()
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    const before = await dumpTables(shop)
    engine.plan((operation, input) => (WRITES.includes(operation) ? fault(operation, input) : undefined))
    const calls = engine.calls.TransactWriteItems ?? 0
    const answers = await Promise.all([
      checkOut(shopper),
      shopper.post('/api/cart/items', { book_id: 'tech-001' }),
      shop.staff.call('PATCH', '/api/books/tech-001', { stock_delta: 1 }),
    ])
    for (const answer of answers) {
      expect(answer.status).toBe(503)
      expect(['store_busy', 'store_unavailable']).toContain(answer.body.code)
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    }
    expect(await dumpTables(shop)).toBe(before)
    expect((engine.calls.TransactWriteItems ?? 0) - calls).toBeLessThanOrEqual(15)
  },
)

test('without DynamoDB each request is answered 503 with Retry-After', async () => {
  const { shop, engine } = await open()
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  engine.plan(() => 'refuse')
  const answers = await Promise.all([
    shopper.get('/api/cart'),
    shopper.get('/api/orders'),
    shopper.get('/api/books/tech-001'),
    shopper.get('/api/health'),
  ])
  for (const { status, headers } of answers) {
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
  }
  // Lists are answered from memory.
  expect((await shopper.get('/api/books?q=clean')).status).toBe(200)
})

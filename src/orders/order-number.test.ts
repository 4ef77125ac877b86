/** Order numbers in use: finding an order by its number, unique numbers, and the pass over older orders. */
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type Json, type Shopper, type TestShop } from '../../test/kit.ts'
import { dumpTables, putForeignItem, readItems, readStock } from '../../test/table-contents.ts'
import { type AuditEntry, auditTrail } from '../core/audit.ts'
import { newOrderId } from '../core/ids.ts'
import { orderNumber } from './number.ts'
import { numberOrders } from './numbering.ts'

const buy = async (shopper: Shopper): Promise<Json> => {
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  return (await checkOut(shopper)).body
}

/** Two order ids with the same number: their SHA-256 begin with the same 50 bits. */
const COLLIDING = [
  'order-2025-09-05-00000000000000000x2nw5',
  'order-2025-09-05-000000000000000019ef9c',
] as const

/** A shop whose next checkouts draw these order ids, and random ones after them. */
const shopDrawing = async (ids: readonly string[]): Promise<TestShop> => {
  const shop = await createTestShop({ books: [aBook()] })
  const left = [...ids]
  Object.assign(shop.deps, { newOrderId: (now: Date) => left.shift() ?? newOrderId(now) })
  return shop
}

/** Two orders that are placed at the same time, and draw ids of the same number. */
const placeColliding = async (shop: TestShop): Promise<Json[]> => {
  const shoppers = [shop.visitor(), shop.visitor()]
  return Promise.all(shoppers.map(buy))
}

/** Whether each order is found by its own number. */
const areFound = async (shop: TestShop, orders: readonly Json[]): Promise<boolean> => {
  const found = await Promise.all(
    orders.map(({ order_number }) => shop.staff.get(`/api/orders/${order_number}`)),
  )
  return found.every(({ body }, i) => body.order_id === orders[i].order_id)
}

test('two orders placed at once never get one number: the second draws another id', async () => {
  const shop = await shopDrawing(COLLIDING)
  const orders = await placeColliding(shop)
  expect(new Set(orders.map(({ order_number }) => order_number)).size).toBe(2)
  expect(orders.filter(({ order_id }) => COLLIDING.includes(order_id))).toHaveLength(1)
  expect(await areFound(shop, orders)).toBe(true)
  expect(await readItems(shop, 'orders')).toHaveLength(2)
  expect(await readStock(shop, 'tech-001')).toBe(23)
})

test('a naive pointer without a condition gives two orders one number', async () => {
  const shop = await shopDrawing(COLLIDING)
  const { putNumberPointer } = shop.deps.orders
  Object.assign(shop.deps.orders, {
    putNumberPointer: (order: Json) => ({ ...putNumberPointer(order), condition: undefined }),
  })
  const orders = await placeColliding(shop)
  expect(new Set(orders.map(({ order_number }) => order_number)).size).toBe(1)
  expect(await areFound(shop, orders)).toBe(false)
})

test('the API takes an order’s number, as people type it, in the place of its id', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const order = await buy(shopper)
  expect(order.order_number).toBe(orderNumber(order.order_id))
  const typed = order.order_number.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')
  for (const who of [shopper, shop.staff])
    expect((await who.get(`/api/orders/${encodeURIComponent(typed)}`)).body).toEqual(order)
  const moved = await shop.staff.post(`/api/orders/${typed}/status`, { status: 'processing' })
  expect(moved.body).toMatchObject({ order_id: order.order_id, status: 'processing' })
  expect((await shopper.post(`/api/orders/${typed}/cancel`)).body.status).toBe('cancelled')
})

test('a number gives no access: others get the same 404 for a known and an unknown number', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const { order_number } = await buy(shop.visitor())
  const before = await dumpTables(shop)
  for (const other of [shop.visitor(), await shop.account()]) {
    await other.post('/api/cart/items', { book_id: 'tech-001' })
    const answers = [order_number, '00000-00000'].map(number => other.get(`/api/orders/${number}`))
    const [known, unknown] = (await Promise.all(answers)).map(({ status, body }) => ({
      status,
      code: body.code,
      detail: body.detail,
    }))
    expect(known).toEqual(unknown)
    expect(known).toMatchObject({ status: 404, code: 'order_not_found' })
    expect((await other.post(`/api/orders/${order_number}/cancel`)).status).toBe(404)
  }
  expect((await readItems(shop, 'orders'))[0].status).toBe('confirmed')
  expect(before).toContain(order_number)
})

test('an account finds an order that it placed as a guest by its number', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const order = await buy(shop.visitor())
  const account = await shop.account({ email: order.email })
  expect((await account.get(`/api/orders/${order.order_number}`)).body.order_id).toBe(order.order_id)
})

const foreignOrder = (orderId: string, userId = 'user-1') => ({
  user_id: { S: userId },
  order_id: { S: orderId },
  order_date: { S: '2025-09-05' },
  items: { L: [] },
  total: { N: '1' },
  status: { S: 'confirmed' },
  created_at: { S: '2025-09-05T12:00:00Z' },
  updated_at: { S: '2025-09-05T12:00:00Z' },
})

const findByNumber = async (shop: TestShop, orderId: string) =>
  (await shop.staff.get(`/api/orders/${orderNumber(orderId)}`)).body.order_id

test('the pass numbers orders that have no pointer, whatever their id, and is recorded in the audit', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const placed = await buy(shop.visitor())
  const ids = ['order-2025-09-05-001', 'ORDER/7 ä', 'ABCDE12345']
  for (const id of ids) await putForeignItem(shop, 'orders', foreignOrder(id))
  expect(await findByNumber(shop, ids[0] ?? '')).toBeUndefined()
  expect(await numberOrders(shop.deps, 'admin')).toEqual({ numbered: 3, conflicts: 0, isComplete: true })
  for (const id of [...ids, placed.order_id]) expect(await findByNumber(shop, id)).toBe(id)
  const entries: AuditEntry[] = []
  for await (const entry of auditTrail(shop.deps.db, shop.names.control, 'orders')) entries.push(entry)
  expect(entries).toMatchObject([
    { actor: 'admin', what: 'order.numbers', after: { numbered: 3, conflicts: 0 } },
  ])
  const before = await readItems(shop, 'control')
  expect(await numberOrders(shop.deps, 'admin')).toEqual({ numbered: 0, conflicts: 0, isComplete: true })
  expect(await readItems(shop, 'control')).toHaveLength(before.length)
})

test('a pass that is interrupted continues where it was', async () => {
  const shop = await createTestShop()
  for (let i = 0; i < 450; i++)
    await putForeignItem(shop, 'orders', foreignOrder(`order-2025-09-05-${i}`, `user-${i % 7}`))
  const parts: number[] = []
  for (;;) {
    const stopped = AbortSignal.abort()
    const { numbered, isComplete } = await numberOrders(shop.deps, 'system', stopped)
    parts.push(numbered)
    if (isComplete || parts.length > 9) break
  }
  expect(parts).toEqual([200, 400, 450, 450])
  const pointers = (await readItems(shop, 'control')).filter(({ sk }) => sk === 'order-number')
  expect(new Set(pointers.map(({ order_id }) => order_id)).size).toBe(450)
})

test('an order whose number leads to another order keeps to its id, and is reported', async () => {
  const shop = await createTestShop()
  for (const id of COLLIDING) await putForeignItem(shop, 'orders', foreignOrder(id))
  expect(await numberOrders(shop.deps, 'system')).toMatchObject({ numbered: 1, conflicts: 1 })
  expect(shop.reportedErrors).toHaveLength(1)
  shop.reportedErrors.length = 0
  const found = await Promise.all(COLLIDING.map(id => shop.staff.get(`/api/orders/${id}`)))
  expect(found.map(({ body }) => body.order_id)).toEqual([...COLLIDING])
})

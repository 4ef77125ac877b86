/** Authorization and pagination of orders. */
import { expect, test } from 'vitest'
import {
  type Answer,
  aBook,
  checkOut,
  createTestShop,
  type Json,
  orderFor,
  type Shopper,
  type TestShop,
} from '../../test/kit.ts'
import { dumpTables } from '../../test/table-contents.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { erasePerson } from '../privacy/erase.ts'

const buy = async (shopper: Shopper): Promise<Json> => {
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  return (await checkOut(shopper)).body
}

/** A shop in which each order is placed a minute after the one before. */
const open = async () => {
  let now = Date.parse('2025-09-05T10:00:00Z')
  const pass = (ms: number) => {
    now += ms
  }
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 1_000 })], now: () => new Date(now) })
  const buyMany = async (shopper: Shopper, count: number): Promise<Json[]> => {
    const orders: Json[] = []
    for (let i = 0; i < count; i++) {
      pass(60_000)
      orders.push(await buy(shopper))
    }
    return orders
  }
  return { shop, buyMany, pass }
}

const walk = async (
  who: Shopper,
  path: string,
  limit: number,
): Promise<{ ids: string[]; pages: Answer[] }> => {
  const pages: Answer[] = []
  let cursor: string | null = null
  do {
    const url: string = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`
    const page: Answer = await who.get(url)
    expect(page.status).toBe(200)
    expect(page.body.items.length).toBeLessThanOrEqual(limit)
    pages.push(page)
    cursor = page.body.next_cursor
  } while (cursor)
  return { ids: pages.flatMap(page => page.body.items.map((order: Json) => order.order_id)), pages }
}

test('shoppers see only their own orders, and get a 404 for another’s', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const [one, two] = [shop.visitor(), shop.visitor()]
  const [mine, theirs] = [await buy(one), await buy(two)]
  expect((await one.get('/api/orders')).body.items).toEqual([mine])
  expect((await one.get(`/api/orders/${mine.order_id}`)).body).toEqual(mine)
  const before = await dumpTables(shop)
  for (const id of [
    theirs.order_id,
    'order-2025-09-05-001',
    'x',
    '%00',
    '..%2f..',
    'order-9999-99-99-x',
    'é'.repeat(99),
  ])
    for (const answer of [await one.get(`/api/orders/${id}`), await one.post(`/api/orders/${id}/cancel`)])
      expect(answer, id).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
  const visitor = shop.visitor()
  expect((await visitor.get(`/api/orders/${mine.order_id}`)).status).toBe(404)
  expect((await visitor.get('/api/orders')).body).toEqual({ items: [], next_cursor: null })
  expect(await dumpTables(shop)).toBe(before)
})

test('an order in the API has only its declared fields, without the owner’s id', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const order = await buy(shop.visitor())
  expect(Object.keys(order).sort()).toEqual([
    'created_at',
    'currency',
    'delivery',
    'email',
    'items',
    'order_date',
    'order_id',
    'order_number',
    'payment',
    'shipping',
    'shipping_address',
    'status',
    'subtotal',
    'tax',
    'total',
    'updated_at',
  ])
  expect(JSON.stringify(order)).not.toContain('guest-')
})

test('an address has its fields in the order of an envelope, although the table keeps no order', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const address = {
    name: 'a',
    street: 'b',
    line2: 'c',
    city: 'd',
    state: 'NY',
    postal_code: '12345',
    country: 'US',
    phone: '+1 555 0123',
  }
  const visitor = shop.visitor()
  const cart = (await visitor.post('/api/cart/items', { book_id: 'tech-001' })).body
  const order = { ...orderFor(cart), shipping_address: Object.fromEntries(Object.entries(address).reverse()) }
  const placed = await visitor.post('/api/orders', order, { 'idempotency-key': 'k' })
  const read = () => visitor.get(`/api/orders/${placed.body.order_id}`)
  for (const { body } of [placed, ...(await Promise.all(Array.from({ length: 8 }, read)))])
    expect(Object.entries(body.shipping_address)).toEqual(Object.entries(address))
})

test('a shopper’s orders are listed latest first, each once, at any page size, while others are placed', async () => {
  const { shop, buyMany } = await open()
  const shopper = shop.visitor()
  const made = (await buyMany(shopper, 11)).map(order => order.order_id).reverse()
  await buyMany(shop.visitor(), 3)
  for (const limit of [1, 3, 10, 11, 50])
    expect((await walk(shopper, '/api/orders', limit)).ids).toEqual(made)
  // A new order comes before the first page, and does not shift the pages after it.
  const first = await shopper.get('/api/orders?limit=4')
  await buyMany(shopper, 1)
  const second = await shopper.get(`/api/orders?limit=50&cursor=${first.body.next_cursor}`)
  const ids = [...first.body.items, ...second.body.items].map((order: Json) => order.order_id)
  expect(ids).toEqual(made)
})

test('staff read all orders of a day, and other callers do not', async () => {
  const { shop, buyMany, pass } = await open()
  const shoppers = [shop.visitor(), shop.visitor()]
  const made: string[] = []
  for (const shopper of [...shoppers, ...shoppers])
    made.push(...(await buyMany(shopper, 2)).map(one => one.order_id))
  pass(86_400_000)
  const [tomorrow] = await buyMany(shop.visitor(), 1)
  const staff = await shop.account({ role: 'staff' })
  for (const limit of [1, 3, 50])
    expect((await walk(staff, '/api/orders?date=2025-09-05', limit)).ids).toEqual(made)
  expect((await walk(staff, '/api/orders?date=2025-09-06', 50)).ids).toEqual([tomorrow.order_id])
  expect((await staff.get('/api/orders?date=2025-09-07')).body.items).toEqual([])
  expect((await shoppers[0]?.get('/api/orders?date=2025-09-05'))?.body.code).toBe('forbidden')
  expect((await shop.visitor().get('/api/orders?date=2025-09-05')).body.code).toBe('not_signed_in')
  for (const day of ['', 'today', '2025-9-5', '2025-13-01', '2025-02-30', '2025-09-05T00:00'])
    expect((await staff.get(`/api/orders?date=${day}`)).status, day).toBe(400)
})

test('a cursor is valid for its caller, route and filter only, and not when it was tampered with', async () => {
  const { shop, buyMany } = await open()
  const [one, two] = [shop.visitor(), shop.visitor()]
  await buyMany(one, 3)
  await buyMany(two, 3)
  const cursorOf = async (who: Shopper, path: string): Promise<string> =>
    (await who.get(path)).body.next_cursor
  const mine = await cursorOf(one, '/api/orders?limit=1')
  const day = await cursorOf(shop.staff, '/api/orders?limit=1&date=2025-09-05')
  expect((await one.get(`/api/orders?cursor=${mine}`)).body.items).toHaveLength(2)
  const uses: [Shopper, string][] = [
    [two, `/api/orders?cursor=${mine}`],
    [shop.visitor(), `/api/orders?cursor=${mine}`],
    [one, `/api/orders?cursor=${day}`],
    [shop.staff, `/api/orders?cursor=${mine}`],
    [shop.staff, `/api/orders?date=2025-09-05&cursor=${mine}`],
    [shop.staff, `/api/orders?date=2025-09-06&cursor=${day}`],
    [one, `/api/books?cursor=${mine}`],
    [one, `/api/books/search?q=clean&cursor=${mine}`],
  ]
  for (const [who, path] of uses) expect((await who.get(path)).body.code, path).toBe('bad_cursor')
  const bytes = Buffer.from(mine, 'base64url')
  const tampered = Array.from(bytes, (byte, i) => {
    const copy = Buffer.from(bytes)
    copy[i] = byte ^ (1 << (i % 8))
    return copy.toString('base64url')
  })
  const cut = Array.from(mine, (_, i) => mine.slice(0, i)).slice(1)
  const raw = [
    `${mine}A`,
    `${mine}=`,
    ` ${mine}`,
    'e30',
    Buffer.from('{"user_id":"x"}').toString('base64url'),
  ]
  for (const cursor of [...tampered, ...cut, ...raw]) {
    const { status, body } = await one.get(`/api/orders?cursor=${encodeURIComponent(cursor)}`)
    expect({ status, code: body.code }, cursor).toEqual({ status: 400, code: 'bad_cursor' })
  }
  expect((await one.get('/api/orders?cursor=')).status).toBe(400)
  expect((await one.get(`/api/orders?cursor=${'A'.repeat(1_001)}`)).status).toBe(400)
})

test('a cursor does not reveal its content', async () => {
  const { shop, buyMany } = await open()
  const shopper: Shopper = shop.visitor()
  const orders = await buyMany(shopper, 2)
  const { next_cursor } = (await shopper.get('/api/orders?limit=1')).body
  const text = Buffer.from(next_cursor, 'base64url').toString('latin1')
  for (const word of ['guest', 'order', 'user_id', orders[1].order_id]) expect(text).not.toContain(word)
})

test.each([0, -1, 51, 1.5, 1e9, 'x', '', '01e1'])('a page of %s orders is refused', async limit => {
  const shop: TestShop = await createTestShop()
  expect((await shop.visitor().get(`/api/orders?limit=${limit}`)).status).toBe(400)
})

const buyAs = async (shopper: Shopper, email: string): Promise<Json> => {
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  const order = orderFor((await shopper.get('/api/cart')).body, { email })
  return (await shopper.post('/api/orders', order, { 'idempotency-key': crypto.randomUUID() })).body
}

test('an order of an account belongs to it alone, whatever email was typed into it', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 100 })] })
  const owner = await shop.account()
  const named = await shop.account({ email: 'named@example.com' })
  const order = await buyAs(owner, 'named@example.com')
  // As earlier releases wrote it.
  const key = CONTROL_ROWS.emailOrder.key('named@example.com', order.order_id)
  expect(await shop.deps.db.get(shop.names.control, key)).toBeUndefined()
  const [stored] = (await shop.deps.orders.listByUser(owner.userId, 1)).orders
  if (!stored) throw new Error('the order must be there')
  await shop.deps.db.transact([shop.deps.orders.putEmailPointer(stored, 'named@example.com')])

  expect((await named.get('/api/orders')).body.items).toEqual([])
  expect((await named.get(`/api/orders/${order.order_id}`)).body.code).toBe('order_not_found')
  expect((await named.post(`/api/orders/${order.order_id}/cancel`)).body.code).toBe('order_not_found')
  expect((await named.post('/api/users/me/export', {})).body.orders).toEqual([])
  await erasePerson(shop.deps, named.userId)
  expect(await shop.deps.orders.get(owner.userId, order.order_id)).toEqual(stored)
  expect((await owner.get(`/api/orders/${order.order_id}`)).body.email).toBe('named@example.com')
})

test('guests’ orders are found behind pointers to orders of accounts', async () => {
  const { shop, buyMany } = await open()
  const named = await shop.account({ email: 'named@example.com' })
  const guest = shop.visitor()
  const mine = await buyAs(guest, 'named@example.com')
  const other = await shop.account()
  await buyMany(other, 5)
  const { orders } = await shop.deps.orders.listByUser(other.userId, 10)
  await shop.deps.db.transact(orders.map(one => shop.deps.orders.putEmailPointer(one, 'named@example.com')))
  expect((await walk(named, '/api/orders', 2)).ids).toEqual([mine.order_id])
})

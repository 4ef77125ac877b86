/** Expired carts do not exist for any read or write, although their items are still in the table. */
import { expect, test } from 'vitest'
import { aBook, createTestShop, orderFor, type Shopper, type TestShop } from '../../test/kit.ts'
import { putForeignItem, readItems } from '../../test/table-contents.ts'

const START = Date.parse('2025-09-05T10:00:00Z')
const WEEK = 7 * 86_400

const open = async () => {
  const time = { now: START }
  const shop = await createTestShop({ books: [aBook()], now: () => new Date(time.now) })
  const shopper = shop.visitor()
  const cart = (await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })).body
  return { shop, shopper, cart, pass: (seconds: number) => (time.now += seconds * 1_000) }
}

const put = (shopper: Shopper) => shopper.call('PUT', '/api/cart/items/tech-001', { quantity: 1 })
const count = async (shopper: Shopper) => (await shopper.get('/api/cart')).body.item_count
const rows = async (shop: TestShop) => (await readItems(shop, 'carts')).length

test.each([
  [WEEK - 1, true],
  [WEEK, false],
  [WEEK + 1, false],
  [3 * WEEK, false],
])('after %i s the cart exists: %s', async (age, there) => {
  const { shop, shopper, cart, pass } = await open()
  pass(age)
  expect(await rows(shop)).toBe(1)
  expect(await count(shopper)).toBe(there ? 2 : 0)
  const order = await shopper.post('/api/orders', orderFor(cart), { 'idempotency-key': 'k' })
  expect(order.status === 201 ? 201 : order.body.code).toBe(there ? 201 : 'cart_empty')
  expect((await readItems(shop, 'orders')).length).toBe(there ? 1 : 0)
})

test('lines of an expired cart cannot be set or removed, nor can it be emptied', async () => {
  const { shop, shopper, pass } = await open()
  pass(WEEK)
  const before = await readItems(shop, 'carts')
  expect((await put(shopper)).body.code).toBe('cart_line_not_found')
  expect((await shopper.call('DELETE', '/api/cart/items/tech-001')).body.code).toBe('cart_line_not_found')
  expect((await shopper.call('DELETE', '/api/cart')).body.items).toEqual([])
  expect(await readItems(shop, 'carts')).toEqual(before)
})

test('adding a book after the cart expired creates a new one, on the same day too', async () => {
  const { shop, shopper, pass } = await open()
  pass(WEEK)
  const fresh = (await shopper.post('/api/cart/items', { book_id: 'tech-001' })).body
  expect(fresh.item_count).toBe(1)
  expect(await rows(shop)).toBe(2)
  const short = await createTestShop({ books: [aBook()], env: { CART_TTL_DAYS: '1' } })
  expect((await short.visitor().post('/api/cart/items', { book_id: 'tech-001' })).status).toBe(200)
})

test('an expired cart with today’s id is overwritten', async () => {
  const { shop, shopper, pass } = await open()
  const [{ user_id }] = await readItems(shop, 'carts')
  pass(WEEK + 3_600)
  await putForeignItem(shop, 'carts', {
    user_id: { S: user_id },
    cart_id: { S: 'cart-2025-09-12' },
    items: { L: [] },
    expires_at: { N: String(START / 1_000 + WEEK) },
  })
  expect((await shopper.post('/api/cart/items', { book_id: 'tech-001' })).body.item_count).toBe(1)
  expect(await count(shopper)).toBe(1)
})

test('each change extends the cart by seven days, a read does not', async () => {
  const { shopper, pass } = await open()
  pass(WEEK - 10)
  expect((await put(shopper)).body.expires_at).toBe(new Date(START + (2 * WEEK - 10) * 1_000).toISOString())
  pass(WEEK - 10)
  expect(await count(shopper)).toBe(1)
  pass(10)
  expect(await count(shopper)).toBe(0)
})

/** Carts that other clients wrote: the specification's sample, and malformed items. */
import { expect, test } from 'vitest'
import {
  aBook,
  checkOut,
  createTestShop,
  type Json,
  orderFor,
  type Shopper,
  type TestShop,
} from '../../test/kit.ts'
import { putForeignItem, readItems } from '../../test/table-contents.ts'

const NOW = Date.parse('2025-09-05T12:00:00Z')
const LIVE = { N: String(NOW / 1_000 + 1_000) }

const sampleLine = {
  book_id: { S: 'tech-001' },
  category: { S: 'Technology' },
  title: { S: 'Clean Code' },
  price: { N: '42.99' },
  quantity: { N: '1' },
}

const sample = {
  cart_id: { S: 'cart-2025-09-05' },
  items: { L: [{ M: sampleLine }] },
  total_amount: { N: '42.99' },
  item_count: { N: '1' },
  created_at: { S: '2025-09-05T10:00:00Z' },
  updated_at: { S: '2025-09-05T10:30:00Z' },
  expires_at: LIVE,
}

/** A shopper whose cart is this item. */
const withCart = async (shop: TestShop, item: object): Promise<Shopper> => {
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  await shopper.call('DELETE', '/api/cart')
  const { user_id } = (await readItems(shop, 'carts')).find(cart => cart.items.length === 0) as Json
  await putForeignItem(shop, 'carts', { ...sample, ...item, user_id: { S: user_id } })
  return shopper
}

const open = () => createTestShop({ books: [aBook()], now: () => new Date(NOW) })

test('the specification’s sample can be read, changed and bought', async () => {
  const shop = await open()
  const shopper = await withCart(shop, {})
  const cart = (await shopper.get('/api/cart')).body
  expect(cart).toMatchObject({ item_count: 1, total: 52.42, can_check_out: true })
  expect((await checkOut(shopper)).status).toBe(201)
  const changing = await withCart(shop, {})
  expect((await changing.post('/api/cart/items', { book_id: 'tech-001' })).body.item_count).toBe(2)
  expect((await changing.post('/api/orders', orderFor(cart), { 'idempotency-key': 'k' })).body.code).toBe(
    'cart_changed',
  )
  expect((await checkOut(changing)).status).toBe(201)
})

test('the specification’s sample with its original expiry has expired', async () => {
  const shopper = await withCart(await open(), { expires_at: { N: '1725811200' } })
  expect((await shopper.get('/api/cart')).body.items).toEqual([])
})

test('a cart that another client changed since it was read is not bought', async () => {
  const shop = await open()
  const shopper = await withCart(shop, {})
  const seen = (await shopper.get('/api/cart')).body
  const [{ user_id }] = await readItems(shop, 'carts')
  await putForeignItem(shop, 'carts', {
    ...sample,
    user_id: { S: user_id },
    updated_at: { S: '2025-09-05T11:00:00Z' },
  })
  expect((await shopper.post('/api/orders', orderFor(seen), { 'idempotency-key': 'k' })).body.code).toBe(
    'cart_changed',
  )
})

const lineOf = (changes: object) => ({ items: { L: [{ M: { ...sampleLine, ...changes } }] } })

const MALFORMED_CARTS: Record<string, object> = {
  'no items': { items: { NULL: true } },
  'items that are a string': { items: { S: 'none' } },
  'items that are not lines': { items: { L: [{ S: 'a' }, { N: '1' }, { L: [] }, { M: {} }] } },
  'a quantity of zero': lineOf({ quantity: { N: '0' } }),
  'a negative quantity': lineOf({ quantity: { N: '-3' } }),
  'a fractional quantity': lineOf({ quantity: { N: '1.5' } }),
  'a quantity in words': lineOf({ quantity: { S: '1' } }),
  'a quantity of 38 digits': lineOf({ quantity: { N: '99999999999999999999999999999999999999' } }),
  'a price of 126 digits': lineOf({ price: { N: '9.9E+125' } }),
  'a negative price': lineOf({ price: { N: '-42.99' } }),
  'a malformed book id': lineOf({ book_id: { S: '../../etc' } }),
  'times that are numbers': { created_at: { N: '1' }, updated_at: { N: '1' } },
  'a version that is a number': { version: { N: '7' } },
  'no expiry': { expires_at: { NULL: true } },
  'an expiry in words': { expires_at: { S: 'tomorrow' } },
  'an expiry in microseconds': { expires_at: { N: '1757073600000000000' } },
  'an expiry of 38 digits': { expires_at: { N: '17570736001757073600175707360017570736' } },
}

test.each(Object.entries(MALFORMED_CARTS))('a cart with %s does not prevent shopping', async (_, item) => {
  const shop = await open()
  const shopper = await withCart(shop, item)
  const seen = await shopper.get('/api/cart')
  expect(seen.status).toBe(200)
  const before = seen.body.item_count
  const added = await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  expect({ status: added.status, count: added.body.item_count }).toEqual({ status: 200, count: before + 1 })
  expect((await shopper.get('/api/cart')).body.item_count).toBe(before + 1)
  expect((await checkOut(shopper)).status).toBe(201)
  expect(shop.reportedErrors).toEqual([])
})

test('a malformed line is skipped, and the others are bought', async () => {
  const shop = await open()
  const bad = { ...sampleLine, quantity: { N: '-1' } }
  const shopper = await withCart(shop, { items: { L: [{ M: bad }, { M: sampleLine }] } })
  expect((await checkOut(shopper)).body).toMatchObject({ total: 52.42, items: [{ quantity: 1 }] })
})

test('an expired cart with a later id does not hide the live one', async () => {
  const shop = await open()
  const shopper = await withCart(shop, {})
  const [{ user_id }] = await readItems(shop, 'carts')
  for (const id of ['cart-2026-01-01', 'cart-zzz'])
    await putForeignItem(shop, 'carts', {
      ...sample,
      user_id: { S: user_id },
      cart_id: { S: id },
      expires_at: { N: '1725811200' },
    })
  expect((await shopper.post('/api/cart/items', { book_id: 'tech-001' })).body.item_count).toBe(2)
  expect((await checkOut(shopper)).status).toBe(201)
})

test('a newer cart of another client is shown within a minute, and changes are made to it at once', async () => {
  let now = NOW
  const shop = await createTestShop({ books: [aBook()], now: () => new Date(now) })
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 3 })
  const count = async () => (await shopper.get('/api/cart')).body.item_count
  expect(await count()).toBe(3)
  const [{ user_id }] = (await readItems(shop, 'carts')) as [Json]
  await putForeignItem(shop, 'carts', {
    ...sample,
    cart_id: { S: 'cart-2025-09-06' },
    user_id: { S: user_id },
  })
  expect(await count()).toBe(3)
  now += 61_000
  expect(await count()).toBe(1)
  await putForeignItem(shop, 'carts', {
    ...sample,
    cart_id: { S: 'cart-2025-09-07' },
    user_id: { S: user_id },
  })
  expect((await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 4 })).body.item_count).toBe(
    5,
  )
  expect(await count()).toBe(5)
})

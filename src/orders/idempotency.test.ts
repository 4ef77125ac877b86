/** The idempotency key of a checkout: the same request again gives the same order again. */
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type Json, orderFor, type Shopper } from '../../test/kit.ts'
import { dumpTables, readStock } from '../../test/table-contents.ts'

const fill = async (shopper: Shopper, quantity = 1, book_id = 'tech-001'): Promise<Json> =>
  (await shopper.post('/api/cart/items', { book_id, quantity })).body

const post = (shopper: Shopper, body: Json, key = 'a-key') =>
  shopper.post('/api/orders', body, { 'idempotency-key': key })

test('the same key gives the same order again, also when the cart is gone and a new one begun', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const request = orderFor(await fill(shopper))
  const first = await post(shopper, request)
  expect(first.status).toBe(201)
  expect(first.headers.has('idempotency-replayed')).toBe(false)
  await fill(shopper, 5)
  const before = await dumpTables(shop)
  const again = await post(shopper, request)
  expect(again).toMatchObject({ status: 201, body: first.body })
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(await dumpTables(shop)).toBe(before)
})

test('a key with another request is refused, whatever differs', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const cart = await fill(shopper)
  await post(shopper, orderFor(cart))
  const before = await dumpTables(shop)
  const address = orderFor(cart).shipping_address as object
  for (const change of [
    { cart_version: 'another' },
    { expected_total: 1 },
    { email: 'other@example.com' },
    { shipping_address: { ...address, country: 'US' } },
  ])
    expect(await post(shopper, orderFor(cart, change))).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  expect(await dumpTables(shop)).toBe(before)
})

test('the keys of two shoppers are two keys', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const [one, two] = [shop.visitor(), shop.visitor()]
  await fill(one)
  await fill(two)
  const orders = [await checkOut(one, 'the-key'), await checkOut(two, 'the-key')]
  expect(orders.map(order => order.status)).toEqual([201, 201])
  expect(orders[0]?.body.order_id).not.toBe(orders[1]?.body.order_id)
})

test('a refused checkout leaves its key free', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const cart = await fill(shopper)
  expect((await post(shopper, orderFor(cart, { expected_total: 1 }))).body.code).toBe('price_changed')
  expect((await post(shopper, orderFor(cart))).status).toBe(201)
})

test.each([86_399, 86_400, 86_401])('a key is free again when its record expires: after %i s', async age => {
  let time = Date.parse('2025-09-05T10:00:00Z')
  const shop = await createTestShop({ books: [aBook()], now: () => new Date(time) })
  const shopper = shop.visitor()
  const first = await post(shopper, orderFor(await fill(shopper)))
  time += age * 1_000
  const second = await post(shopper, orderFor(await fill(shopper)))
  if (age < 86_400) expect(second.body.code).toBe('idempotency_key_reused')
  else {
    expect(second.status).toBe(201)
    expect(second.body.order_id).not.toBe(first.body.order_id)
    expect(await readStock(shop, 'tech-001')).toBe(23)
  }
})

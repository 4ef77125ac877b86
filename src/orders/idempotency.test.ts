/** Idempotency key of a checkout: the same key with the same request gives the same order. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import * as z from 'zod'
import {
  aBook,
  checkOut,
  createTestShop,
  type Json,
  orderFor,
  type Shopper,
  type TestShop,
} from '../../test/kit.ts'
import { dumpTables, readItems, readStock } from '../../test/table-contents.ts'
import { requestHash } from './request-hash.ts'
import { PlaceOrder } from './schema.ts'

const fill = async (shopper: Shopper, quantity = 1, book_id = 'tech-001'): Promise<Json> =>
  (await shopper.post('/api/cart/items', { book_id, quantity })).body

const post = (shopper: Shopper, body: Json, key = 'a-key') =>
  shopper.post('/api/orders', body, { 'idempotency-key': key })

/** The paths of a schema's fields, such as `shipping_address.city`, with those of objects in it. */
const fieldPaths = (schema: z.ZodObject, prefix = ''): string[] =>
  Object.entries(schema.shape).flatMap(([name, field]) => {
    const inner = field instanceof z.ZodOptional ? field.unwrap() : field
    return inner instanceof z.ZodObject ? fieldPaths(inner, `${prefix}${name}.`) : [prefix + name]
  })

/** The body with another value at this path. */
const withField = (body: Json, [name = '', ...rest]: readonly string[], value: unknown): Json => ({
  ...body,
  [name]: rest.length === 0 ? value : withField(body[name], rest, value),
})

const FULL_BODY: PlaceOrder = {
  cart_version: 'v',
  expected_total: 52.42,
  email: 'customer@example.com',
  payment_method: 'invoice',
  delivery: 'ship',
  shipping_address: {
    name: 'a',
    street: 'b',
    line2: 'c',
    city: 'd',
    state: 'e',
    postal_code: 'f',
    country: 'US',
    phone: '123',
  },
}

test('the same key gives the same order again, even after the cart is gone and a new one was started', async () => {
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

test('the order of the fields in the body makes no difference', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const request = orderFor(await fill(shopper))
  const reversed = (value: object): Json => Object.fromEntries(Object.entries(value).reverse())
  const first = await post(shopper, request)
  const address = reversed(request.shipping_address as object)
  const again = await post(shopper, { ...reversed(request), shipping_address: address })
  expect(again).toMatchObject({ status: 201, body: { order_id: first.body.order_id } })
})

/** For each field of `PlaceOrder` a valid value that differs from the one in `orderFor`. */
const OTHER_VALUES: Readonly<Record<string, unknown>> = {
  cart_version: 'another',
  expected_total: 1,
  email: 'other@example.com',
  payment_method: 'transfer',
  delivery: 'collect',
  'shipping_address.name': 'Jane Roe',
  'shipping_address.street': '1 Library Lane',
  'shipping_address.line2': 'Floor 2',
  'shipping_address.city': 'Othertown',
  'shipping_address.state': 'OT',
  'shipping_address.phone': '+1 555 0199',
  'shipping_address.postal_code': '54321',
  'shipping_address.country': 'US',
}

test('a key that is sent with another request is refused, whichever field differs', async () => {
  expect(Object.keys(OTHER_VALUES).sort()).toEqual(fieldPaths(PlaceOrder).sort())
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const body = orderFor(await fill(shopper))
  expect((await post(shopper, body)).status).toBe(201)
  const before = await dumpTables(shop)
  for (const [path, value] of Object.entries(OTHER_VALUES))
    expect(await post(shopper, withField(body, path.split('.'), value)), path).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  expect(await dumpTables(shop)).toBe(before)
})

test.each(fieldPaths(PlaceOrder))('the request hash covers the field %s', path => {
  const { request_hash } = requestHash(FULL_BODY)
  for (const value of ['another value', undefined])
    expect(requestHash(withField(FULL_BODY, path.split('.'), value)).request_hash).not.toBe(request_hash)
})

test('the request hash covers a field that is added to the body later', () => {
  const hashOf = (more: object) => requestHash({ ...FULL_BODY, ...more }).request_hash
  expect(hashOf({ gift_wrap: true })).not.toBe(hashOf({}))
  expect(hashOf({ gift_wrap: true })).not.toBe(hashOf({ gift_wrap: false }))
  expect(hashOf({ gift: { wrap: 'red', note: 'x' } })).toBe(hashOf({ gift: { note: 'x', wrap: 'red' } }))
  expect(hashOf({ notes: ['a', 'b'] })).not.toBe(hashOf({ notes: ['b', 'a'] }))
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Writes other attributes into the shop's only idempotency record. */
const rewriteRecord = async (shop: TestShop, change: (record: Json) => Json): Promise<void> => {
  const record = (await readItems(shop, 'control')).find(({ pk }) => String(pk).startsWith('idem#'))
  await shop.deps.db.write({ action: 'Put', table: shop.names.control, item: change(record) })
}

test('a record of release 0.1.0, which has no hash version, still gives its order, and only for its request', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const body = orderFor(await fill(shopper))
  const first = await post(shopper, body)
  await rewriteRecord(shop, ({ hash_version, ...record }) => {
    expect(hash_version).toBe(2)
    const { cart_version, expected_total, email, shipping_address } = body
    const address = Object.entries(shipping_address as object).sort()
    return {
      ...record,
      request_hash: sha256(JSON.stringify([cart_version, expected_total, email, address])),
    }
  })
  expect(await post(shopper, body)).toMatchObject({ status: 201, body: { order_id: first.body.order_id } })
  for (const [path, value] of Object.entries(OTHER_VALUES))
    expect((await post(shopper, withField(body, path.split('.'), value))).body.code, path).toBe(
      'idempotency_key_reused',
    )
})

test('a request of an earlier release, whose address has no name, gives its order again, and places no new one', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const body = orderFor(await fill(shopper))
  const first = await post(shopper, body)
  const earlier = withField(body, ['shipping_address', 'name'], undefined)
  await rewriteRecord(shop, record => ({ ...record, ...requestHash(PlaceOrder.parse(earlier)) }))
  const again = await post(shopper, earlier)
  expect(again).toMatchObject({ status: 201, body: { order_id: first.body.order_id } })
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect((await post(shopper, withField(earlier, ['email'], 'other@example.com'))).body.code).toBe(
    'idempotency_key_reused',
  )
  await fill(shopper)
  const before = await dumpTables(shop)
  expect(await post(shopper, earlier, 'a-new-key')).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ where: 'body.shipping_address.name' }] },
  })
  expect(await dumpTables(shop)).toBe(before)
})

test('a record of a later release, whose hash version is unknown, is refused', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const body = orderFor(await fill(shopper))
  await post(shopper, body)
  await rewriteRecord(shop, record => ({ ...record, hash_version: 99 }))
  expect((await post(shopper, body)).body.code).toBe('idempotency_key_reused')
})

test('two shoppers may send the same key, and each gets their own order', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const [one, two] = [shop.visitor(), shop.visitor()]
  await fill(one)
  await fill(two)
  const orders = [await checkOut(one, 'the-key'), await checkOut(two, 'the-key')]
  expect(orders.map(order => order.status)).toEqual([201, 201])
  expect(orders[0]?.body.order_id).not.toBe(orders[1]?.body.order_id)
})

test('the key of a refused checkout can be used again', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const cart = await fill(shopper)
  expect((await post(shopper, orderFor(cart, { expected_total: 1 }))).body.code).toBe('price_changed')
  expect((await post(shopper, orderFor(cart))).status).toBe(201)
})

test.each([86_399, 86_400, 86_401])(
  'a key can be used again once its record has expired: %i s later',
  async age => {
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
  },
)

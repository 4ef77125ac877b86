/** Limits of guests' orders: copies on order without payment, by client network and by email, and what gives them back. */
import { expect, test } from 'vitest'
import { countSold, countStatuses, times } from '../../test/buyers.ts'
import {
  type Answer,
  aBook,
  createTestShop,
  newCustomer,
  orderFor,
  type Shopper,
  type TestShop,
} from '../../test/kit.ts'
import { createClock } from '../../test/mail.ts'
import { dumpTables, readItems, readStock } from '../../test/table-contents.ts'
import { cancelOrder } from './service.ts'
import { sendWithoutMail } from './transition.ts'

const DAY_MS = 86_400_000

const open = async (env: Readonly<Record<string, string>> = {}, stock = 100_000) => {
  const time = createClock()
  return {
    shop: await createTestShop({ books: [aBook({ stock_quantity: stock })], now: time.now, env }),
    time,
  }
}

/** A new guest of a client network, which its own cookie does not tell. */
const guestOf = (shop: TestShop, network: string): Shopper => shop.visitor({ clientNetwork: () => network })

const prepare = async (who: Shopper, quantity: number, changes: object = newCustomer()) => {
  const { body: cart } = await who.post('/api/cart/items', { book_id: 'tech-001', quantity })
  return orderFor(cart, { ...changes })
}
const place = async (who: Shopper, quantity: number, changes?: object, key = 'k'): Promise<Answer> =>
  who.post('/api/orders', await prepare(who, quantity, changes), { 'idempotency-key': key })

const refused = (per: string, limit: number) => ({ status: 429, body: { code: 'unpaid_limit', per, limit } })

test('one network has at most 60 copies on order, whoever the guests and whatever their emails', async () => {
  const { shop } = await open()
  for (const quantity of [20, 20, 19]) expect((await place(guestOf(shop, 'a'), quantity)).status).toBe(201)
  const late = guestOf(shop, 'a')
  const order = await prepare(late, 2)
  const before = await dumpTables(shop)
  const answer = await late.post('/api/orders', order, { 'idempotency-key': 'k' })
  expect(answer).toMatchObject(refused('network', 60))
  for (const word of ['Sign in', 'contact us', '24 hours', '60']) expect(answer.body.detail).toContain(word)
  // Nothing is written: the cart is as it was.
  expect(await dumpTables(shop)).toBe(before)
  expect((await place(guestOf(shop, 'a'), 1)).status).toBe(201)
  expect((await place(guestOf(shop, 'b'), 20)).status).toBe(201)
})

test('one email has at most 20 copies on order, from whatever networks; the seventh order of a flood is refused', async () => {
  const { shop } = await open()
  const to = { email: 'jane@example.com' }
  expect((await place(guestOf(shop, 'a'), 15, to)).status).toBe(201)
  expect(await place(guestOf(shop, 'b'), 6, to)).toMatchObject(refused('email', 20))
  expect((await place(guestOf(shop, 'c'), 5, to)).status).toBe(201)
  expect(await place(guestOf(shop, 'd'), 1, { email: 'Jane@EXAMPLE.com' })).toMatchObject(
    refused('email', 20),
  )
})

test('accounts and staff are not limited, and neither is anybody where the limits are 0', async () => {
  const { shop } = await open()
  const to = { email: 'jane@example.com' }
  for (const who of [await shop.account({ days: 3_650 }), await shop.account({ days: 3_650, role: 'staff' })])
    for (const key of ['a', 'b', 'c', 'd']) expect((await place(who, 20, to, key)).status).toBe(201)
  expect((await place(guestOf(shop, 'a'), 20, to)).status).toBe(201)
  const off = await open({ UNPAID_LIMIT_NETWORK: '0', UNPAID_LIMIT_EMAIL: '0' })
  for (let i = 0; i < 6; i++) expect((await place(guestOf(off.shop, 'a'), 20, to)).status).toBe(201)
})

test('an order that was refused once is placed under the same key, and its retry gives the same order', async () => {
  const { shop } = await open({ UNPAID_LIMIT_NETWORK: '20' })
  const first = guestOf(shop, 'a')
  const order = await prepare(first, 20)
  const send = () => first.post('/api/orders', order, { 'idempotency-key': 'k' })
  const placed = await send()
  expect(placed.status).toBe(201)
  // Over the limit by now, and yet it is no new order.
  expect((await send()).body.order_id).toBe(placed.body.order_id)
  const second = guestOf(shop, 'a')
  const waiting = await prepare(second, 1)
  const retry = () => second.post('/api/orders', waiting, { 'idempotency-key': 'k' })
  expect(await retry()).toMatchObject(refused('network', 20))
  await first.post(`/api/orders/${placed.body.order_id}/cancel`)
  expect((await retry()).status).toBe(201)
})

test.each([['cancelled'], ['processing', 'cancelled'], ['processing', 'shipped']])(
  'an order that is %s gives back what it held, once',
  async (...statuses) => {
    const { shop } = await open({ UNPAID_LIMIT_NETWORK: '20' })
    const to = { email: 'jane@example.com' }
    const { order_id } = (await place(guestOf(shop, 'a'), 20, to)).body
    expect(await place(guestOf(shop, 'a'), 1)).toMatchObject(refused('network', 20))
    for (const status of statuses) {
      const answer = await shop.staff.post(`/api/orders/${order_id}/status`, { status })
      expect(answer.status).toBe(200)
    }
    await shop.staff.post(`/api/orders/${order_id}/cancel`)
    expect((await place(guestOf(shop, 'a'), 12, to)).status).toBe(201)
    expect(await place(guestOf(shop, 'a'), 9)).toMatchObject(refused('network', 20))
    expect(await place(guestOf(shop, 'b'), 9, to)).toMatchObject(refused('email', 20))
  },
)

test('an order counts for 24 hours, and moves on after that', async () => {
  const { shop, time } = await open()
  const to = { email: 'jane@example.com' }
  const { order_id } = (await place(guestOf(shop, 'a'), 12, to)).body
  time.advance(DAY_MS / 2)
  expect((await place(guestOf(shop, 'a'), 8, to)).status).toBe(201)
  time.advance(DAY_MS / 2 - 1_000)
  expect(await place(guestOf(shop, 'a'), 1, to)).toMatchObject(refused('email', 20))
  time.advance(2_000)
  expect(await place(guestOf(shop, 'a'), 13, to)).toMatchObject(refused('email', 20))
  expect((await place(guestOf(shop, 'a'), 12, to)).status).toBe(201)
  const order = await shop.deps.orders.getById(order_id)
  if (!order) throw new Error('no order')
  expect((await cancelOrder(shop.deps, 'the tests', order)).status).toBe('cancelled')
})

test('an order is canceled also where what it held was dropped, or is held no more', async () => {
  const { shop } = await open()
  const { order_id } = (await place(guestOf(shop, 'a'), 20)).body
  const rows = (await readItems(shop, 'control')).filter(({ sk }) => sk === 'limit')
  const { db } = shop.deps
  await db.transact(
    rows.map(({ pk, sk }) => ({ action: 'Delete', table: shop.names.control, key: { pk, sk } }) as const),
  )
  const order = await shop.deps.orders.getById(order_id)
  if (!order) throw new Error('no order')
  const races = times(5, () => cancelOrder(shop.deps, 'the tests', order, sendWithoutMail))
  for (const { status } of await Promise.all(races)) expect(status).toBe('cancelled')
  expect(await readStock(shop, 'tech-001')).toBe(100_000)
})

/** Fifty guests of one network with a copy in their carts, at two processes. */
const crowd = async (shop: TestShop) => {
  const other = await createTestShop({ sharingTablesOf: shop, env: { UNPAID_LIMIT_NETWORK: '12' } })
  return Promise.all(
    times(50, async i => {
      const who = guestOf(i % 2 === 0 ? shop : other, 'a')
      return { who, order: await prepare(who, 1) }
    }),
  )
}

test('of 50 checkouts of one network at once, exactly as many as the limit allows are placed', async () => {
  const shop = await createTestShop({
    books: [aBook({ stock_quantity: 1_000 })],
    env: { UNPAID_LIMIT_NETWORK: '12' },
  })
  const all = await crowd(shop)
  const answers = await Promise.all(
    all.map(({ who, order }) => who.post('/api/orders', order, { 'idempotency-key': 'k' })),
  )
  expect(countStatuses(answers)).toEqual({ 201: 12, '429 unpaid_limit': 38 })
  expect(await countSold(shop, 'tech-001')).toBe(12)
  expect(await readStock(shop, 'tech-001')).toBe(988)
})

test('a naive limit, which reads and then places the order, lets more through', async () => {
  const shop = await createTestShop({
    books: [aBook({ stock_quantity: 1_000 })],
    env: { UNPAID_LIMIT_NETWORK: '0' },
  })
  const all = await Promise.all(
    times(50, async () => {
      const who = guestOf(shop, 'a')
      return { who, order: await prepare(who, 1) }
    }),
  )
  await Promise.all(
    all.map(async ({ who, order }) => {
      const held = (await readItems(shop, 'orders')).flatMap(({ items }) => items).length
      if (held < 12) await who.post('/api/orders', order, { 'idempotency-key': 'k' })
    }),
  )
  expect(await countSold(shop, 'tech-001')).toBeGreaterThan(12)
})

test('the rows of the limits tell neither network, email nor order', async () => {
  const { shop } = await open()
  const { order_id } = (await place(guestOf(shop, '203.0.113.9'), 2, { email: 'jane@example.com' })).body
  const rows = (await readItems(shop, 'control')).filter(({ sk }) => sk === 'limit')
  expect(rows.map(({ held }) => held)).toEqual([2, 2])
  for (const word of ['203.0.113', 'jane', order_id]) expect(JSON.stringify(rows)).not.toContain(word)
})

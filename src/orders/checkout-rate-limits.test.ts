/** Rate limits of checkout, counted in its own transaction: an order is counted exactly when it is placed. */
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, orderFor, type Shopper, type TestShop } from '../../test/kit.ts'
import { dumpTables, readItems, readStock } from '../../test/table-contents.ts'
import { placeOrder } from './api.ts'

const PER_ACCOUNT = placeOrder.limits.find(({ per }) => per === 'account')?.max ?? 0

/** The counts of the shop's rate limits, in no order. */
const readCounts = async (shop: TestShop): Promise<number[]> =>
  (await readItems(shop, 'control')).filter(({ sk }) => sk === 'limit').map(({ taken }) => taken)

const fill = async (shopper: Shopper) => (await shopper.post('/api/cart/items', { book_id: 'tech-001' })).body

const recordCheckout = async (shop: TestShop, shopper: Shopper): Promise<string[][]> => {
  await fill(shopper)
  const { transact } = shop.deps.db
  const sent: string[][] = []
  const recordingTransact: typeof transact = writes => {
    sent.push(writes.map(({ table }) => table))
    return transact(writes)
  }
  Object.assign(shop.deps.db, { transact: recordingTransact })
  expect((await checkOut(shopper)).status).toBe(201)
  return sent
}

test('an order is counted in its own transaction, for its client network and its account', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const { books, carts, orders, control } = shop.names
  const sent = await recordCheckout(shop, await shop.account())
  // Besides: key, number, mail, payment and its place among those due.
  expect(sent).toEqual([
    [control, books, control, orders, control, control, control, carts, control, control],
  ])
  expect(await readCounts(shop)).toEqual([1, 1])
})

test('a guest, who can discard the cookie, is counted for the client network and the email, in one write more', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const { books, carts, orders, control } = shop.names
  const sent = await recordCheckout(shop, shop.visitor())
  expect(sent).toEqual([
    [control, books, control, orders, control, control, control, control, carts, control, control],
  ])
  expect(await readCounts(shop)).toEqual([1, 1])
})

test('a refused checkout is counted once, whatever the reason', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 1 })] })
  const [one, other] = [shop.visitor(), shop.visitor()]
  const order = orderFor(await fill(one))
  const late = orderFor(await fill(other))
  const refusals = [
    await one.post('/api/orders', order),
    await one.post('/api/orders', { ...order, expected_total: 1 }, { 'idempotency-key': 'k' }),
    await one.post('/api/orders', { ...order, cart_version: 'x' }, { 'idempotency-key': 'k' }),
  ]
  expect(refusals.map(({ status }) => status)).toEqual([400, 409, 409])
  expect(await readCounts(shop)).toEqual([3])
  expect((await one.post('/api/orders', order, { 'idempotency-key': 'k' })).status).toBe(201)
  expect((await other.post('/api/orders', late, { 'idempotency-key': 'k' })).body.code).toBe('out_of_stock')
  expect((await readCounts(shop)).sort()).toEqual([1, 1, 4])
})

test('a shopper over the limit cannot buy, in a process that has not seen them either', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = await shop.account()
  const order = orderFor(await fill(shopper))
  const wrong = { ...order, cart_version: 'x' }
  for (let i = 0; i < PER_ACCOUNT; i++)
    await shopper.post('/api/orders', wrong, { 'idempotency-key': `k${i}` })
  const other = await createTestShop({ sharingTablesOf: shop })
  const before = await dumpTables(shop)
  const headers = { 'idempotency-key': 'k', cookie: shopper.cookie() ?? '', 'sec-fetch-site': 'same-origin' }
  const answer = await other.visitor().post('/api/orders', order, headers)
  expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
  expect(await dumpTables(shop)).toBe(before)
  expect(await readStock(shop, 'tech-001')).toBe(25)
})

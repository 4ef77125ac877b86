import { expect, test } from 'vitest'
import { ADDRESS, aBook, createTestShop, type Shopper, type TestShop } from '../../test/kit.ts'
import { createClock } from '../../test/mail.ts'

const EMAIL = 'jane@example.com'

const placeOrder = async (who: Shopper, email = EMAIL) => {
  const { body: cart } = await who.post('/api/cart/items', { book_id: 'tech-001' })
  const placed = await who.post(
    '/api/orders',
    {
      cart_version: cart.version,
      expected_total: cart.total,
      email,
      shipping_address: ADDRESS,
    },
    { 'idempotency-key': crypto.randomUUID() },
  )
  expect(placed.status).toBe(201)
  return placed.body.order_id as string
}

const shelf = { books: [aBook({ stock_quantity: 1_000 })] }

const walk = async (who: Shopper, limit: number): Promise<string[]> => {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const page = await who.get(`/api/orders?limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`)
    expect(page.status).toBe(200)
    expect(page.body.items.length).toBeLessThanOrEqual(limit)
    ids.push(...page.body.items.map((one: { order_id: string }) => one.order_id))
    cursor = page.body.next_cursor
  } while (cursor !== null)
  return ids
}

const mixedOrders = async (shop: TestShop, account: Shopper, pass: () => void): Promise<string[]> => {
  const placed: string[] = []
  for (let i = 0; i < 12; i++) {
    pass()
    placed.push(await placeOrder(i % 3 === 0 ? account : shop.visitor()))
  }
  return placed.reverse()
}

test.each([1, 2, 5, 50])(
  'an account sees its own orders and those that guests placed with its email address, each once, %i a page',
  async limit => {
    const time = createClock()
    const shop = await createTestShop({ ...shelf, now: time.now })
    const jane = await shop.account({ email: EMAIL })
    const placed = await mixedOrders(shop, jane, () => time.advance(61_000))
    await placeOrder(shop.visitor(), 'john@example.com')
    expect(await walk(jane, limit)).toEqual(placed)
  },
)

test('a guest’s order can be read and canceled by the account with its email address, and is still the guest’s', async () => {
  const shop = await createTestShop(shelf)
  const guest = shop.visitor()
  const id = await placeOrder(guest)
  const jane = await shop.account({ email: EMAIL })
  expect((await jane.get(`/api/orders/${id}`)).status).toBe(200)
  expect((await jane.post(`/api/orders/${id}/cancel`)).body.status).toBe('cancelled')
  expect((await guest.get(`/api/orders/${id}`)).body.status).toBe('cancelled')
})

test('an account with an unconfirmed or another email address sees none of them', async () => {
  const shop = await createTestShop(shelf)
  const id = await placeOrder(shop.visitor())
  for (const who of [await shop.account({ email: EMAIL, verified: false }), await shop.account()]) {
    expect((await who.get('/api/orders')).body.items).toEqual([])
    expect((await who.get(`/api/orders/${id}`)).body.code).toBe('order_not_found')
    expect((await who.post(`/api/orders/${id}/cancel`)).body.code).toBe('order_not_found')
  }
})

test('an order placed as a guest can be read in the same browser after sign-in, whatever its email address', async () => {
  const shop = await createTestShop(shelf)
  const guest = shop.visitor()
  const id = await placeOrder(guest, 'other@example.com')
  const jane = await shop.account({ email: EMAIL, from: guest })
  expect((await jane.get(`/api/orders/${id}`)).status).toBe(200)
})

/** Filters of orders that can still be canceled. */
import { expect, test } from 'vitest'
import { USD } from '../../test/currencies.ts'
import { ADDRESS, aBook, createTestShop, orderFor, type Shopper } from '../../test/kit.ts'
import { createClock, START } from '../../test/mail.ts'
import { type OrderFilter, selectCancellable, sumOrders, UnknownNetwork } from './selection.ts'

const DAY_MS = 86_400_000

test('orders are selected by every filter, alone and together', async () => {
  const time = createClock()
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 1_000 })], now: time.now })
  const ids: Record<string, string> = {}
  const place = async (name: string, who: Shopper, changes: object) => {
    const { body: cart } = await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
    const order = orderFor(cart, { ...changes })
    const placed = await who.post('/api/orders', order, { 'idempotency-key': name })
    expect(placed.status).toBe(201)
    ids[name] = placed.body.order_id
  }
  const guest = (network: string) => shop.visitor({ clientNetwork: () => network })
  const germany = { ...ADDRESS, name: 'Erika Gewinn', country: 'DE', city: 'Berlin', postal_code: '10969' }
  await place('old', guest('a'), { email: 'old@example.com' })
  time.advance(2 * DAY_MS)
  await place('first', guest('a'), { email: 'one@example.com' })
  time.advance(3_600_000)
  await place('german', guest('a'), { email: 'two@evil.example', shipping_address: germany })
  await place('elsewhere', guest('b'), { email: 'three@evil.example' })
  await place('member', await shop.account({ days: 3_650 }), { email: 'one@example.com' })
  await place('canceled', guest('a'), { email: 'gone@example.com' })
  const canceled = await shop.deps.orders.getById(ids.canceled ?? '')
  if (!canceled) throw new Error('no order')
  await shop.deps.db.transact([shop.deps.orders.setStatus(canceled, 'cancelled', time.now())])

  const select = async (filter: OrderFilter): Promise<string[]> => {
    const found = await selectCancellable(shop.deps, filter)
    return found.map(({ order_id }) => Object.keys(ids).find(name => ids[name] === order_id) ?? '').sort()
  }
  const all = ['elsewhere', 'first', 'german', 'member', 'old']
  const since = new Date(START.getTime() + 2 * DAY_MS + 60_000)
  expect(await select({})).toEqual(all)
  expect(await select({ status: 'confirmed' })).toEqual(all)
  expect(await select({ status: 'processing' })).toEqual([])
  expect(await select({ since })).toEqual(['elsewhere', 'german', 'member'])
  expect(await select({ until: since })).toEqual(['first', 'old'])
  expect(await select({ email: 'one@example.com' })).toEqual(['first', 'member'])
  expect(await select({ email: '@evil.example' })).toEqual(['elsewhere', 'german'])
  expect(await select({ country: 'DE' })).toEqual(['german'])
  expect(await select({ customer: 'account' })).toEqual(['member'])
  expect(await select({ customer: 'guest', since })).toEqual(['elsewhere', 'german'])
  expect(await select({ text: 'erika GEW' })).toEqual(['german'])
  expect(await select({ network: ids.first ?? '' })).toEqual(['first', 'german'])
  expect(await select({ network: ids.elsewhere ?? '' })).toEqual(['elsewhere'])
  // Of an account, or of a guest more than a day ago, no network is known.
  for (const name of ['member', 'old'])
    await expect(selectCancellable(shop.deps, { network: ids[name] ?? '' })).rejects.toThrow(UnknownNetwork)
  const orders = await selectCancellable(shop.deps, { email: '@evil.example' })
  expect(sumOrders(orders)).toEqual({ copies: 4, totals: [{ currency: USD, total: 2 * 9_885 }] })
  expect(sumOrders([])).toEqual({ copies: 0, totals: [] })
})

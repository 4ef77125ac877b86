/** Hours without orders: only those in which orders usually come count. */
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { countOrderHours, orderGap } from './order-gap.ts'

const HOURS = { from: 9, until: 21 }

test.each([
  ['within a day', '2026-03-02T10:00Z', '2026-03-02T13:30Z', 'UTC', 3.5],
  ['over a night', '2026-03-02T20:00Z', '2026-03-03T10:00Z', 'UTC', 2],
  ['at night', '2026-03-02T22:00Z', '2026-03-03T08:00Z', 'UTC', 0],
  ['over a weekend of two days', '2026-03-06T21:00Z', '2026-03-08T21:00Z', 'UTC', 24],
  // 9:00 in New York is 14:00 in UTC before the clocks change, and 13:00 after.
  ['in winter, by the shop’s clock', '2026-03-02T12:00Z', '2026-03-02T15:00Z', 'America/New_York', 1],
  ['in summer, by the shop’s clock', '2026-07-02T12:00Z', '2026-07-02T15:00Z', 'America/New_York', 2],
  ['of half an hour’s offset', '2026-03-02T03:00Z', '2026-03-02T04:30Z', 'Asia/Kolkata', 1],
])('%s', (_, since, until, timeZone, hours) => {
  expect(countOrderHours(new Date(since), new Date(until), HOURS, timeZone)).toBe(hours)
})

test('the gap begins with the last order of all shoppers, on whichever day it was', async () => {
  let now = new Date('2026-03-02T19:00:00Z')
  const shop = await createTestShop({ books: [aBook()], now: () => now })
  const settings = { orderHours: HOURS, shop: { timeZone: 'UTC' } }
  const gap = () => orderGap({ now: () => now, settings, orders: shop.deps.orders })
  expect(await gap()).toBe(7 * 12)
  for (const at of ['2026-03-02T19:00:00Z', '2026-03-02T20:00:00Z']) {
    now = new Date(at)
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    await checkOut(shopper)
  }
  expect(await gap()).toBe(0)
  // Of another program: one that cannot be read, and an old one whose id sorts last.
  const table = shop.names.orders
  const day = { user_id: 'other', order_date: '2026-03-02' }
  for (const item of [
    { ...day, order_id: 'order-2026-03-02-zzzz' },
    {
      ...(await readItems(shop, 'orders'))[0],
      order_id: 'order-2026-03-02-zzz',
      created_at: '2026-03-02T09:00:00Z',
    },
  ])
    await shop.deps.db.write({ action: 'Put', table, item })
  expect(await gap()).toBe(0)
  now = new Date('2026-03-04T12:00:00Z')
  expect(await gap()).toBe(1 + 12 + 3)
  expect(
    await orderGap({
      now: () => now,
      settings: { ...settings, orderHours: undefined },
      orders: shop.deps.orders,
    }),
  ).toBeUndefined()
})

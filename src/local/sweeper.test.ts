import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import type { Item } from '../core/dynamo/write.ts'
import { sweepExpired } from './sweeper.ts'

const DAY_MS = 86_400_000

const scanAll = async (
  shop: Awaited<ReturnType<typeof createTestShop>>,
  table: 'carts' | 'control' | 'orders',
) => {
  const items: Item[] = []
  for await (const page of shop.deps.db.scan(shop.names[table])) items.push(...page)
  return items
}

test('items that expired more than an hour ago are deleted, and no others', async () => {
  let now = new Date('2026-03-01T12:00:00Z')
  const shop = await createTestShop({ books: [aBook()], now: () => now, withStaff: false })
  const [early, late] = [shop.visitor(), shop.visitor()]
  await early.post('/api/cart/items', { book_id: 'tech-001' })
  await early.post('/api/cart/items', { book_id: 'tech-001' })
  const buyer = shop.visitor()
  await buyer.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await checkOut(buyer)).status).toBe(201)
  now = new Date(now.getTime() + 6 * DAY_MS)
  await late.post('/api/cart/items', { book_id: 'tech-001' })

  now = new Date(now.getTime() + 2 * DAY_MS)
  const before = await scanAll(shop, 'control')
  // The early cart, the idempotency key of the order, and the limits of its network and its email.
  expect(await sweepExpired(shop.deps)).toBe(4)
  expect(await scanAll(shop, 'carts')).toHaveLength(1)
  expect((await late.get('/api/cart')).body.item_count).toBe(1)
  expect(await scanAll(shop, 'orders')).toHaveLength(1)
  const deleted = before.filter(row => /^(idem|limit)#/.test(String(row.pk)))
  expect(deleted).toHaveLength(3)
  expect(await scanAll(shop, 'control')).toHaveLength(before.length - deleted.length)
  expect(await sweepExpired(shop.deps)).toBe(0)
})

test('an item that is renewed during the sweep is not deleted', async () => {
  let now = new Date('2026-03-01T12:00:00Z')
  const shop = await createTestShop({ books: [aBook()], now: () => now })
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  now = new Date(now.getTime() + 8 * DAY_MS)
  const { db } = shop.deps
  const renewing = {
    ...shop.deps,
    db: {
      ...db,
      write: async (...[write]: Parameters<typeof db.write>) => {
        const [cart] = await scanAll(shop, 'carts')
        await db.write({
          action: 'Put',
          table: shop.names.carts,
          item: { ...cart, expires_at: 4_000_000_000 },
        })
        await db.write(write)
      },
    },
  }
  expect(await sweepExpired(renewing)).toBe(0)
  expect(await scanAll(shop, 'carts')).toHaveLength(1)
})

import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import type { Item } from '../core/dynamo/write.ts'
import { sweepExpired } from './sweeper.ts'

const DAY_MS = 86_400_000

const itemsOf = async (
  shop: Awaited<ReturnType<typeof createTestShop>>,
  table: 'carts' | 'control' | 'orders',
) => {
  const all: Item[] = []
  for await (const page of shop.deps.db.scan(shop.names[table])) all.push(...page)
  return all
}

test('what has expired is deleted, and nothing else', async () => {
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
  const before = await itemsOf(shop, 'control')
  // The early cart, the key of the order, and the row that counts checkouts.
  expect(await sweepExpired(shop.deps)).toBe(3)
  expect(await itemsOf(shop, 'carts')).toHaveLength(1)
  expect((await late.get('/api/cart')).body.item_count).toBe(1)
  expect(await itemsOf(shop, 'orders')).toHaveLength(1)
  const gone = before.filter(row => /^(idem|limit)#/.test(String(row.pk)))
  expect(gone).toHaveLength(2)
  expect(await itemsOf(shop, 'control')).toHaveLength(before.length - gone.length)
  expect(await sweepExpired(shop.deps)).toBe(0)
})

test('an item that is renewed while the sweep looks at it stays', async () => {
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
        const [cart] = await itemsOf(shop, 'carts')
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
  expect(await itemsOf(shop, 'carts')).toHaveLength(1)
})

/** Database operations of all endpoints, counted in front of the engine. */
import { expect, test } from 'vitest'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, checkOut, createTestShop, type Json } from '../../test/kit.ts'
import { VALID_ACCOUNT_BODIES } from '../../tools/fuzz/target.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'

/** Endpoints to call last: they end the session, or delete what the others need. */
const LAST = new Set(['deleteMe', 'deleteBook', 'signOut'])

test('no request of any endpoint scans a table', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ books: [aBook()], endpoint: engine.endpoint })
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const reader = await shop.account({ from: guest })
  await reader.get('/api/cart')
  const { order_id } = (await checkOut(reader, 'k', { email: 'customer@example.com' })).body
  const bodies: Record<string, Json> = {
    ...VALID_ACCOUNT_BODIES,
    addCartItem: { book_id: 'tech-001' },
    setCartItem: { quantity: 1 },
    setOrderStatus: { status: 'processing' },
    changeBook: { stock_delta: 1 },
    lookUpOrder: { order_id, email: 'customer@example.com' },
    openOrderLink: { token: 'A'.repeat(43) },
    cancelByLink: { token: 'A'.repeat(43) },
    viewOrder: { token: 'A'.repeat(43) },
  }
  // The index was built by a scan at the start of the shop; only later scans count.
  const before = { ...engine.calls }
  const called = new Set<string>()
  for (const { id, method, path, body } of ENDPOINTS)
    for (const who of [shop.visitor(), guest, reader, shop.staff]) {
      if (LAST.has(id)) continue
      const url = path.replace('{order_id}', order_id).replaceAll(/\{\w+\}/g, 'tech-001')
      const { status } = await who.call(method, url, body === undefined ? undefined : (bodies[id] ?? {}))
      if (status < 400) called.add(id)
    }
  await shop.staff.call('DELETE', '/api/books/tech-001')
  await reader.post('/api/auth/sign-out')
  await shop.staff.get('/api/orders?date=2026-01-01')
  expect(called.size).toBeGreaterThan(28)
  expect(engine.calls.Query).toBeGreaterThan(before.Query ?? 0)
  expect(engine.calls.Scan ?? 0).toBe(before.Scan ?? 0)
  expect(shop.reportedErrors).toEqual([])
})

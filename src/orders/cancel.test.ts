/** Cancellation when the catalog has changed since the order: which copies are returned to stock. */
import { expect, test } from 'vitest'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, checkOut, createTestShop, type Json, type TestShop } from '../../test/kit.ts'
import { callEngine, putForeignItem, readItems, readStock } from '../../test/table-contents.ts'

const NOTE = 'order.stock_not_returned'

const bought = async (shop: TestShop, ...bookIds: readonly string[]) => {
  const shopper = shop.visitor()
  for (const book_id of bookIds) await shopper.post('/api/cart/items', { book_id, quantity: 2 })
  const { body } = await checkOut(shopper)
  return { shopper, cancel: () => shopper.post(`/api/orders/${body.order_id}/cancel`), order: body }
}

const auditNotes = async (shop: TestShop): Promise<Json[]> =>
  (await readItems(shop, 'control')).filter(row => row.what === NOTE && row.pk.startsWith('audit#'))

test('copies are returned to a book that was moved, and to one that is retired', async () => {
  const shop = await createTestShop({ books: [aBook(), aBook({ book_id: 'tech-002' })] })
  const { cancel } = await bought(shop, 'tech-001', 'tech-002')
  await shop.staff.call('PATCH', '/api/books/tech-001', { category: 'Craft' })
  await shop.staff.call('PATCH', '/api/books/tech-002', { status: 'retired' })
  expect((await cancel()).body.status).toBe('cancelled')
  expect(await readStock(shop, 'tech-001')).toBe(25)
  expect(await readStock(shop, 'tech-002')).toBe(25)
  expect(await auditNotes(shop)).toEqual([])
})

test('copies of a deleted book are recorded in the audit for staff, and the others are returned', async () => {
  const shop = await createTestShop({ books: [aBook(), aBook({ book_id: 'tech-002' })] })
  const { cancel, order } = await bought(shop, 'tech-001', 'tech-002')
  await shop.staff.call('DELETE', '/api/books/tech-001')
  expect((await cancel()).body.status).toBe('cancelled')
  expect(await readStock(shop, 'tech-002')).toBe(25)
  expect(await readItems(shop, 'books')).toHaveLength(1)
  expect(await auditNotes(shop)).toMatchObject([
    { pk: `audit#order:${order.order_id}`, after: { lines: [{ book_id: 'tech-001', quantity: 2 }] } },
  ])
})

test('copies are returned to a book that is moved during the cancellation', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ books: [aBook()], endpoint: engine.endpoint })
  const { cancel } = await bought(shop, 'tech-001')
  const staff = await createTestShop({ sharingTablesOf: shop })
  let moved = false
  engine.plan(async operation => {
    if (operation === 'TransactWriteItems' && !moved) {
      moved = true
      await staff.staff.call('PATCH', '/api/books/tech-001', { category: 'Craft' })
    }
    return undefined
  })
  expect((await cancel()).body.status).toBe('cancelled')
  expect(await readStock(shop, 'tech-001')).toBe(25)
  expect(await auditNotes(shop)).toEqual([])
})

test('an order of the specification’s `create_order`, without categories and amounts, can be read and canceled', async () => {
  const shop = await createTestShop({ books: [aBook(), aBook({ book_id: 'tech-002' })] })
  const { order } = await bought(shop, 'tech-002')
  const [{ user_id }] = await readItems(shop, 'orders')
  const line = (id: string) => ({
    M: { book_id: { S: id }, title: { S: 'x' }, price: { N: '42.99' }, quantity: { N: '3' } },
  })
  await putForeignItem(shop, 'orders', {
    user_id: { S: user_id },
    order_id: { S: 'order-2025-09-05-001' },
    order_date: { S: '2025-09-05' },
    items: { L: [line('tech-001'), line('tech-001'), line('nothing')] },
    total: { N: '42.99' },
    status: { S: 'confirmed' },
    created_at: { S: '2025-09-05T10:00:00' },
    updated_at: { S: '2025-09-05T10:00:00' },
  })
  const read = await shop.staff.get('/api/orders/order-2025-09-05-001')
  expect(read).toMatchObject({ status: 200, body: { total: 42.99, status: 'confirmed' } })
  expect((await shop.staff.get('/api/orders?date=2025-09-05')).body.items).toHaveLength(1)
  const cancelled = await shop.staff.post('/api/orders/order-2025-09-05-001/cancel')
  expect(cancelled.body.status).toBe('cancelled')
  expect(await readStock(shop, 'tech-001')).toBe(31)
  expect(await auditNotes(shop)).toMatchObject([{ after: { lines: [{ book_id: 'nothing', quantity: 3 }] } }])
  expect(order.status).toBe('confirmed')
})

test('a malformed order is not found, and does not hide others', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const { shopper, order } = await bought(shop, 'tech-001')
  const [{ user_id }] = await readItems(shop, 'orders')
  const id = `order-${order.order_date}-000`
  await callEngine('PutItem', {
    TableName: shop.names.orders,
    Item: {
      user_id: { S: user_id },
      order_id: { S: id },
      order_date: { S: order.order_date },
      total: { S: 'x' },
    },
  })
  expect((await shopper.get('/api/orders')).body.items).toHaveLength(1)
  expect((await shopper.get(`/api/orders/${id}`)).body.code).toBe('order_not_found')
  expect((await shop.staff.get(`/api/orders/${id}`)).body.code).toBe('order_not_found')
  expect((await shop.staff.get(`/api/orders?date=${order.order_date}`)).body.items).toHaveLength(1)
})

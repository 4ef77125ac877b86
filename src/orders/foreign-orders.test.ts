/** Orders that other clients wrote, as the specification's own `create_order` does. */
import { expect, test } from 'vitest'
import { aBook, createTestShop, type Json, type TestShop } from '../../test/kit.ts'
import { dumpTables, putForeignItem } from '../../test/table-contents.ts'

const putOrder = (shop: TestShop, changes: Json = {}): Promise<Json> =>
  putForeignItem(shop, 'orders', {
    user_id: { S: 'user-12345' },
    order_id: { S: 'order-2025-09-05-xyz123' },
    order_date: { S: '2025-09-05' },
    items: {
      L: [
        {
          M: {
            book_id: { S: 'tech-001' },
            title: { S: 'Clean Code' },
            price: { N: '42.99' },
            quantity: { N: '1' },
          },
        },
      ],
    },
    total: { N: '42.99' },
    status: { S: 'confirmed' },
    created_at: { S: '2025-09-05T12:00:00Z' },
    updated_at: { S: '2025-09-05T12:00:00Z' },
    ...changes,
  })

const ID = 'order-2025-09-05-xyz123'

test.each<[string, Json, Json]>([
  ['a string', { S: '1 Library Lane' }, undefined],
  ['a list', { L: [{ S: '1 Library Lane' }] }, undefined],
  [
    'a map of various types',
    {
      M: {
        street: { S: '1 Library Lane' },
        postal_code: { N: '12345' },
        more: { M: {} },
        none: { NULL: true },
      },
    },
    { street: '1 Library Lane', postal_code: '12345' },
  ],
])(
  'an order whose address is %s is shown, listed and moved to the next status',
  async (_, address, shown) => {
    const shop = await createTestShop({ books: [aBook()] })
    await putOrder(shop, { shipping_address: address })
    const { status, body } = await shop.staff.get(`/api/orders/${ID}`)
    expect({ status, address: body.shipping_address }).toEqual({ status: 200, address: shown })
    expect((await shop.staff.get('/api/orders?date=2025-09-05')).body.items).toHaveLength(1)
    expect((await shop.staff.post(`/api/orders/${ID}/status`, { status: 'processing' })).status).toBe(200)
    expect((await shop.staff.post(`/api/orders/${ID}/status`, { status: 'cancelled' })).status).toBe(200)
    expect(shop.reportedErrors).toEqual([])
  },
)

test('canceling an order with more books than one transaction can return is refused, and changes nothing', async () => {
  const books = Array.from({ length: 95 }, (_, i) => aBook({ book_id: `b${i}`, stock_quantity: 1 }))
  const shop = await createTestShop({ books })
  const line = ({ book_id }: { book_id: string }) => ({
    M: { book_id: { S: book_id }, title: { S: 'A' }, price: { N: '1' }, quantity: { N: '1' } },
  })
  await putOrder(shop, { items: { L: books.map(line) }, total: { N: '95' } })
  const before = await dumpTables(shop)
  const answer = await shop.staff.post(`/api/orders/${ID}/status`, { status: 'cancelled' })
  expect(answer).toMatchObject({ status: 422, body: { code: 'line_limit' } })
  expect(await dumpTables(shop)).toBe(before)
  expect(shop.reportedErrors).toEqual([])
})

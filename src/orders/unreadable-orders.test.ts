/** Orders of other clients that the shop cannot read in full: shown as far as possible, and never left out in silence. */
import { expect, test } from 'vitest'
import { createTestShop, type Json, type TestShop } from '../../test/kit.ts'
import { putForeignItem, readItems } from '../../test/table-contents.ts'
import { erasePerson } from '../privacy/erase.ts'
import { checkOrders } from './check.ts'

const line = (price: string) => ({
  M: { book_id: { S: 'tech-001' }, title: { S: 'Clean Code' }, price: { N: price }, quantity: { N: '1' } },
})

const putOrder = (shop: TestShop, name: string, userId: string, changes: Json): Promise<Json> =>
  putForeignItem(shop, 'orders', {
    user_id: { S: userId },
    order_id: { S: `order-2025-09-05-${name}` },
    order_date: { S: '2025-09-05' },
    items: { L: [line('42.99')] },
    total: { N: '42.99' },
    status: { S: 'confirmed' },
    email: { S: 'canary-mail@example.com' },
    shipping_address: { M: { street: { S: 'canary-street 1' }, country: { S: 'DE' } } },
    created_at: { S: '2025-09-05T12:00:00Z' },
    updated_at: { S: '2025-09-05T12:00:00Z' },
    ...changes,
  })

const idsOf = ({ body }: { readonly body: Json }): string[] =>
  body.items.map(({ order_id }: Json) => order_id.replace('order-2025-09-05-', '')).sort()

/** A shop with an order of each kind, of one customer, and what it has logged and counted. */
const createShop = async () => {
  const logged: string[] = []
  let counted = 0
  const shop = await createTestShop({
    log: {
      event: (topic, text) => void (topic === 'unread' && logged.push(text)),
      count: ({ UnreadableRows = 0 }) => {
        counted += UnreadableRows
      },
    },
  })
  const customer = await shop.account()
  const put = (name: string, changes: Json) => putOrder(shop, name, customer.userId, changes)
  await put('refunded', { status: { S: 'refunded' } })
  await put('nostatus', { status: undefined })
  await put('precise', { items: { L: [line('42.995')] }, total: { N: '42.995' } })
  await put('euros', { currency: { S: 'EUR' } })
  await put('badline', { items: { L: [line('42.99'), { M: { title: { S: 'No price' } } }] } })
  await put('nototal', { total: { S: 'a lot' } })
  return { shop, customer, logged, counted: () => counted }
}

const READABLE = ['badline', 'euros', 'nostatus', 'precise', 'refunded']

test('an order is listed and shown whatever its status, its currency and its decimals are', async () => {
  const { shop, customer } = await createShop()
  expect(idsOf(await customer.get('/api/orders'))).toEqual(READABLE)
  expect(idsOf(await shop.staff.get('/api/orders?date=2025-09-05'))).toEqual(READABLE)
  const shown = async (name: string) => (await shop.staff.get(`/api/orders/order-2025-09-05-${name}`)).body
  expect(await shown('refunded')).toMatchObject({ status: 'refunded', currency: 'USD', total: 42.99 })
  expect(await shown('nostatus')).toMatchObject({ status: 'unknown' })
  expect(await shown('precise')).toMatchObject({ total: 42.995, items: [{ price: 42.995 }] })
  expect(await shown('euros')).toMatchObject({ currency: 'EUR' })
  expect((await shown('badline')).items).toHaveLength(1)
  for (const status of ['processing', 'cancelled'])
    expect(
      (await shop.staff.post('/api/orders/order-2025-09-05-refunded/status', { status })).body,
    ).toMatchObject({ code: 'status_conflict', order_status: 'refunded' })
  expect(shop.reportedErrors).toEqual([])
})

test('an item that cannot be read is logged once, without its content, and counted each time', async () => {
  const { shop, logged, counted } = await createShop()
  for (let i = 0; i < 3; i++) await shop.staff.get('/api/orders?date=2025-09-05')
  expect(logged.sort()).toEqual([
    expect.stringMatching(/^order order-2025-09-05-badline cannot be read .*\(\w+: /),
    expect.stringMatching(/^order order-2025-09-05-nototal cannot be read .*\(total: /),
  ])
  expect(logged.join('')).not.toMatch(/canary|a lot|No price/)
  expect(counted()).toBe(6)
})

test('the doctor names what cannot be read, unknown statuses and amounts with too many decimals', async () => {
  const { shop } = await createShop()
  expect(await checkOrders(shop.deps)).toEqual({
    orders: 5,
    unreadable: [{ order_id: 'order-2025-09-05-nototal' }],
    unknownStatus: expect.arrayContaining([
      { order_id: 'order-2025-09-05-refunded', status: 'refunded' },
      { order_id: 'order-2025-09-05-nostatus', status: 'unknown' },
    ]),
    imprecise: [{ order_id: 'order-2025-09-05-precise', amounts: '42.995 USD, 42.995 USD' }],
  })
})

test('the export of personal data has every order, and an erasure takes the person out of each', async () => {
  const { shop, customer } = await createShop()
  const { body } = await customer.post('/api/users/me/export', {})
  expect(idsOf({ body: { items: body.orders } })).toEqual([...READABLE, 'nototal'].sort())
  await erasePerson({ ...shop.deps, deleteSentMails: async () => {} }, customer.userId)
  const orders = await readItems(shop, 'orders')
  expect(orders).toHaveLength(6)
  for (const { order_id, email, retain_until, shipping_address, status } of orders) {
    expect({ order_id, email }).toEqual({ order_id, email: undefined })
    expect(retain_until).toBe('2035-09-05')
    // Only what is still to be delivered keeps its address.
    const isOpen = status === 'confirmed' && !order_id.endsWith('nototal')
    if (!isOpen) expect(shipping_address, order_id).toEqual({ country: 'DE' })
  }
})

import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { isInOutbox } from '../core/outbox.ts'
import { assertTransition, nextStatus, OrderStatus } from './status.ts'

const TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  confirmed: ['processing', 'cancelled'],
  processing: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: [],
  cancelled: [],
}

const pairs = OrderStatus.options.flatMap(from => OrderStatus.options.map(to => ({ from, to })))

test.each(pairs)('$from to $to is allowed exactly where the transitions say so', ({ from, to }) => {
  const step = () => assertTransition(from, to)
  if (TRANSITIONS[from].includes(to)) expect(step).not.toThrow()
  else expect(step).toThrow(expect.objectContaining({ code: 'status_conflict' }))
})

test('an order is delivered in four statuses', () => {
  const way: (OrderStatus | undefined)[] = ['confirmed']
  while (way.at(-1)) way.push(nextStatus(way.at(-1) as OrderStatus))
  expect(way).toEqual(['confirmed', 'processing', 'shipped', 'delivered', undefined])
  expect(nextStatus('cancelled')).toBeUndefined()
})

test('the API allows exactly these transitions, and stock is returned only for canceled orders', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 1_000 })] })
  const reach: Record<OrderStatus, readonly OrderStatus[]> = {
    confirmed: [],
    processing: ['processing'],
    shipped: ['processing', 'shipped'],
    delivered: ['processing', 'shipped', 'delivered'],
    cancelled: ['cancelled'],
  }
  let sold = 0
  for (const { from, to } of pairs) {
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    const { order_id } = (await checkOut(shopper)).body
    const move = (status: OrderStatus) => shop.staff.post(`/api/orders/${order_id}/status`, { status })
    for (const step of reach[from]) expect((await move(step)).status).toBe(200)
    // Canceling a canceled order changes nothing and succeeds.
    const allowed = TRANSITIONS[from].includes(to) || (from === 'cancelled' && to === 'cancelled')
    const answer = await move(to)
    expect({ from, to, status: answer.status }).toEqual({ from, to, status: allowed ? 200 : 409 })
    if (!allowed)
      expect(answer.body).toMatchObject({ code: 'status_conflict', status: 409, order_status: from })
    const { status } = (await shopper.get(`/api/orders/${order_id}`)).body
    expect(status).toBe(allowed ? to : from)
    if (status !== 'cancelled') sold++
  }
  expect(await readStock(shop, 'tech-001')).toBe(1_000 - sold)
})

test('shipping and canceling announce one mail each', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const orderOf = async () => {
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    return (await checkOut(shopper)).body.order_id
  }
  const [shipped, gone] = [await orderOf(), await orderOf()]
  for (const status of ['processing', 'shipped', 'delivered'])
    await shop.staff.post(`/api/orders/${shipped}/status`, { status })
  await shop.staff.post(`/api/orders/${gone}/cancel`)
  await shop.staff.post(`/api/orders/${gone}/cancel`)
  const outbox = (await readItems(shop, 'control')).filter(row => isInOutbox(row.pk))
  const events = outbox.map(row => String(row.sk).replace(/^[^#]+#/, ''))
  expect(events.sort()).toEqual(
    [
      `${shipped}#order_confirmed`,
      `${shipped}#order_shipped`,
      `${gone}#order_confirmed`,
      `${gone}#order_cancelled`,
    ].sort(),
  )
})

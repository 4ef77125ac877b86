import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { expectSound, openPaidShop } from '../../test/paid-shop.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { minorUnits } from '../core/money.ts'
import type { SeenDispute, SeenRefund } from './provider.ts'
import { reconcile } from './reconcile.ts'
import { syncPayment } from './sync.ts'

const dashboard = (id: string, amount: number, state: SeenRefund['state'] = 'succeeded'): SeenRefund => ({
  id,
  refundId: undefined,
  amount: minorUnits(amount),
  state,
})
const dispute = (state: SeenDispute['state'], amount = 2000): SeenDispute => ({
  id: 'dp_1',
  amount: minorUnits(amount),
  state,
})

test('5 reconciles at once of a paid checkout: one order, one capture', async () => {
  const { shop, provider, order } = await openPaidShop()
  const { order_id } = await order()
  provider.session(order_id).refunds.push(dashboard('re_1', 500))
  await Promise.all(times(5, () => reconcile(shop.deps, order_id)))
  expect(await readItems(shop, 'orders')).toHaveLength(1)
  const records = await shop.deps.paymentTable.records(order_id)
  expect(records?.entries).toHaveLength(2)
  expect(records?.payment).toMatchObject({ captured: 5242, refunded: 500 })
  await expectSound(shop, order_id)
})

test('3 refunds in the dashboard, with events replayed in all orders: each appears once', async () => {
  const { shop, provider, order, send, payments } = await openPaidShop()
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]
  for (const sequence of orders) {
    const { order_id } = await order()
    const all = [dashboard('re_a', 1000), dashboard('re_b', 2000, 'pending'), dashboard('re_c', 300)]
    for (const i of sequence) {
      const refund = all[i]
      if (refund) provider.session(order_id).refunds.push({ ...refund, id: `${refund.id}-${order_id}` })
      await send(order_id)
    }
    expect((await payments(order_id)).payment).toMatchObject({ refunded: 13, pending_refunds: 20 })
    await expectSound(shop, order_id)
    const session = provider.session(order_id)
    session.refunds = session.refunds.map(one => ({ ...one, state: 'succeeded' }))
    await Promise.all(times(3, () => send(order_id)))
    // What an event has seen before the refund had succeeded.
    await syncPayment(shop.deps, order_id, { refunds: all.slice(1, 2), disputes: [] })
    const { payment, refunds, entries } = await payments(order_id)
    expect([payment.refunded, payment.pending_refunds]).toEqual([33, 20])
    expect([refunds.length, entries.length]).toEqual([4, 4])
    expect(refunds.every(({ actor }: { actor: string }) => actor === 'provider')).toBe(true)
  }
})

test('a dispute leaves order and stock as they are; it counts while it is open and when it is lost, and not when it is won', async () => {
  const { shop, provider, order, send, payments, refund } = await openPaidShop()
  const { order_id, total } = await order({ quantity: 2 })
  await shop.staff.post(`/api/orders/${order_id}/status`, { status: 'processing' })
  const before = await readItems(shop, 'orders')
  const become = async (...disputes: SeenDispute[]) => {
    provider.session(order_id).disputes = disputes
    await Promise.all([send(order_id), send(order_id)])
    return (await payments(order_id)).payment
  }
  expect(await become(dispute('needs_response'))).toMatchObject({
    disputed: 20,
    in_dispute: true,
    status: 'paid',
  })
  expect((await shop.staff.get('/api/payments?state=disputed')).body.items).toHaveLength(1)
  expect((await shop.staff.get(`/api/orders/${order_id}`)).body.payment.disputed).toBe(true)
  // Refund after dispute: what the bank may take must not go twice.
  expect((await refund(order_id, { amount: total })).body.code).toBe('refund_not_possible')
  expect((await refund(order_id, { amount: total + 1 })).body.code).toBe('refund_too_large')
  expect((await refund(order_id, { amount: 5 })).status).toBe(201)
  expect(await become(dispute('under_review'))).toMatchObject({ in_dispute: true })
  // Lost in part: only its amount, not the whole order.
  expect(await become(dispute('lost'))).toMatchObject({
    disputed: 20,
    in_dispute: false,
    status: 'partly_refunded',
    refunded: 5,
    refundable: Number((total - 25).toFixed(2)),
  })
  expect(await become(dispute('won'))).toMatchObject({ disputed: 0, in_dispute: false })
  expect((await shop.staff.get('/api/payments?state=disputed')).body.items).toEqual([])
  expect(await readItems(shop, 'orders')).toEqual(before)
  expect(await readStock(shop, 'tech-001')).toBe(18)
  await expectSound(shop, order_id)
})

test('a dispute of a canceled order does not open it again', async () => {
  const { shop, provider, order, send, payments } = await openPaidShop()
  const { order_id } = await order()
  await shop.staff.post(`/api/orders/${order_id}/cancel`)
  const before = await readItems(shop, 'orders')
  provider.session(order_id).disputes = [dispute('needs_response', 5242)]
  await send(order_id)
  expect(await readItems(shop, 'orders')).toEqual(before)
  expect(await readStock(shop, 'tech-001')).toBe(20)
  expect((await payments(order_id)).payment).toMatchObject({
    refunded: 52.42,
    refundable: 0,
    in_dispute: true,
  })
})

test('a refund that the shop took for refused, and the provider made after all, counts', async () => {
  const { shop, provider, order, refund, send, payments } = await openPaidShop()
  const { order_id } = await order()
  const session = provider.session(order_id)
  session.refunds.push(dashboard('re_1', 5000))
  const { body } = await refund(order_id, { amount: 10 })
  shop.reportedErrors.splice(0)
  const [{ refund_id }] = body.refunds
  session.refunds = [{ id: 're_2', refundId: refund_id, amount: minorUnits(1000), state: 'succeeded' }]
  await send(order_id)
  expect((await payments(order_id)).payment).toMatchObject({ refunded: 10 })
  await expectSound(shop, order_id)
})

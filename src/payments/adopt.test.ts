import { expect, test } from 'vitest'
import { expectSound, openPaidShop } from '../../test/paid-shop.ts'
import { readItems } from '../../test/table-contents.ts'
import { adoptOrder, unrecordedOrders } from './adopt.ts'

/** Orders as an earlier release has left them, without payments. */
const openOldShop = async () => {
  const paid = await openPaidShop()
  const orders = [await paid.order({ method: 'invoice' }), await paid.order({ method: 'invoice' })]
  await paid.shop.staff.post(`/api/orders/${orders[1].order_id}/cancel`)
  const { db, names } = paid.shop.deps
  for (const { pk, sk } of await readItems(paid.shop, 'control'))
    if (/^(payment|desk)#/.test(pk))
      await db.write({ action: 'Delete', table: names.control, key: { pk, sk } })
  return { ...paid, orders }
}

test('orders from before payments are not recorded and in no list, until they are adopted', async () => {
  for (const as of ['paid', 'due'] as const) {
    const { shop, orders, payments, refund } = await openOldShop()
    const [live, canceled] = orders
    const view = async (id: string) => (await shop.staff.get(`/api/orders/${id}`)).body.payment
    expect(await view(live.order_id)).toMatchObject({ method: 'invoice', status: 'not_recorded' })
    expect(await payments(live.order_id)).toMatchObject({ payment: null, entries: [] })
    expect((await refund(live.order_id, { amount: 1 })).body.code).toBe('refund_not_possible')
    const unrecorded = async (before: string) => {
      const found = []
      for await (const page of unrecordedOrders(shop.deps, before)) found.push(...page)
      return found
    }
    expect(await unrecorded('2026-11-30')).toEqual([])
    const found = await unrecorded('2026-12-01')
    expect(found).toHaveLength(2)
    for (const one of found)
      expect(await adoptOrder(shop.deps, 'command-line', one, as, '2026-12-14')).toBe(true)
    for (const one of found)
      expect(await adoptOrder(shop.deps, 'command-line', one, as, '2026-12-14')).toBe(false)
    expect(await unrecorded('2026-12-01')).toEqual([])
    expect(await view(live.order_id)).toMatchObject({ status: as, paid: as === 'paid' ? live.total : 0 })
    expect((await view(canceled.order_id)).status).toBe('voided')
    const due = (await shop.staff.get('/api/payments?state=due')).body.items
    expect(due).toHaveLength(as === 'due' ? 1 : 0)
    await expectSound(shop, live.order_id)
  }
})

test('staff can record money on an order from before payments, and cancel it', async () => {
  const { shop, orders, record, payments } = await openOldShop()
  const { order_id, total } = orders[0]
  expect((await record(order_id, { amount: total + 1, method: 'cash' })).body.code).toBe('payment_conflict')
  expect((await record(order_id, { amount: total, method: 'terminal' })).status).toBe(201)
  expect((await payments(order_id)).payment).toMatchObject({ method: 'invoice', status: 'paid' })
  const { body } = await shop.staff.post(`/api/orders/${order_id}/cancel`)
  expect(body.status).toBe('cancelled')
  expect((await payments(order_id)).payment.review).toBe('refund_due')
  await expectSound(shop, order_id)
})

import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { expectSound, openPaidShop } from '../../test/paid-shop.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { minorUnits } from '../core/money.ts'

const LINE = [{ book_id: 'tech-001', quantity: 1 }]

test('a line is refunded with its tax, its copy is in stock again, and the customer is told', async () => {
  const { shop, provider, order, refund, payments } = await openPaidShop()
  const { order_id, total } = await order({ quantity: 2 })
  expect(await readStock(shop, 'tech-001')).toBe(18)
  const { status, body } = await refund(order_id, { lines: LINE, restock: LINE, reason: 'Returned' })
  expect(status).toBe(201)
  expect(body.payment).toMatchObject({ status: 'partly_refunded', refunded: 46.43, pending_refunds: 0 })
  expect(body.lines).toMatchObject([{ quantity: 2, refunded: 1, restocked: 1 }])
  expect(body.refunds).toMatchObject([{ state: 'succeeded', amount: 46.43, tax: 3.44, reason: 'Returned' }])
  expect(provider.session(order_id).refunds).toMatchObject([{ amount: 4643, state: 'succeeded' }])
  expect(await readStock(shop, 'tech-001')).toBe(19)
  const rest = await refund(order_id, { lines: LINE, shipping: true })
  expect(rest.body.payment).toMatchObject({ status: 'refunded', refunded: total, refundable: 0 })
  expect(rest.body.refunds.map(({ tax }: { tax: number }) => tax).sort()).toEqual([3.44, 3.44])
  await expectSound(shop, order_id)
  const control = await readItems(shop, 'control')
  expect(control.filter(({ event }) => event === 'payment_refunded')).toHaveLength(2)
  expect((await payments(order_id)).entries).toHaveLength(3)
})

test('the same key refunds once, also at the same time, and another body under it is refused', async () => {
  const { shop, provider, order, refund } = await openPaidShop()
  const { order_id } = await order()
  const answers = await Promise.all(times(4, () => refund(order_id, { amount: 3 }, 'a-key')))
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
  expect(provider.session(order_id).refunds).toHaveLength(1)
  expect((await refund(order_id, { amount: 4 }, 'a-key')).body.code).toBe('idempotency_key_reused')
  expect((await shop.staff.post(`/api/orders/${order_id}/refunds`, { amount: 3 })).body.code).toBe(
    'idempotency_key_missing',
  )
  await expectSound(shop, order_id)
})

test('refund twice at once, of which one is too large: one is made, and never more than was paid', async () => {
  for (const method of ['stripe', 'invoice']) {
    const { shop, order, record, refund } = await openPaidShop()
    const { order_id, total } = await order({ method })
    if (method === 'invoice') await record(order_id, { amount: total, method: 'cash' })
    const answers = await Promise.all(times(5, () => refund(order_id, { amount: 30 })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'refund_too_large')).toHaveLength(4)
    await expectSound(shop, order_id)
  }
})

test('a refund that does not reserve first fails the same check', async () => {
  const { shop, order, record } = await openPaidShop()
  const { order_id, total } = await order({ method: 'invoice' })
  await record(order_id, { amount: total, method: 'cash' })
  const { paymentTable, db } = shop.deps
  const naive = async () => {
    const payment = await paymentTable.get(order_id)
    if (!payment || payment.captured - payment.refunded < 3000) return false
    const [put] = paymentTable.put(payment, { ...payment, refunded: minorUnits(payment.refunded + 3000) })
    // Adds to what is stored, as long as the row exists.
    await db.write({
      action: 'Update',
      table: shop.names.control,
      key: put.action === 'Put' ? { pk: put.item.pk, sk: put.item.sk } : {},
      set: 'SET refunded = refunded + :amount',
      values: { ':amount': 3000 },
    })
    return true
  }
  expect(await Promise.all([naive(), naive()])).toEqual([true, true])
  const payment = await paymentTable.get(order_id)
  expect(payment?.refunded).toBeGreaterThan(payment?.captured ?? 0)
  await expect(expectSound(shop, order_id)).rejects.toThrow()
})

test('refund of a line that is not in the order, of too many copies, and of what was restocked before', async () => {
  const { shop, order, refund } = await openPaidShop()
  const { order_id } = await order({ quantity: 2 })
  const code = async (body: object) => (await refund(order_id, body)).body.code
  const foreign = [{ book_id: 'tech-002', quantity: 1 }]
  const three = [{ book_id: 'tech-001', quantity: 3 }]
  expect(await code({ lines: foreign })).toBe('refund_not_possible')
  expect(await code({ amount: 1, restock: foreign })).toBe('refund_not_possible')
  expect(await code({ lines: three })).toBe('refund_too_large')
  expect(await code({ amount: 1, restock: three })).toBe('refund_not_possible')
  expect(await code({ amount: 1000 })).toBe('refund_too_large')
  expect(await code({ amount: 1, lines: LINE })).toBe('invalid_request')
  expect(await code({ lines: [...LINE, ...LINE] })).toBe('invalid_request')
  expect(await code({ amount: 0.001 })).toBe('invalid_request')
  expect(await readStock(shop, 'tech-001')).toBe(18)
  expect(
    (await refund(order_id, { amount: 1, restock: [{ book_id: 'tech-001', quantity: 2 }] })).status,
  ).toBe(201)
  expect(await code({ amount: 1, restock: LINE })).toBe('refund_not_possible')
  expect(await readStock(shop, 'tech-001')).toBe(20)
  expect((await refund('order-2026-11-30-none', { amount: 1 })).body.code).toBe('order_not_found')
})

test('goodwill refund of 3.00, before and after the order has shipped', async () => {
  const { shop, order, refund } = await openPaidShop()
  const { order_id, status } = await order()
  expect((await refund(order_id, { amount: 3, reason: 'Late' })).body.payment.refunded).toBe(3)
  for (const to of ['processing', 'shipped', 'delivered'])
    await shop.staff.post(`/api/orders/${order_id}/status`, { status: to })
  expect((await refund(order_id, { amount: 3 })).body.payment.refunded).toBe(6)
  expect(status).toBe('confirmed')
})

test('nothing is refunded where nothing is due back', async () => {
  const { order, refund } = await openPaidShop()
  const unpaid = await order({ method: 'invoice' })
  expect((await refund(unpaid.order_id, { amount: 1 })).body.code).toBe('refund_not_possible')
  const paid = await order()
  expect((await refund(paid.order_id, { amount: paid.total })).status).toBe(201)
  expect((await refund(paid.order_id, { amount: 0.01 })).body.code).toBe('refund_too_large')
  expect((await refund(paid.order_id, { lines: LINE })).body.code).toBe('refund_too_large')
})

test('provider down in between: the refund stays reserved, and the sweeper makes it once', async () => {
  for (const when of ['before', 'after'] as const) {
    const { shop, provider, order, refund, payments, sweep } = await openPaidShop()
    const { order_id } = await order()
    provider.faults.set('refund', when)
    const { status, body } = await refund(order_id, { amount: 10 })
    expect([status, body.payment.pending_refunds, body.payment.refunded]).toEqual([201, 10, 0])
    expect((await refund(order_id, { amount: 50 })).body.code).toBe('refund_too_large')
    await sweep(0.1)
    expect((await payments(order_id)).payment.refunded).toBe(when === 'after' ? 10 : 0)
    provider.faults.clear()
    // Tried again with growing pauses, and after more than a day not without a look.
    await sweep(0.5)
    await sweep(2)
    expect((await payments(order_id)).payment).toMatchObject({ refunded: 10, pending_refunds: 0 })
    expect(provider.session(order_id).refunds).toHaveLength(1)
    await expectSound(shop, order_id)
    expect(await shop.deps.paymentTable.listDueRefunds(new Date('2030-01-01'), 10)).toEqual([])
  }
})

test('a refund that the provider refuses gives its amount free again, and is a task for staff', async () => {
  const { shop, provider, order, refund, payments } = await openPaidShop()
  const { order_id } = await order()
  // Given back in the dashboard, of which the shop knows nothing yet.
  const session = provider.session(order_id)
  session.refunds.push({ id: 're_1', refundId: undefined, amount: minorUnits(5000), state: 'succeeded' })
  const { body } = await refund(order_id, { amount: 10 })
  expect(body.refunds).toMatchObject([{ state: 'failed' }])
  expect(body.payment).toMatchObject({ pending_refunds: 0, refunded: 0, review: 'refund_failed' })
  const listed = await shop.staff.get('/api/payments?state=review')
  expect(listed.body.items).toMatchObject([{ order_id, review: 'refund_failed', has_order: true }])
  expect(shop.reportedErrors.splice(0)).toHaveLength(1)
  await expectSound(shop, order_id)
  const done = await shop.staff.post(`/api/payments/${order_id}/review`, { action: 'done' })
  expect(done.body.payment.review).toBeUndefined()
  expect((await shop.staff.get('/api/payments?state=review')).body.items).toEqual([])
  expect((await payments(order_id)).refunds).toHaveLength(1)
})

test('refund fails later: the payment is paid again, and staff refund it again by one button', async () => {
  const { shop, provider, order, refund, send, payments } = await openPaidShop()
  const { order_id, total } = await order()
  await refund(order_id, { amount: total })
  const session = provider.session(order_id)
  session.refunds = session.refunds.map(one => ({ ...one, state: 'failed' }))
  await Promise.all(times(5, () => send(order_id)))
  const { payment, entries } = await payments(order_id)
  expect(payment).toMatchObject({ status: 'paid', refunded: 0, review: 'refund_failed' })
  expect(entries.map(({ amount }: { amount: number }) => amount)).toEqual([total, -total, total])
  await expectSound(shop, order_id)
  const click = () => shop.staff.post(`/api/payments/${order_id}/review`, { action: 'refund' })
  const clicks = await Promise.all([click(), click()])
  expect(clicks.map(({ status }) => status)).toEqual([200, 200])
  expect((await payments(order_id)).payment).toMatchObject({ status: 'refunded', refunded: total })
  expect(session.refunds).toHaveLength(2)
  await expectSound(shop, order_id)
})

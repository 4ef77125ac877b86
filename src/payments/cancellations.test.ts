import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { checkOut } from '../../test/kit.ts'
import { createMailCapture } from '../../test/mail.ts'
import { expectSound, openPaidShop, type PaidShop } from '../../test/paid-shop.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { sendDueMail } from '../notifications/worker.ts'

const LINE = [{ book_id: 'tech-001', quantity: 1 }]

/** The texts of the mails that are due, by event. */
const mailsOf = async ({ shop }: PaidShop): Promise<string[]> => {
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  return mails.map(({ subject, text }) => `${subject}\n${text}`)
}
const mailAbout = async (paid: PaidShop, subject: string): Promise<string> =>
  (await mailsOf(paid)).find(text => text.startsWith(subject))?.replaceAll(/\s+/g, ' ') ?? ''

test('cancel of a paid order: one act gives the copies and the money back, and the mail says so', async () => {
  const paid = await openPaidShop()
  const { shop, provider, order, payments } = paid
  const { order_id, total } = await order({ quantity: 2 })
  const cancel = () => shop.staff.post(`/api/orders/${order_id}/cancel`)
  const answers = await Promise.all(times(3, cancel))
  expect(answers.map(({ body }) => body.status)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  expect(provider.session(order_id).refunds).toMatchObject([{ amount: 9885, state: 'succeeded' }])
  expect(await readStock(shop, 'tech-001')).toBe(20)
  expect((await payments(order_id)).payment).toMatchObject({ refunded: total, pending_refunds: 0 })
  await expectSound(shop, order_id)
  const mail = await mailAbout(paid, 'Order canceled')
  expect(mail).toContain('pay back $98.85 to you')
  // No second mail about the same money.
  const control = await readItems(shop, 'control')
  expect(control.filter(({ event }) => event === 'payment_refunded')).toEqual([])
})

test('cancel while the provider is down: the order is canceled, and the sweeper gives the money back', async () => {
  const { shop, provider, order, payments, sweep } = await openPaidShop()
  const { order_id, total } = await order()
  provider.faults.set('refund', 'before')
  const { body } = await shop.staff.post(`/api/orders/${order_id}/cancel`)
  expect([body.status, body.payment.status]).toEqual(['cancelled', 'paid'])
  expect((await payments(order_id)).payment.pending_refunds).toBe(total)
  provider.faults.clear()
  await sweep(0.1)
  expect((await payments(order_id)).payment).toMatchObject({ refunded: total, pending_refunds: 0 })
  await expectSound(shop, order_id)
})

test('cancel of an unpaid order: nothing is due any more, and nothing is paid back', async () => {
  const paid = await openPaidShop()
  const { shop, order, staff } = paid
  const { order_id, payment } = await order({ method: 'invoice' })
  expect(payment).toMatchObject({ status: 'due', due_on: '2026-12-14' })
  expect((await (await staff()).get('/api/payments?state=due')).body.items).toHaveLength(1)
  const { body } = await shop.staff.post(`/api/orders/${order_id}/cancel`)
  expect(body.payment.status).toBe('voided')
  expect((await (await staff()).get('/api/payments?state=due')).body.items).toEqual([])
  expect(await mailAbout(paid, 'Order canceled')).toContain('you don’t have to pay the $52.42')
})

test('cancel of an order that was paid in the shop: staff give the money back by hand, and say so', async () => {
  const paid = await openPaidShop()
  const { shop, order, record, payments } = paid
  const { order_id, total } = await order({ method: 'invoice' })
  await record(order_id, { amount: total, method: 'cash' })
  await shop.staff.post(`/api/orders/${order_id}/cancel`)
  expect((await payments(order_id)).payment).toMatchObject({
    status: 'paid',
    pending_refunds: total,
    review: 'refund_due',
  })
  const resolve = (action: string) => shop.staff.post(`/api/payments/${order_id}/review`, { action })
  expect((await resolve('done')).body.code).toBe('payment_conflict')
  const clicks = await Promise.all(times(3, () => resolve('refund')))
  expect(clicks.map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await payments(order_id)).payment).toMatchObject({ status: 'refunded', pending_refunds: 0 })
  expect((await shop.staff.get('/api/payments?state=review')).body.items).toEqual([])
  await expectSound(shop, order_id)
  expect(await mailAbout(paid, 'Refund')).toContain('$52.42 of the $52.42')
})

test('restocked once: cancel, refund and restock in all orders and at the same time', async () => {
  for (const first of ['refund', 'cancel', 'both']) {
    const { shop, order, refund } = await openPaidShop()
    const { order_id } = await order({ quantity: 3 })
    const giveBack = () => refund(order_id, { lines: LINE, restock: LINE })
    const cancel = () => shop.staff.post(`/api/orders/${order_id}/cancel`)
    if (first === 'refund') for (const act of [giveBack, cancel]) await act()
    else if (first === 'cancel') for (const act of [cancel, giveBack]) await act()
    else await Promise.all([giveBack(), cancel(), giveBack()])
    expect(await readStock(shop, 'tech-001'), first).toBe(20)
    expect((await giveBack()).body.code).toMatch(/^refund_/)
    expect(await readStock(shop, 'tech-001'), first).toBe(20)
    const payment = await shop.deps.paymentTable.get(order_id)
    expect(payment?.refunded, first).toBe(payment?.captured)
    await expectSound(shop, order_id)
  }
})

test('money that comes for a canceled order goes under review, and is given back by one button', async () => {
  const { shop, order, record, payments } = await openPaidShop()
  const { order_id, total } = await order({ method: 'invoice' })
  await shop.staff.post(`/api/orders/${order_id}/cancel`)
  expect((await record(order_id, { amount: total, method: 'transfer' })).status).toBe(201)
  expect((await payments(order_id)).payment).toMatchObject({ review: 'paid_after_cancel', refundable: total })
  await shop.staff.post(`/api/payments/${order_id}/review`, { action: 'refund' })
  const { payment } = await payments(order_id)
  expect([payment.status, payment.refunded, payment.review]).toEqual(['refunded', total, undefined])
  await expectSound(shop, order_id)
})

test('money that could not become an order is given back by one button', async () => {
  const { shop, provider, payments } = await openPaidShop()
  const who = shop.visitor()
  await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const held = await checkOut(who, undefined, { email: 'reader@example.com', payment_method: 'stripe' })
  const { order_id } = held.body
  provider.pay(provider.session(order_id).ref, 100)
  await who.get(`/api/checkouts/${order_id}`)
  const listed = (await shop.staff.get('/api/payments?state=review')).body.items
  expect(listed).toMatchObject([{ order_id, has_order: false, review: 'amount_differs', refundable: 1 }])
  const click = () => shop.staff.post(`/api/payments/${order_id}/review`, { action: 'refund' })
  expect((await Promise.all([click(), click()])).map(({ status }) => status)).toEqual([200, 200])
  expect((await payments(order_id)).payment).toMatchObject({ refunded: 1, status: 'refunded' })
  expect(provider.session(order_id).refunds).toHaveLength(1)
})

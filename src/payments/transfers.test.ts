import { expect, test } from 'vitest'
import { createMailCapture } from '../../test/mail.ts'
import { expectSound, openPaidShop, type PaidShop } from '../../test/paid-shop.ts'
import { readStock } from '../../test/table-contents.ts'
import { sendDueMail } from '../notifications/worker.ts'

const ENV = {
  PAYMENT_METHODS: 'transfer,invoice,stripe',
  BANK_DETAILS: 'Corner Books Ltd.; IBAN DE02 1203 0000 0000 2020 51',
}

const mailsOf = async ({ shop }: PaidShop): Promise<string[]> => {
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  return mails.map(({ subject, text }) => `${subject} ${text}`.replaceAll(/\s+/g, ' '))
}

test('a transfer that does not come: bank details, a reminder, a task for staff, and in the end the copies are back', async () => {
  const paid = await openPaidShop(ENV)
  const { shop, order, sweep, staff, payments } = paid
  const { order_id, order_number, payment } = await order({ method: 'transfer' })
  expect(payment).toMatchObject({ method: 'transfer', status: 'due', due_on: '2026-12-07' })
  const [confirmation] = await mailsOf(paid)
  for (const text of ['IBAN DE02', `Reference: ${order_number}`, '$52.42', 'by December 7, 2026'])
    expect(confirmation).toContain(text)
  const overdue = async () =>
    (await (await staff()).get('/api/payments?state=due&overdue=true')).body.items.length
  expect(await sweep(4.9)).toBe(0)
  expect(await sweep(0.2)).toBe(1)
  expect(await sweep(0)).toBe(0)
  expect(await mailsOf(paid)).toEqual([expect.stringMatching(/^Payment reminder.*IBAN DE02/)])
  expect(await overdue()).toBe(0)
  expect(await sweep(3)).toBe(0)
  expect(await overdue()).toBe(1)
  expect(await readStock(shop, 'tech-001')).toBe(19)
  expect(await sweep(6)).toBe(1)
  expect(await readStock(shop, 'tech-001')).toBe(20)
  expect((await (await staff()).get(`/api/orders/${order_id}`)).body).toMatchObject({
    status: 'cancelled',
    payment: { status: 'voided' },
  })
  expect(await overdue()).toBe(0)
  expect(await mailsOf(paid)).toEqual([expect.stringMatching(/^Order canceled.*transfer has not arrived/)])
  expect(await sweep(30)).toBe(0)
  const late = await (await staff()).post(
    `/api/orders/${order_id}/payments`,
    { amount: 52.42, method: 'transfer' },
    { 'idempotency-key': 'late' },
  )
  expect(late.body.payment.review).toBe('paid_after_cancel')
  expect((await payments(order_id)).payment.refundable).toBe(52.42)
})

test('an order by transfer is worked on only once its money is recorded, which the customer is told', async () => {
  const paid = await openPaidShop(ENV)
  const { shop, order, record, sweep } = paid
  const { order_id, order_number } = await order({ method: 'transfer' })
  const move = () => shop.staff.post(`/api/orders/${order_id}/status`, { status: 'processing' })
  expect((await move()).body.code).toBe('payment_conflict')
  const half = await record(order_id, { amount: 20, method: 'transfer' })
  expect(half.body.payment).toMatchObject({ status: 'partly_paid', outstanding: 32.42 })
  expect((await move()).body.code).toBe('payment_conflict')
  const tooMuch = await record(order_id, { amount: 32.43, method: 'transfer' })
  expect(tooMuch.body).toMatchObject({ code: 'payment_conflict', outstanding: 32.42 })
  const rest = { amount: 32.42, method: 'transfer', reference: order_number }
  const [first, again] = await Promise.all([record(order_id, rest, 'k'), record(order_id, rest, 'k')])
  expect([first.status, again.status]).toEqual([201, 201])
  expect((await record(order_id, { ...rest, amount: 1 }, 'k')).body.code).toBe('idempotency_key_reused')
  expect(first.body.entries).toHaveLength(2)
  await expectSound(shop, order_id)
  expect((await move()).body.status).toBe('processing')
  expect((await mailsOf(paid)).filter(text => text.startsWith('Payment received'))).toHaveLength(1)
  expect(await sweep(30)).toBe(0)
})

test('a transfer that comes in part is left to staff', async () => {
  const { order, record, sweep, payments } = await openPaidShop(ENV)
  const { order_id } = await order({ method: 'transfer' })
  await record(order_id, { amount: 20, method: 'transfer' })
  await sweep(6)
  await sweep(9)
  expect((await payments(order_id)).payment).toMatchObject({ review: 'partly_paid', status: 'partly_paid' })
  expect(await sweep(9)).toBe(0)
})

test('lists of payments are paged, first due first, and only for staff', async () => {
  const { shop, order } = await openPaidShop(ENV)
  for (const method of ['invoice', 'transfer', 'invoice']) await order({ method })
  const [first] = [(await shop.staff.get('/api/payments?state=due&limit=2')).body]
  expect(first.items.map(({ method }: { method: string }) => method)).toEqual(['transfer', 'invoice'])
  const rest = await shop.staff.get(
    `/api/payments?state=due&limit=2&cursor=${encodeURIComponent(first.next_cursor)}`,
  )
  expect(rest.body.items).toHaveLength(1)
  const wrong = await shop.staff.get(
    `/api/payments?state=review&cursor=${encodeURIComponent(first.next_cursor)}`,
  )
  expect(wrong.body.code).toBe('bad_cursor')
  expect((await shop.visitor().get('/api/payments?state=due')).body.code).toBe('not_signed_in')
  expect((await (await shop.account()).get('/api/payments?state=due')).body.code).toBe('forbidden')
})

import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { createTestShop, type Json, type Shopper, type TestShop } from '../../test/kit.ts'
import { anOrder } from '../../test/mail.ts'
import { openPaidShop, type PaidShop } from '../../test/paid-shop.ts'
import { readItems } from '../../test/table-contents.ts'
import { asFunction } from '../../test/table-rights.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { TransactionRefused } from '../core/dynamo/write.ts'
import { newOrderId } from '../core/ids.ts'
import type { NewOrder } from '../orders/checkout-writes.ts'
import type { InvoiceDeps } from './deps.ts'
import { issueDue } from './issue.ts'
import type { StoredInvoice } from './schema.ts'
import * as sweep from './sweep.ts'

const sweepInvoices = asFunction('Sweeper', sweep.sweepInvoices)

const ship = async ({ staff }: Pick<PaidShop, 'staff'>, orderId: string): Promise<number> => {
  const who = await staff()
  await who.post(`/api/orders/${orderId}/status`, { status: 'processing' })
  return (await who.post(`/api/orders/${orderId}/status`, { status: 'shipped' })).status
}

const documents = async (shop: TestShop): Promise<Json[]> =>
  (await readItems(shop, 'control'))
    .filter(row => CONTROL_ROWS.invoice.matches(row))
    .sort((a, b) => (a.number < b.number ? -1 : 1))

const listOf = async (who: Shopper, orderId: string): Promise<Json[]> =>
  (await who.get(`/api/orders/${orderId}/invoices`)).body.items

const numbersOf = (found: readonly Json[]): string[] => found.map(({ number }) => number)

const centsOf = (found: readonly Json[], kind: string): number =>
  found.filter(one => one.kind === kind).reduce((all, { total }) => all + total, 0)

test('an order gets its invoice when it ships, once, in words and amounts of that day', async () => {
  const paid = await openPaidShop({
    SHOP_LEGAL_NAME: 'Corner Books Ltd.',
    SHOP_ADDRESS: '1 Library Lane; Anytown',
    SHOP_TAX_ID: 'DE123456789',
    TIME_ZONE: 'Pacific/Auckland',
  })
  const buyer = paid.shop.visitor()
  const order = await paid.order({ who: buyer, method: 'invoice', quantity: 2 })
  expect(await listOf(buyer, order.order_id)).toEqual([])
  paid.clock.now = new Date('2026-12-31T11:30:00Z').getTime()
  expect(await ship(paid, order.order_id)).toBe(200)
  const [invoice, ...more] = await documents(paid.shop)
  expect(more).toEqual([])
  expect(invoice).toMatchObject({
    // It is tomorrow, and next year, where the shop is.
    number: '2027-000001',
    issued_on: '2027-01-01',
    shipped_on: '2027-01-01',
    seller: { name: 'Corner Books Ltd.', address: ['1 Library Lane', 'Anytown'], tax_id: 'DE123456789' },
    recipient: ['John Doe', '123 Main St', 'Anytown, ST 12345'],
    lines: [{ title: 'Clean Code', quantity: 2, price: 4299, amount: 8598 }],
    taxes: [
      { rate: '8', net: 8598, tax: 688 },
      { rate: '0', net: 599, tax: 0 },
    ],
    total: 9885,
    currency: 'USD',
    order_number: order.order_number,
    payment: { method: 'invoice', paid: 0, due: 9885 },
  })
  await (await paid.staff()).post(`/api/orders/${order.order_id}/status`, { status: 'delivered' })
  await sweepInvoices(paid.shop.deps)
  expect(await listOf(buyer, order.order_id)).toEqual([
    { number: '2027-000001', kind: 'invoice', issued_on: '2027-01-01', total: 98.85, currency: 'USD' },
  ])
  const left = (await readItems(paid.shop, 'control')).filter(row => CONTROL_ROWS.dueInvoice.matches(row))
  expect(left).toEqual([])
})

test('60 shipments at once: numbers without gaps, one each; numbers that are read and written apart have twins', async () => {
  const shop = await createTestShop({ withStaff: false })
  const others = await Promise.all(
    times(3, () => createTestShop({ sharingTablesOf: shop, withStaff: false })),
  )
  const deps = [shop, ...others].map(one => one.deps)
  await Promise.all(
    times(60, async i => {
      const { db, invoicing, orders, payments, now } = deps[i % deps.length] ?? shop.deps
      const order = anOrder({ order_id: newOrderId(now()), status: 'shipped' }) as NewOrder
      await db.transact([
        orders.put(order),
        ...payments.agree(order, 'invoice', 'ship'),
        ...invoicing.announce(order, 'shipped', now()),
      ])
      await invoicing.issue(order, 'shipped')
    }),
  )
  // What could not be numbered at once is due, and numbered now.
  await Promise.all(deps.map(one => sweepInvoices(one)))
  const found = await documents(shop)
  const year = String(new Date().getUTCFullYear())
  expect(new Set(found.map(({ order_id }) => order_id)).size).toBe(60)
  expect(numbersOf(found)).toEqual(times(60, i => `${year}-${String(i + 1).padStart(6, '0')}`))
  const drawn = await Promise.all(times(60, () => drawNaively(shop, year)))
  expect(new Set(drawn).size).toBeLessThan(60)
})

/** A number that is read, and then written without a condition. */
const drawNaively = async ({ deps: { db, invoices } }: TestShop, year: string): Promise<number> => {
  const last = await invoices.lastNumber(year, 'credit_note')
  const { condition: _, values, ...write } = invoices.takeNumber(year, 'credit_note', last)
  await db.transact([{ ...write, values: { ':next': values?.[':next'] } }])
  return last + 1
}

test('a transaction that fails, or is cut off after it, leaves no gap: the sweeper and the next order go on', async () => {
  const paid = await openPaidShop()
  const [one, two] = [await paid.order({ method: 'invoice' }), await paid.order({ method: 'invoice' })]
  const { deps } = paid.shop
  const announce = async (orderId: string) => {
    const order = await deps.orders.getById(orderId)
    if (!order) throw new Error('the order is missing')
    await deps.db.transact([
      deps.orders.setStatus(order, 'shipped', deps.now()),
      ...deps.invoicing.announce(order, 'shipped', deps.now()),
    ])
  }
  await announce(one.order_id)
  let crashes = 0
  const failing: InvoiceDeps = {
    ...deps,
    db: {
      ...deps.db,
      transact: async writes => {
        crashes++
        if (crashes === 1) throw new Error('the process is gone')
        if (crashes === 2) throw new TransactionRefused(new Map())
        await deps.db.transact(writes)
        if (crashes === 3) throw new Error('the process is gone')
      },
    },
  }
  await expect(issueDue(failing, one.order_id)).rejects.toThrow('the process is gone')
  expect(await documents(paid.shop)).toEqual([])
  // A refusal is tried again; then the answer is lost.
  await expect(issueDue(failing, one.order_id)).rejects.toThrow('the process is gone')
  await sweepInvoices(deps)
  await ship(paid, two.order_id)
  expect(numbersOf(await documents(paid.shop))).toEqual(['2026-000001', '2026-000002'])
})

test('refunds get credit notes; with them the invoices add up to what was charged, and their tax to its tax', async () => {
  const paid = await openPaidShop()
  const orders = [await paid.order({ quantity: 3 }), await paid.order({ quantity: 2 }), await paid.order()]
  const [whole, part, before] = orders
  // Refunded before it ships: the credit note follows the invoice.
  await paid.refund(before.order_id, { amount: 10 })
  await sweepInvoices(paid.shop.deps)
  expect(await documents(paid.shop)).toEqual([])
  for (const { order_id } of orders) await ship(paid, order_id)
  const line = [{ book_id: 'tech-001', quantity: 1 }]
  await paid.refund(whole.order_id, { lines: line })
  await paid.refund(whole.order_id, { amount: 3.33 })
  await paid.refund(whole.order_id, { lines: line, shipping: true })
  const { refundable } = (await paid.payments(whole.order_id)).payment
  await paid.refund(whole.order_id, { amount: refundable })
  await paid.refund(part.order_id, { amount: 0.01 })
  await Promise.all([sweepInvoices(paid.shop.deps), sweepInvoices(paid.shop.deps)])
  const found = await documents(paid.shop)
  expect(numbersOf(found.filter(({ kind }) => kind === 'credit_note'))).toEqual(
    times(6, i => `CN-2026-00000${i + 1}`),
  )
  const charged = await Promise.all(
    orders.map(async ({ order_id }) => {
      const { payment } = (await paid.shop.deps.paymentTable.records(order_id)) ?? {}
      const own = found.filter(one => one.order_id === order_id)
      const left = centsOf(own, 'invoice') - centsOf(own, 'credit_note')
      expect(left).toBe((payment?.captured ?? 0) - (payment?.refunded ?? 0))
      return left
    }),
  )
  expect(charged[0]).toBe(0)
  const own = found.filter(({ order_id }) => order_id === whole.order_id) as StoredInvoice[]
  const ofRate = (kind: string, i: number) =>
    own
      .filter(one => one.kind === kind)
      .map(({ taxes }) => taxes[i])
      .reduce((all, one) => [(all[0] ?? 0) + (one?.net ?? 0), (all[1] ?? 0) + (one?.tax ?? 0)], [0, 0])
  for (const i of [0, 1]) expect(ofRate('credit_note', i)).toEqual(ofRate('invoice', i))
  for (const one of own) expect(one.taxes.reduce((all, { net, tax }) => all + net + tax, 0)).toBe(one.total)
  // A line alone, without shipping.
  expect(own.find(({ total }) => total === 4643)).toMatchObject({
    invoice: { number: own.find(({ kind }) => kind === 'invoice')?.number },
    lines: [{ title: 'Clean Code', quantity: 1 }],
    taxes: [
      { net: 4299, tax: 344 },
      { net: 0, tax: 0 },
    ],
  })
})

test('an order that is canceled before it ships has no document; one that was invoiced when it was placed has both', async () => {
  const paid = await openPaidShop()
  const who = paid.shop.visitor()
  const { order_id } = await paid.order({ who, method: 'invoice' })
  expect((await who.post(`/api/orders/${order_id}/cancel`)).status).toBe(200)
  await sweepInvoices(paid.shop.deps)
  expect(await documents(paid.shop)).toEqual([])

  const early = await openPaidShop({ INVOICE_AT: 'order', INVOICE_PREFIX: 'CB-' })
  const buyer = early.shop.visitor()
  const order = await early.order({ who: buyer, method: 'invoice' })
  expect(numbersOf(await listOf(buyer, order.order_id))).toEqual(['CB-2026-000001'])
  await buyer.post(`/api/orders/${order.order_id}/cancel`)
  expect(await listOf(buyer, order.order_id)).toMatchObject([
    { kind: 'invoice', total: order.total },
    { kind: 'credit_note', number: 'CB-CN-2026-000001', total: order.total },
  ])
  const card = await early.order({ who: buyer })
  await sweepInvoices(early.shop.deps)
  await buyer.post(`/api/orders/${card.order_id}/cancel`)
  await sweepInvoices(early.shop.deps)
  expect(await listOf(buyer, card.order_id)).toMatchObject([
    { kind: 'invoice', total: card.total },
    { kind: 'credit_note', total: card.total },
  ])
})

test('an invoice stays as it was issued, whatever becomes of settings and order', async () => {
  const paid = await openPaidShop()
  const buyer = paid.shop.visitor()
  const { order_id } = await paid.order({ who: buyer })
  await ship(paid, order_id)
  const [before] = await documents(paid.shop)
  const path = `/api/orders/${order_id}/invoices/${before.number}`
  const file = (await buyer.get(path)).body
  const other = await createTestShop({
    sharingTablesOf: paid.shop,
    env: { SHOP_LEGAL_NAME: 'Another Ltd.', TAX_RATE: '0.2', INVOICE_PREFIX: 'X-', INVOICE_YEARS: '3' },
  })
  await other.staff.post(`/api/orders/${order_id}/status`, { status: 'delivered' })
  await paid.refund(order_id, { amount: 5 })
  await sweepInvoices(other.deps)
  const [invoice] = (await documents(paid.shop)).filter(({ kind }) => kind === 'invoice')
  expect(invoice).toEqual(before)
  expect((await buyer.get(path)).body).toBe(file)
  expect(numbersOf(await listOf(buyer, order_id))).toEqual(['2026-000001', 'X-CN-2026-000001'])
})

test('strangers find nothing, staff everything, and the file is never stored', async () => {
  const paid = await openPaidShop()
  const buyer = paid.shop.visitor()
  const { order_id, order_number } = await paid.order({ who: buyer })
  await ship(paid, order_id)
  const path = `/api/orders/${order_id}/invoices`
  const { status, headers, body } = await buyer.get(`${path}/2026-000001`)
  expect(status).toBe(200)
  expect(body.startsWith('%PDF-1.7')).toBe(true)
  expect(headers.get('content-type')).toBe('application/pdf')
  expect(headers.get('cache-control')).toBe('private, no-store')
  expect(headers.get('content-disposition')).toBe('inline; filename="invoice-2026-000001.pdf"')
  expect((await buyer.get(`${path}/2026-000002`)).body.code).toBe('invoice_not_found')
  for (const who of [paid.shop.visitor(), await paid.shop.account()])
    for (const tried of [path, `${path}/2026-000001`]) {
      const refused = await who.get(tried)
      expect([refused.status, refused.body.code]).toEqual([404, 'order_not_found'])
    }
  expect((await paid.shop.staff.get(`/api/orders/${order_number}/invoices`)).body.items).toHaveLength(1)
  const order = await paid.shop.deps.orders.getById(order_id)
  const token = order && (await paid.shop.deps.viewLinks.create(order, paid.shop.deps.now()))
  const visitor = paid.shop.visitor()
  const view = `/api/orders/${order_id}/view/invoices`
  expect((await visitor.post(view, { token })).body.items).toHaveLength(1)
  expect((await visitor.post(`${view}/2026-000001`, { token })).body).toBe(body)
  const wrong = { token: 'A'.repeat(43) }
  for (const tried of [view, `${view}/2026-000001`])
    expect((await visitor.post(tried, wrong)).body.code).toBe('link_invalid')
})

/** Snapshots: a document with everything that it will ever show, made from the order and the settings of the day on which it is issued. */
import { addressLines } from '../addresses/lines.ts'
import { amountRows } from '../cart/amounts.ts'
import { dayIn } from '../core/days.ts'
import { epochSeconds } from '../core/ids.ts'
import { minorUnits, multiply } from '../core/money.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import type { Refund } from '../payments/schema.ts'
import { outstanding } from '../payments/state.ts'
import type { InvoiceDeps } from './deps.ts'
import { billOf, creditNotesOf, type Draft, type InvoiceFacts } from './plan.ts'
import type { StoredInvoice } from './schema.ts'
import { creditOf, type RefundParts, taxesLeft, taxesOf } from './taxes.ts'

export type SnapshotDeps = Pick<InvoiceDeps, 'shop' | 'rules' | 'bankDetails' | 'invoiceSettings' | 'now'>

/** Digits of a number, so that the numbers of a year sort as they were issued. */
const DIGITS = 6

/** `2026-000123`; credit notes are a series of their own, `CN-2026-000045`. */
const numberOf = (prefix: string, kind: Draft['kind'], year: string, n: number): string =>
  `${prefix}${kind === 'credit_note' ? 'CN-' : ''}${year}-${String(n).padStart(DIGITS, '0')}`

/** The end of the last of the years for which it is kept (epoch seconds). They begin after the year in which it was issued. */
const endOfRetention = (year: string, years: number): number =>
  epochSeconds(new Date(Date.UTC(Number(year) + years + 1, 0, 2)))

const sellerOf = ({ shop }: SnapshotDeps): StoredInvoice['seller'] => ({
  name: shop.legalName ?? shop.name,
  address: [...shop.address],
  ...(shop.email === undefined ? {} : { email: shop.email }),
  ...(shop.phone === undefined ? {} : { phone: shop.phone }),
  ...(shop.taxId === undefined ? {} : { tax_id: shop.taxId }),
})

/** The order and its payment, as the invoice says them. */
const billParts = (deps: SnapshotDeps, { order, records: { payment } }: InvoiceFacts, shippedAt?: string) => {
  const day = (at: string) => dayIn(deps.shop.timeZone, new Date(at))
  return {
    ordered_on: day(order.created_at),
    ...(shippedAt === undefined ? {} : { shipped_on: day(shippedAt) }),
    lines: order.items.map(({ title, quantity, price }) => ({
      title,
      quantity,
      price,
      amount: multiply(price, quantity),
    })),
    amounts: amountRows(order.amounts).map(({ label, amount }) => ({ label, amount })),
    payment: {
      method: payment.method,
      paid: payment.captured,
      due: outstanding(payment),
      ...(payment.due_on === undefined ? {} : { due_on: payment.due_on }),
      bank_details: [...deps.bankDetails],
    },
  }
}

/** A refund of books alone contains no shipping; one of an amount contains a share of it. */
const partsOf = ({ tax, shipping, lines }: Refund): RefundParts => ({
  tax,
  shipping: shipping ?? (lines === undefined ? undefined : minorUnits(0)),
})

const titleIn = ({ items }: Order, bookId: string): string =>
  items.find(({ book_id }) => book_id === bookId)?.title ?? bookId

/** The document of this draft, under the number after `last`. */
export const snapshotOf = (
  deps: SnapshotDeps,
  facts: InvoiceFacts,
  draft: Draft,
  last: number,
): StoredInvoice => {
  const { order, documents } = facts
  const now = deps.now()
  const issuedOn = dayIn(deps.shop.timeZone, now)
  const year = issuedOn.slice(0, 4)
  const common = {
    order_id: order.order_id,
    n: documents.length + 1,
    number: numberOf(deps.invoiceSettings.prefix, draft.kind, year, last + 1),
    issued_at: now.toISOString(),
    issued_on: issuedOn,
    currency: order.currency.code,
    order_number: orderNumber(order.order_id),
    seller: sellerOf(deps),
    expires_at: endOfRetention(year, deps.invoiceSettings.years),
  }
  const bill = billOf(documents)
  if (draft.kind === 'invoice') {
    const taxes = taxesOf(draft.amounts, deps.rules.tax)
    const recipient = addressLines(order.shipping_address ?? {})
    const { total } = order.amounts
    return { ...common, kind: 'invoice', recipient, taxes, total, ...billParts(deps, facts, draft.shippedAt) }
  }
  if (!bill) throw new TypeError('a credit note must have an invoice')
  const { refund, amount } = draft
  const left = taxesLeft(
    bill.taxes,
    creditNotesOf(documents).map(({ taxes }) => taxes),
  )
  return {
    ...common,
    kind: 'credit_note',
    recipient: bill.recipient,
    invoice: { number: bill.number, issued_on: bill.issued_on },
    ...(refund === undefined ? {} : { refund_id: refund.refund_id }),
    lines: (refund?.lines ?? []).map(({ book_id, quantity }) => ({
      title: titleIn(order, book_id),
      quantity,
    })),
    taxes: creditOf(left, amount, refund ? partsOf(refund) : {}),
    total: amount,
  }
}

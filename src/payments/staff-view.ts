/** JSON of payments for staff, from their rows. */
import type * as z from 'zod'
import { type Currency, storedCurrency } from '../core/currency.ts'
import { type MinorUnits, toDecimal } from '../core/money.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import {
  copiesOf,
  type RefundAmount,
  refundedCopies,
  restockedCopies,
  shippingLeft,
} from './refund-amounts.ts'
import type { Payment, PaymentRecords, Refund } from './schema.ts'
import type { OrderPayments, PaymentSummary, RefundPreview } from './staff-schema.ts'
import { outstanding, refundable, statusOf } from './state.ts'

/** `hasOrder`: false for money that could not become an order. */
export const paymentSummary = (payment: Payment, hasOrder: boolean): PaymentSummary => {
  const decimal = decimalsIn(storedCurrency(payment.currency))
  const { order_id, method, currency, due_on, review, created_at, updated_at } = payment
  return {
    order_id,
    order_number: orderNumber(order_id),
    has_order: hasOrder,
    method,
    status: statusOf(payment),
    currency,
    amount: decimal(payment.amount),
    paid: decimal(payment.captured),
    refunded: decimal(payment.refunded),
    pending_refunds: decimal(payment.reserved),
    refundable: decimal(refundable(payment)),
    outstanding: decimal(outstanding(payment)),
    disputed: decimal(payment.disputed),
    in_dispute: payment.in_dispute ?? false,
    ...(due_on === undefined ? {} : { due_on }),
    ...(review === undefined ? {} : { review }),
    created_at,
    updated_at,
  }
}

const decimalsIn =
  (currency: Currency) =>
  (amount: MinorUnits): number =>
    toDecimal(amount, currency)

/** What is known of an order and its payment; one of both may be missing. */
export const orderPaymentsView = (
  order: Order | undefined,
  records: PaymentRecords | undefined,
): OrderPayments => {
  const currency = records ? storedCurrency(records.payment.currency) : order?.currency
  const { refunds = [], disputes = [], entries = [] } = records ?? {}
  const decimal = currency ? decimalsIn(currency) : Number
  return {
    payment: records ? paymentSummary(records.payment, order !== undefined) : null,
    lines: linesOf(order, refunds),
    shipping_left: order ? decimal(shippingLeft(order, refunds)) : 0,
    refunds: refunds.map(refund => refundView(refund, decimal)),
    disputes: disputes.map(({ dispute_id, state, amount, created_at, updated_at }) => ({
      dispute_id,
      state,
      amount: decimal(amount),
      created_at,
      updated_at,
    })),
    entries: entries
      .toSorted((a, b) => (a.at < b.at ? -1 : 1))
      .map(({ kind, amount, by, reference, actor, at }) => ({
        kind,
        amount: decimal(amount),
        by,
        ...(reference === undefined ? {} : { reference }),
        actor,
        at,
      })),
  }
}

const linesOf = (order: Order | undefined, refunds: readonly Refund[]): OrderPayments['lines'] => {
  if (!order) return []
  const { items, currency, status } = order
  const first = items.filter((line, i) => items.findIndex(one => one.book_id === line.book_id) === i)
  return first.map(({ book_id, title, price }) => {
    const quantity = copiesOf(items, book_id)
    const restocked = status === 'cancelled' ? quantity : copiesOf(restockedCopies(refunds), book_id)
    const refunded = copiesOf(refundedCopies(refunds), book_id)
    return { book_id, title, price: toDecimal(price, currency), quantity, refunded, restocked }
  })
}

const refundView = (
  refund: Refund,
  decimal: (amount: MinorUnits) => number,
): OrderPayments['refunds'][number] => {
  const { refund_id, state, amount, tax, shipping, lines, restock, reason, actor } = refund
  return {
    refund_id,
    state,
    amount: decimal(amount),
    ...(tax === undefined ? {} : { tax: decimal(tax) }),
    ...(shipping === undefined ? {} : { shipping: decimal(shipping) }),
    ...(lines === undefined ? {} : { lines: lines.map(({ book_id, quantity }) => ({ book_id, quantity })) }),
    ...(restock === undefined ? {} : { restock }),
    ...(reason === undefined ? {} : { reason }),
    actor,
    created_at: refund.created_at,
    updated_at: refund.updated_at,
  }
}

export const refundPreviewView = (
  { amount, tax, shipping }: RefundAmount,
  currency: Currency,
): z.infer<typeof RefundPreview> => ({
  amount: toDecimal(amount, currency),
  tax: toDecimal(tax, currency),
  ...(shipping === undefined ? {} : { shipping: toDecimal(shipping, currency) }),
  currency: currency.code,
})

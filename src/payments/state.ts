/** Payment state of an order, derived from amounts: beside the order's life, and never mixed with it. */
import { storedCurrency } from '../core/currency.ts'
import { type MinorUnits, minorUnits, toDecimal } from '../core/money.ts'
import type { PaymentStatus, PaymentView, TermsView } from '../orders/payment.ts'
import type { Order } from '../orders/schema.ts'
import type { Payment } from './schema.ts'

export const statusOf = ({ amount, captured, refunded, voided }: Payment): PaymentStatus => {
  if (captured === 0) return voided ? 'voided' : amount === 0 ? 'paid' : 'due'
  if (refunded >= captured) return 'refunded'
  if (refunded > 0) return 'partly_refunded'
  return captured < amount ? 'partly_paid' : 'paid'
}

/** What can still be refunded. */
export const refundable = ({ captured, refunded, reserved, disputed }: Payment): MinorUnits =>
  minorUnits(Math.max(0, captured - refunded - reserved - disputed))

/** What is still to be paid. */
export const outstanding = ({
  amount,
  captured,
  voided,
}: Pick<Payment, 'amount' | 'captured' | 'voided'>): MinorUnits =>
  minorUnits(voided ? 0 : Math.max(0, amount - captured))

/**
 * The payment in the JSON of an order; of an order without one, which is from before payments were kept. `bankDetails` are shown
 * with a transfer that is due.
 */
export const paymentView = (
  payment: Payment | undefined,
  order: Order,
  bankDetails: readonly string[],
): PaymentView => {
  if (!payment)
    return {
      method: 'invoice',
      status: 'not_recorded',
      amount: toDecimal(order.amounts.total, order.currency),
      paid: 0,
      refunded: 0,
      disputed: false,
    }
  const currency = storedCurrency(payment.currency)
  const status = statusOf(payment)
  const isDue = status === 'due' || status === 'partly_paid'
  return {
    method: payment.method,
    status,
    amount: toDecimal(payment.amount, currency),
    paid: toDecimal(payment.captured, currency),
    refunded: toDecimal(payment.refunded, currency),
    ...(isDue && payment.due_on !== undefined ? { due_on: payment.due_on } : {}),
    ...(isDue && payment.method === 'transfer' ? { bank_details: [...bankDetails] } : {}),
    disputed: payment.disputed > 0,
  }
}

/** The terms in the JSON of an order. One without a payment was sent by parcel. */
export const termsView = (
  payment: Payment | undefined,
  order: Order,
  bankDetails: readonly string[],
): TermsView => ({
  payment: paymentView(payment, order, bankDetails),
  delivery: payment?.delivery ?? 'ship',
})

/** What payments do for orders: the terms that an order shows, what a checkout agrees on, and what a cancellation changes. */
import { dayIn } from '../core/days.ts'
import { minorUnits } from '../core/money.ts'
import type { NewOrder } from '../orders/checkout-writes.ts'
import type { AgreedMethod, OrderPayments } from '../orders/payment.ts'
import type { Delivery } from '../orders/schema.ts'
import type { PaymentDeps } from './deps.ts'
import type { Payment } from './schema.ts'
import { outstanding, termsView } from './state.ts'

/** Days until an agreed payment is due. */
export type DaysToPay = { readonly invoice: number; readonly transfer: number }

export type OrderPaymentDeps = Pick<
  PaymentDeps,
  'db' | 'paymentTable' | 'hosted' | 'shop' | 'now' | 'report'
> & { readonly daysToPay: DaysToPay }

const DAY_MS = 86_400_000
const ZERO = minorUnits(0)

export const createOrderPayments = (deps: OrderPaymentDeps): OrderPayments => {
  const { paymentTable, shop, now, daysToPay } = deps

  /** The day by which it is to be paid; undefined where that is when the order is collected. */
  const dueOn = (method: AgreedMethod): string | undefined =>
    method === 'collection'
      ? undefined
      : dayIn(shop.timeZone, new Date(now().getTime() + daysToPay[method] * DAY_MS))

  const newPayment = (
    { order_id, user_id, amounts, currency, created_at }: NewOrder,
    method: AgreedMethod,
    delivery: Delivery,
  ): Omit<Payment, 'version'> => {
    const due_on = dueOn(method)
    return {
      order_id,
      user_id,
      method,
      delivery,
      currency: currency.code,
      amount: amounts.total,
      captured: ZERO,
      refunded: ZERO,
      reserved: ZERO,
      disputed: ZERO,
      ...(due_on === undefined ? {} : { due_on }),
      created_at,
      updated_at: created_at,
    }
  }

  return {
    termsOf: async orders => {
      const payments = await paymentTable.getMany(orders.map(({ order_id }) => order_id))
      return order => termsView(payments.get(order.order_id), order)
    },
    agree: (...agreed) => paymentTable.put(undefined, newPayment(...agreed)),
    agreedTerms: (order, ...agreed) => termsView({ ...newPayment(order, ...agreed), version: 1 }, order),
    unpay: async ({ order_id }) => {
      const payment = await paymentTable.get(order_id)
      const writes =
        payment && outstanding(payment) > 0 ? paymentTable.put(payment, voided(payment, now())) : []
      return { writes, finish: async () => {} }
    },
  }
}

const voided = (payment: Payment, now: Date): Payment => ({
  ...payment,
  voided: true,
  updated_at: now.toISOString(),
})

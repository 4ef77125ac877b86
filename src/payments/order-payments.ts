/** What payments do for orders: the terms that an order shows, what a checkout agrees on, and what a cancellation changes. */
import { dayIn } from '../core/days.ts'
import { ShopError } from '../core/errors.ts'
import type { NewOrder } from '../orders/checkout-writes.ts'
import type { AgreedMethod, OrderPayments } from '../orders/payment.ts'
import type { Delivery } from '../orders/schema.ts'
import { cancelPayment } from './cancellation.ts'
import type { MoneyDeps, PaymentDeps } from './deps.ts'
import { unpaidPayment } from './new-payment.ts'
import type { Payment } from './schema.ts'
import { outstanding, termsView } from './state.ts'
import { firstAct } from './transfers.ts'

/** Days until an agreed payment is due. */
export type DaysToPay = { readonly invoice: number; readonly transfer: number }

export type OrderPaymentDeps = MoneyDeps &
  Pick<PaymentDeps, 'shop'> & { readonly daysToPay: DaysToPay; readonly bankDetails: readonly string[] }

const DAY_MS = 86_400_000

export const createOrderPayments = (deps: OrderPaymentDeps): OrderPayments => {
  const { paymentTable, shop, now, daysToPay, bankDetails } = deps

  /** The day by which it is to be paid; undefined where that is when the order is collected. */
  const dueOn = (method: AgreedMethod): string | undefined =>
    method === 'collection'
      ? undefined
      : dayIn(shop.timeZone, new Date(now().getTime() + daysToPay[method] * DAY_MS))

  const newPayment = (
    order: NewOrder,
    method: AgreedMethod,
    delivery: Delivery,
  ): Omit<Payment, 'version'> => {
    const due_on = dueOn(method)
    return {
      ...unpaidPayment(order, method, delivery),
      ...(due_on === undefined ? {} : { due_on }),
      ...(method === 'transfer' ? firstAct(now(), daysToPay.transfer) : {}),
    }
  }

  return {
    termsOf: async orders => {
      const payments = await paymentTable.getMany(orders.map(({ order_id }) => order_id))
      return order => termsView(payments.get(order.order_id), order, bankDetails)
    },
    agree: (...agreed) => paymentTable.put(undefined, newPayment(...agreed)),
    agreedTerms: (order, ...agreed) =>
      termsView({ ...newPayment(order, ...agreed), version: 1 }, order, bankDetails),
    unpay: (order, actor) => cancelPayment(deps, order, actor),
    assertMayProcess: async ({ order_id }) => {
      const payment = await paymentTable.get(order_id)
      if (payment?.method !== 'transfer' || outstanding(payment) === 0) return
      throw new ShopError(
        'payment_conflict',
        'This order is paid by bank transfer, and the money is not recorded yet. Record it first.',
      )
    },
  }
}

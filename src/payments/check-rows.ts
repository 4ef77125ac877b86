/** What the rows of a payment and a checkout must say of each other: pure, for the check of `cloudshelf doctor`. */

import type { ControlKey } from '../core/control/row-kind.ts'
import { storedCurrency } from '../core/currency.ts'
import type { Write } from '../core/dynamo/write.ts'
import { toDecimalText } from '../core/money.ts'
import { isAgreed } from '../orders/payment.ts'
import type { Order } from '../orders/schema.ts'
import { type CheckoutTable, holdsCopies, isLive } from './checkout-table.ts'
import type { Checkout, Payment, PaymentRecords } from './schema.ts'
import type { PaymentTable } from './table.ts'

const total = <T>(all: readonly T[], amountOf: (one: T) => number): number =>
  all.reduce((sum, one) => sum + amountOf(one), 0)

/** Where the amounts of a payment are not the sums of its rows; a sentence for each. */
export const amountDifferences = ({ payment, refunds, disputes, entries }: PaymentRecords): string[] => {
  const currency = storedCurrency(payment.currency)
  const money = (amount: number): string =>
    `${toDecimalText(amount as Payment['amount'], currency)} ${payment.currency}`
  const entrySum = (wanted: string): number =>
    total(entries, ({ kind, amount }) => (kind === wanted ? amount : 0))
  const sums = {
    captured: ['its journal entries', entrySum('captured')],
    refunded: ['its journal entries', 0 - entrySum('refunded')],
    reserved: [
      'its pending refunds',
      total(refunds, ({ state, amount }) => (state === 'pending' ? amount : 0)),
    ],
    disputed: ['its disputes', total(disputes, ({ state, amount }) => (state === 'won' ? 0 : amount))],
  } as const
  return Object.entries(sums).flatMap(([name, [of, sum]]) => {
    const amount = payment[name as keyof typeof sums]
    return amount === sum ? [] : `${name} is ${money(amount)}, but ${of} sum to ${money(sum)}`
  })
}

/** Where a payment, its order and its checkout contradict each other; a sentence for each. */
export const orderDifferences = (
  payment: Payment | undefined,
  checkout: Checkout | undefined,
  order: Order | undefined,
): string[] => [
  ...paymentDifferences(payment, order),
  ...(checkout?.state === 'confirmed' && !order ? ['its checkout is confirmed, but there is no order'] : []),
  ...(checkout && holdsCopies(checkout) && (order || payment)
    ? ['its checkout still holds copies, but it is paid or ordered already']
    : []),
]

const paymentDifferences = (payment: Payment | undefined, order: Order | undefined): string[] => {
  if (!payment)
    return order?.method !== undefined && !isAgreed(order.method as Payment['method'])
      ? [`the order is to be paid by ${order.method} first, but no payment is recorded`]
      : []
  // Nothing is owed for a payment that is or was under review.
  if (!order) return payment.amount === 0 ? [] : ['a payment is recorded, but there is no order']
  const { amount, captured, method, currency } = payment
  return [
    ...(amount === order.amounts.total && currency === order.currency.code
      ? []
      : ['the payment asks for another amount than the order']),
    ...(isAgreed(method) || captured >= amount ? [] : ['it is ordered, but not all of it was captured']),
  ]
}

/** A row of a list, by its key and the order id in it. */
export type ListRow = ControlKey & { readonly order_id: string }

const rowOf = (item: Readonly<Record<string, unknown>>): ListRow => ({
  pk: String(item.pk),
  sk: String(item.sk),
  order_id: String(item.order_id),
})
const putRows = (writes: readonly Write[]): ListRow[] =>
  writes.flatMap(write => (write.action === 'Put' ? [rowOf(write.item)] : []))

/** The rows of lists in which a payment must be: what staff must look at, what is due, which refunds are asked about again. */
export const paymentListRows = (
  paymentTable: PaymentTable,
  { payment, refunds }: Pick<PaymentRecords, 'payment' | 'refunds'>,
): ListRow[] => [
  ...putRows(paymentTable.put(undefined, payment).slice(1)),
  ...refunds.flatMap(refund => putRows(paymentTable.putRefund(undefined, refund).slice(1))),
]

/** The rows of lists in which a checkout must be: what the sweeper looks at, and the one live checkout of a shopper. */
export const checkoutListRows = (checkouts: CheckoutTable, checkout: Checkout): ListRow[] => {
  const { due, live } = checkouts.begin(checkout, undefined)
  return putRows([...due, ...(isLive(checkout) ? [live] : [])])
}

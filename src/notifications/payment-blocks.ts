/** What mails say about the payment of an order: how it is to be paid, that it is paid, and what is paid back. */
import { dayIn, formatDay } from '../core/days.ts'
import { minorUnits } from '../core/money.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import type { Payment } from '../payments/schema.ts'
import { outstanding } from '../payments/state.ts'
import type { Block } from './mail-content.ts'
import { money, type ShopFacts } from './order-blocks.ts'

export type PaymentFacts = {
  /** Undefined for an order from before payments were kept. */
  readonly payment: Payment | undefined
  readonly bankDetails: readonly string[]
}

export const NO_PAYMENT: PaymentFacts = { payment: undefined, bankDetails: [] }

const paragraph = (text: string): Block => ({ kind: 'paragraph', text })

const day = (due: string, { timeZone }: ShopFacts): string => formatDay(due, 'en-US', timeZone)

/** How an order is to be paid, or that it is paid. */
export const paymentBlocks = (order: Order, facts: PaymentFacts, shop: ShopFacts): Block[] => {
  const { payment } = facts
  if (!payment) return [paragraph('Pay by invoice, which comes by email.')]
  if (outstanding(payment) === 0) return [paragraph(`Paid: ${money(payment.captured, order)}. Thank you.`)]
  const by = payment.due_on === undefined ? '' : ` by ${day(payment.due_on, shop)}`
  switch (payment.method) {
    case 'transfer':
      return transferBlocks(order, payment, facts, shop)
    case 'collection':
      return [paragraph('You pay when you collect your books in the shop.')]
    default:
      return [
        paragraph(
          payment.delivery === 'collect'
            ? `Pay by invoice, which comes by email. Please pay it${by || ' when you get it'}.`
            : `Pay by invoice, which comes by email${by === '' ? '' : `,${by}`}.`,
        ),
      ]
  }
}

/** Where to transfer the money to, how much, and by when. */
export const transferBlocks = (
  order: Order,
  payment: Payment,
  { bankDetails }: PaymentFacts,
  shop: ShopFacts,
): Block[] => [
  {
    kind: 'list',
    heading: 'Bank transfer',
    lines: [
      ...bankDetails,
      `Amount: ${money(outstanding(payment), order)}`,
      `Reference: ${orderNumber(order.order_id)}`,
      ...(payment.due_on === undefined ? [] : [`Please pay by ${day(payment.due_on, shop)}`]),
    ],
  },
]

/** What a cancellation means for the money. */
export const cancelledPayment = (order: Order, { payment }: PaymentFacts, shop: ShopFacts): string => {
  if (!payment || payment.captured === 0)
    return hasLapsed(order, payment, shop)
      ? 'Your bank transfer has not arrived, so we canceled this order. You don’t have to pay it any more.'
      : `We won’t ship this order, and you don’t have to pay the ${money(order.amounts.total, order)}.`
  const back = minorUnits(payment.refunded + payment.reserved)
  if (back === 0)
    return 'We won’t ship this order. You dispute its payment with your bank, which decides about the money.'
  return `We won’t ship this order, and pay back ${money(back, order)} to you. It can take some days until your bank shows it.`
}

/** Whether it was canceled after the day by which its transfer was to arrive. */
const hasLapsed = (order: Order, payment: Payment | undefined, { timeZone }: ShopFacts): boolean => {
  const at = Date.parse(order.updated_at)
  return (
    payment?.method === 'transfer' &&
    payment.due_on !== undefined &&
    !Number.isNaN(at) &&
    payment.due_on < dayIn(timeZone, new Date(at))
  )
}

/** Emails about the payment of an order: a transfer that has arrived or is awaited, and money that was paid back. */
import { orderNumber } from '../../orders/number.ts'
import type { Order } from '../../orders/schema.ts'
import type { Payment } from '../../payments/schema.ts'
import type { MailContent } from '../mail-content.ts'
import { amounts, money, reference, type ShopFacts, viewButton } from '../order-blocks.ts'
import { type PaymentFacts, transferBlocks } from '../payment-blocks.ts'

export const paymentReceived = (
  order: Order,
  payment: Payment,
  shop: ShopFacts,
  url: string,
): MailContent => ({
  subject: `Payment received: ${orderNumber(order.order_id)}`,
  heading: 'Your payment has arrived',
  blocks: [
    {
      kind: 'paragraph',
      text:
        payment.delivery === 'collect'
          ? `Thank you for the ${money(payment.captured, order)}. Your books are yours to collect in the shop.`
          : `Thank you for the ${money(payment.captured, order)}. We’ll email you again when your books ship.`,
    },
    viewButton(url),
    reference(order, shop),
  ],
})

export const paymentRefunded = (
  order: Order,
  payment: Payment,
  shop: ShopFacts,
  url: string,
): MailContent => ({
  subject: `Refund: ${orderNumber(order.order_id)}`,
  heading: 'We paid money back to you',
  blocks: [
    {
      kind: 'paragraph',
      text: `We have now paid back ${money(payment.refunded, order)} of the ${money(payment.captured, order)} that you paid for this order. It can take some days until your bank shows it.`,
    },
    viewButton(url),
    reference(order, shop),
  ],
})

export const paymentReminder = (
  order: Order,
  facts: PaymentFacts & { readonly payment: Payment },
  shop: ShopFacts,
  url: string,
): MailContent => ({
  subject: `Payment reminder: ${orderNumber(order.order_id)}`,
  heading: 'We are waiting for your bank transfer',
  blocks: [
    {
      kind: 'paragraph',
      text: 'Your books are reserved until your transfer arrives. If you have sent it already, there is nothing to do.',
    },
    ...transferBlocks(order, facts.payment, facts, shop),
    viewButton(url),
    amounts(order),
    reference(order, shop),
  ],
})

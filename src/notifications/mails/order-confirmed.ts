/** Email: the order is placed, and how it is to be paid. */
import { orderNumber } from '../../orders/number.ts'
import type { Order } from '../../orders/schema.ts'
import { outstanding } from '../../payments/state.ts'
import type { MailContent } from '../mail-content.ts'
import { address, amounts, reference, type ShopFacts, viewButton } from '../order-blocks.ts'
import { NO_PAYMENT, type PaymentFacts, paymentBlocks } from '../payment-blocks.ts'

export const orderConfirmed = (
  order: Order,
  shop: ShopFacts,
  url: string,
  facts: PaymentFacts = NO_PAYMENT,
): MailContent => {
  const isCancelled = order.status === 'cancelled'
  return {
    subject: `Order confirmed: ${orderNumber(order.order_id)}`,
    heading: 'Thank you for your order',
    blocks: [
      { kind: 'paragraph', text: isCancelled ? cancelledSince(facts) : nextStep(facts, shop) },
      viewButton(url),
      amounts(order),
      ...(isCancelled ? [] : paymentBlocks(order, facts, shop)),
      ...address(order),
      reference(order, shop),
    ],
  }
}

/** A delayed email may arrive after the one about the cancellation. */
const cancelledSince = ({ payment }: PaymentFacts): string => {
  const start = 'We received your order, but it has been canceled since. Nothing will be shipped'
  return payment && payment.captured > 0
    ? `${start}, and we pay back what you paid.`
    : `${start}, and there is nothing to pay.`
}

const nextStep = ({ payment }: PaymentFacts, shop: ShopFacts): string => {
  if (payment?.delivery === 'collect')
    return `We’ve received your order, which you collect at ${shop.name}: ${shop.address.join(', ')}.`
  if (payment?.method === 'transfer' && outstanding(payment) > 0)
    return `We’ve received your order and will ship it when your bank transfer has arrived. Delivery time from then: ${shop.deliveryTime}.`
  return `We’ve received your order and will email you again when it ships. Delivery time: ${shop.deliveryTime}.`
}

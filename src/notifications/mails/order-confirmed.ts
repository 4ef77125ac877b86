/** Email: the order is placed. */
import { orderNumber } from '../../orders/number.ts'
import type { Order } from '../../orders/schema.ts'
import type { MailContent } from '../mail-content.ts'
import { address, amounts, reference, type ShopFacts, viewButton } from '../order-blocks.ts'

export const orderConfirmed = (order: Order, shop: ShopFacts, url: string): MailContent => {
  const isCancelled = order.status === 'cancelled'
  return {
    subject: `Order confirmed: ${orderNumber(order.order_id)}`,
    heading: 'Thank you for your order',
    blocks: [
      {
        kind: 'paragraph',
        // A delayed email may arrive after the one about the cancellation.
        text: isCancelled
          ? 'We received your order, but it has been canceled since. Nothing will be shipped, and there is nothing to pay.'
          : `We’ve received your order and will email you again when it ships. Delivery time: ${shop.deliveryTime}.`,
      },
      viewButton(url),
      amounts(order),
      ...(isCancelled
        ? []
        : [{ kind: 'paragraph', text: 'Pay by invoice, which comes with your books.' } as const]),
      ...address(order),
      reference(order, shop),
    ],
  }
}

/** Email: the order is canceled, and what happens with the money. */
import { orderNumber } from '../../orders/number.ts'
import type { Order } from '../../orders/schema.ts'
import type { MailContent } from '../mail-content.ts'
import { books, reference, type ShopFacts, viewButton } from '../order-blocks.ts'
import { cancelledPayment, NO_PAYMENT, type PaymentFacts } from '../payment-blocks.ts'

export const orderCancelled = (
  order: Order,
  shop: ShopFacts,
  url: string,
  facts: PaymentFacts = NO_PAYMENT,
): MailContent => ({
  subject: `Order canceled: ${orderNumber(order.order_id)}`,
  heading: 'Your order is canceled',
  blocks: [
    { kind: 'paragraph', text: cancelledPayment(order, facts, shop) },
    viewButton(url),
    books(order),
    reference(order, shop),
  ],
})

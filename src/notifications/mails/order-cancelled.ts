/** The order is cancelled. */
import type { Order } from '../../orders/schema.ts'
import type { Letter } from '../letter.ts'
import { books, money, reference, type ShopFacts } from '../order-blocks.ts'

export const orderCancelled = (order: Order, { currency }: ShopFacts): Letter => ({
  subject: `Order cancelled: ${order.order_id}`,
  heading: 'Your order is cancelled',
  blocks: [
    {
      kind: 'paragraph',
      text: `Nothing will be sent, and the ${money(order.total, currency)} of this order are not to be paid.`,
    },
    books(order),
    reference(order),
  ],
})

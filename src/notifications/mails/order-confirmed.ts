/** The order is placed. */
import type { Order } from '../../orders/schema.ts'
import type { Letter } from '../letter.ts'
import { address, amounts, reference, type ShopFacts } from '../order-blocks.ts'

export const orderConfirmed = (order: Order, shop: ShopFacts): Letter => ({
  subject: `Order confirmed: ${order.order_id}`,
  heading: 'Thank you for your order',
  blocks: [
    {
      kind: 'paragraph',
      // A mail that was held up may come after the one that tells of the end.
      text:
        order.status === 'cancelled'
          ? 'We had your order. It has been cancelled since, and nothing will be sent.'
          : 'We have your order and will write again when it is on its way.',
    },
    amounts(order, shop),
    { kind: 'paragraph', text: 'Paid on invoice, which comes with your books.' },
    ...address(order),
    reference(order),
  ],
})

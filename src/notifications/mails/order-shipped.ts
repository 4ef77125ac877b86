/** The books are on their way. */
import type { Order } from '../../orders/schema.ts'
import type { Letter } from '../letter.ts'
import { address, books, reference } from '../order-blocks.ts'

export const orderShipped = (order: Order): Letter => ({
  subject: `Order on its way: ${order.order_id}`,
  heading: 'Your books are on their way',
  blocks: [
    { kind: 'paragraph', text: 'We have handed your order over for delivery.' },
    books(order),
    ...address(order),
    reference(order),
  ],
})

/** The books are on their way. */
import type { Order } from '../../orders/schema.ts'
import type { Letter } from '../letter.ts'
import { address, books, reference } from '../order-blocks.ts'

export const orderShipped = (order: Order): Letter => ({
  subject: `Your order ${order.order_id} is on its way`,
  heading: 'Your books are on their way',
  blocks: [
    { kind: 'paragraph', text: 'We have handed your order over for delivery.' },
    books(order),
    ...address(order),
    reference(order),
  ],
})

/** Email: the order has shipped. */
import { orderNumber } from '../../orders/number.ts'
import type { Order } from '../../orders/schema.ts'
import type { MailContent } from '../mail-content.ts'
import { address, books, reference, type ShopFacts, viewButton } from '../order-blocks.ts'

export const orderShipped = (order: Order, shop: ShopFacts, url: string): MailContent => ({
  subject: `Order shipped: ${orderNumber(order.order_id)}`,
  heading: 'Your books are on their way',
  blocks: [
    { kind: 'paragraph', text: 'Your order has shipped.' },
    viewButton(url),
    books(order),
    ...address(order),
    reference(order, shop),
  ],
})

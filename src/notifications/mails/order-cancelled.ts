/** Email: the order is canceled. */
import { orderNumber } from '../../orders/number.ts'
import type { Order } from '../../orders/schema.ts'
import type { MailContent } from '../mail-content.ts'
import { books, money, reference, type ShopFacts, viewButton } from '../order-blocks.ts'

export const orderCancelled = (order: Order, shop: ShopFacts, url: string): MailContent => ({
  subject: `Order canceled: ${orderNumber(order.order_id)}`,
  heading: 'Your order is canceled',
  blocks: [
    {
      kind: 'paragraph',
      text: `We won’t ship this order, and you don’t have to pay the ${money(order.amounts.total, order)}.`,
    },
    viewButton(url),
    books(order),
    reference(order, shop),
  ],
})

/** Email: a one-time link to an order, for a customer who entered its number and email address. */
import { orderNumber } from '../../orders/number.ts'
import type { Order } from '../../orders/schema.ts'
import type { MailContent } from '../mail-content.ts'
import { reference, type ShopFacts } from '../order-blocks.ts'

/** Page that exchanges the token for the order when its button is pressed, not when the page is fetched. */
const pageOf = ({ publicUrl }: ShopFacts, token: string): string => {
  const page = new URL('/orders/open', publicUrl)
  page.searchParams.set('token', token)
  return page.href
}

export const orderLink = (order: Order, shop: ShopFacts, token: string, minutes: number): MailContent => ({
  subject: `Link to your order: ${orderNumber(order.order_id)}`,
  heading: 'View your order',
  blocks: [
    {
      kind: 'paragraph',
      text: `This link works once and expires after ${minutes} minutes. You can request another at any time.`,
    },
    { kind: 'link', label: 'View order', url: pageOf(shop, token) },
    { kind: 'paragraph', text: 'If you didn’t request this, you can ignore this email.' },
    reference(order, shop),
  ],
})

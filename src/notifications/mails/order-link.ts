/** Somebody who knows the order and its address asked to see it: a link that opens it once. */
import type { Order } from '../../orders/schema.ts'
import type { Letter } from '../letter.ts'
import { reference, type ShopFacts } from '../order-blocks.ts'

/** The page that trades the token for the order, when the reader says so and not when the page is fetched. */
const pageOf = ({ publicUrl }: ShopFacts, token: string): string => {
  const page = new URL('/orders/open', publicUrl)
  page.searchParams.set('token', token)
  return page.href
}

export const orderLink = (order: Order, shop: ShopFacts, token: string, minutes: number): Letter => ({
  subject: `Your link to order ${order.order_id}`,
  heading: 'Here is your order',
  blocks: [
    {
      kind: 'paragraph',
      text: `This link shows your order once, within the next ${minutes} minutes. Ask for another whenever you need it.`,
    },
    { kind: 'link', label: 'Show my order', url: pageOf(shop, token) },
    { kind: 'paragraph', text: 'If you did not ask for it, there is nothing that you need to do.' },
    reference(order),
  ],
})

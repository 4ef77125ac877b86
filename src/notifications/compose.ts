/** From a row of the outbox to the mail: the order is read again, so that the row needs to carry nothing personal. */
import { normalizeEmail } from '../accounts/email.ts'
import { newSecret } from '../core/ids.ts'
import { LINK_MINUTES, type OrderLinks } from '../orders/links.ts'
import type { Order } from '../orders/schema.ts'
import type { OrderTable } from '../orders/table.ts'
import { letterHtml } from './html.ts'
import { type Letter, oneLine } from './letter.ts'
import { orderCancelled } from './mails/order-cancelled.ts'
import { orderConfirmed } from './mails/order-confirmed.ts'
import { orderLink } from './mails/order-link.ts'
import { orderShipped } from './mails/order-shipped.ts'
import type { ShopFacts } from './order-blocks.ts'
import { Announcement, type Mail, Undeliverable } from './schema.ts'
import type { OutboxRow } from './table.ts'
import { letterText } from './text.ts'

export type ComposeDeps = {
  readonly orders: OrderTable
  readonly links: OrderLinks
  readonly shop: ShopFacts
  readonly now: () => Date
}

const letterOf = async (deps: ComposeDeps, event: Announcement['event'], order: Order): Promise<Letter> => {
  switch (event) {
    case 'order_confirmed':
      return orderConfirmed(order, deps.shop)
    case 'order_shipped':
      return orderShipped(order)
    case 'order_cancelled':
      return orderCancelled(order, deps.shop)
    case 'order_link': {
      // Made here and not when it was asked for: the store never holds a token that opens anything.
      const token = newSecret()
      await deps.links.keep(token, order, deps.now())
      return orderLink(order, deps.shop, token, LINK_MINUTES)
    }
  }
}

/** The mail of a row. Throws Undeliverable where there is nothing to be made of it, now or later. */
export const composer =
  (deps: ComposeDeps) =>
  async ({ id, item }: OutboxRow): Promise<Mail> => {
    const { data: announced } = Announcement.safeParse(item)
    if (!announced) throw new Undeliverable('the row announces nothing that this shop knows')
    const order = await deps.orders.get(announced.user_id, announced.order_id)
    if (!order) throw new Undeliverable('there is no such order')
    const to = normalizeEmail(order.email ?? '')
    if (to === undefined) throw new Undeliverable('the order has no address that mail can reach')
    const letter = await letterOf(deps, announced.event, order)
    return {
      id,
      to,
      subject: oneLine(letter.subject),
      html: await letterHtml(letter),
      text: letterText(letter),
    }
  }

/** An order for a guest who has lost the cookie: asked for by its id and address, shown to whoever reads that address's mail. */
import { normalizeEmail } from '../accounts/email.ts'
import { ShopError } from '../core/errors.ts'
import { newVersion } from '../core/ids.ts'
import type { OrderDeps } from './deps.ts'
import type { OrderLinks } from './links.ts'
import type { LookUpOrder, Order } from './schema.ts'

export type LookupDeps = OrderDeps & { readonly links: OrderLinks }

/**
 * Has a mail with a link sent to the order's address, if the order was made with it. The caller cannot tell: the same calls
 * to the store are made, and the same answer given, where there is no such order.
 */
export const requestOrderLink = async (deps: LookupDeps, { order_id, email }: LookUpOrder): Promise<void> => {
  const { db, orders, links } = deps
  const now = deps.now()
  const order = (await orders.byId(order_id)) ?? (await orders.get('nobody', order_id))
  const isTheirs = order?.email !== undefined && normalizeEmail(order.email) === email
  await db.transact([isTheirs ? orders.announce(order, 'order_link', now, newVersion()) : links.decoy(now)])
}

/** The order of a link's token, once. Throws link_invalid for one that is unknown, used or expired. */
export const openOrderLink = async (deps: LookupDeps, token: string): Promise<Order> => {
  const key = await deps.links.spend(token, deps.now())
  const order = key && (await deps.orders.get(key.user_id, key.order_id))
  if (order) return order
  throw new ShopError('link_invalid', 'This link has been used or has expired. Please ask for a new one.')
}

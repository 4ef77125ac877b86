/**
 * Order lookup for guests without the cookie: requested by order number and email address, and answered with a link by mail.
 */
import { normalizeEmail } from '../accounts/email.ts'
import { ShopError } from '../core/errors.ts'
import { newVersion } from '../core/ids.ts'
import type { OrderDeps } from './deps.ts'
import type { OrderLinks } from './links.ts'
import type { LookUpOrder, Order } from './schema.ts'

export type LookupDeps = OrderDeps & { readonly links: OrderLinks }

/** Owner id that no shopper has. */
const NO_OWNER = 'nobody'

/**
 * Announces a mail with a link, if the order was placed with this email address. The caller cannot tell whether it was:
 * without such an order the same calls to the store are made, and the response is the same.
 */
export const requestOrderLink = async (deps: LookupDeps, { order_id, email }: LookUpOrder): Promise<void> => {
  const { db, orders, links } = deps
  const now = deps.now()
  const order = (await orders.getById(order_id)) ?? (await orders.get(NO_OWNER, order_id))
  const isTheirs = order?.email !== undefined && normalizeEmail(order.email) === email
  await db.transact([isTheirs ? orders.announce(order, 'order_link', now, newVersion()) : links.decoy(now)])
}

/** The order that a link's token opens, once. Throws link_invalid where the token is unknown, used or expired. */
export const openOrderLink = async (deps: LookupDeps, token: string): Promise<Order> => {
  const key = await deps.links.redeem(token, deps.now())
  const order = key && (await deps.orders.get(key.user_id, key.order_id))
  if (order) return order
  throw new ShopError('link_invalid', 'This link has expired or was already used. Please request a new one.')
}

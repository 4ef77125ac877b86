/**
 * Order lookup for guests without the cookie: requested by order number and email address, and answered with a link by mail.
 */
import { normalizeEmail } from '../accounts/email.ts'
import { ShopError } from '../core/errors.ts'
import { dayOfOrderId, isGuestUserId, newVersion } from '../core/ids.ts'
import type { RequestedMails } from '../http/requested-mails.ts'
import type { OrderDeps } from './deps.ts'
import { toOrderId } from './history.ts'
import type { OrderLinks } from './links.ts'
import type { LookUpOrder, Order } from './schema.ts'
import { cancelOrder } from './service.ts'
import { NO_OWNER, type OrderTable } from './table.ts'
import type { SendTransition } from './transition.ts'
import type { ViewLinks } from './view-links.ts'

/** Writes of one transaction. */
const MANY = 50

export type LookupDeps = OrderDeps & { readonly links: OrderLinks; readonly viewLinks: ViewLinks }

type Asked = Pick<LookUpOrder, 'order_id' | 'order_number'>

/** The order of an id or a number. Each of the two forms makes the same calls for an order that does not exist. */
const findAsked = async (
  orders: OrderTable,
  { order_id, order_number }: Asked,
): Promise<Order | undefined> =>
  dayOfOrderId(order_id) === undefined
    ? orders.getByNumber(order_number)
    : ((await orders.getById(order_id)) ?? (await orders.get(NO_OWNER, order_id)))

/**
 * Announces a mail with a link, if the order was placed with this email address. The caller cannot tell whether it was:
 * without such an order the same calls to the store are made, and the response is the same.
 */
export const requestOrderLink = async (
  deps: LookupDeps,
  mails: Pick<RequestedMails, 'send'>,
  { email, ...asked }: LookUpOrder,
): Promise<void> => {
  const { orders, links } = deps
  const now = deps.now()
  const order = await findAsked(orders, asked)
  const isTheirs = order?.email !== undefined && normalizeEmail(order.email) === email
  const decoy = links.decoy(now)
  await mails.send(email, isTheirs ? orders.announce(order, 'order_link', now, newVersion()) : decoy, decoy)
}

/** The order that a link's token opens, once. Throws link_invalid where the token is unknown, used or expired. */
export const openOrderLink = async (deps: LookupDeps, token: string): Promise<Order> => {
  const key = await deps.links.redeem(token, deps.now())
  const order = key && (await deps.orders.get(key.user_id, key.order_id))
  if (order) return order
  throw new ShopError('link_invalid', 'This link has expired or was already used. Please request a new one.')
}

/**
 * Cancels the guest's order that a link's token opens, and uses the token up. An account's order is canceled by its account
 * alone, whatever email was typed into it. Throws what `openOrderLink` and `cancelOrder` throw.
 */
export const cancelByLink = async (deps: LookupDeps, token: string, send: SendTransition): Promise<Order> => {
  const order = await openOrderLink(deps, token)
  if (!isGuestUserId(order.user_id))
    throw new ShopError('link_invalid', 'This order was placed by an account. Sign in to cancel it.')
  return cancelOrder(deps, order.user_id, order, send)
}

/** The order that a view link shows, as often as it is asked. Throws link_invalid where the link has ended. */
export const viewOrder = async (deps: LookupDeps, reference: string, token: string): Promise<Order> => {
  const orderId = await toOrderId(deps, reference)
  const order = await deps.viewLinks.find(orderId, token, deps.now())
  if (order) return order
  throw new ShopError('link_invalid', 'This link has ended. Please request a new one.')
}

/** Ends all view links of an order, for staff. Returns how many there were. Throws order_not_found. */
export const endViewLinks = async (deps: LookupDeps, actor: string, order: Order): Promise<number> => {
  const { db, orders, viewLinks } = deps
  const removals = await viewLinks.removals(order.order_id)
  if (removals.length === 0) return 0
  const audit = orders.audit(
    { actor, what: 'order.links.end', after: { ended: removals.length } },
    order,
    deps.now(),
  )
  for (let i = 0; i < removals.length; i += MANY)
    await db.transact([...removals.slice(i, i + MANY), ...(i === 0 ? audit : [])])
  return removals.length
}

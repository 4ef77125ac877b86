/**
 * Whose orders are whose. An account has its own, and those that guests made with its confirmed address: they stay where they
 * are, and are found through the pointers that checkout wrote.
 */
import type { Key } from '../core/dynamo/dynamo.ts'
import { ShopError } from '../core/errors.ts'
import type { OrderDeps } from './deps.ts'
import type { Order } from './schema.ts'
import type { OrderPage } from './table.ts'

/** Who asks: the ids under which the caller's orders lie, and the address that the caller has proven to read. */
export type Owner = {
  readonly userId: string | undefined
  /** The guest of the same browser. */
  readonly guestId: string | undefined
  /** The confirmed address of the account that has signed in. */
  readonly email: () => Promise<string | undefined>
}

export const orderNotFound = () => new ShopError('order_not_found', 'There is no such order.')

/** One of the caller's orders. Another's is not found: no key of the caller's leads to it. Throws order_not_found. */
export const readOrder = async ({ orders }: OrderDeps, owner: Owner, orderId: string): Promise<Order> => {
  for (const id of new Set([owner.userId, owner.guestId])) {
    const order = id === undefined ? undefined : await orders.get(id, orderId)
    if (order) return order
  }
  const email = await owner.email()
  const pointed = email === undefined ? undefined : await orders.pointed(email, orderId)
  if (!pointed) throw orderNotFound()
  return pointed
}

const latestFirst = (a: Order, b: Order): number => (a.order_id < b.order_id ? 1 : -1)

/** The caller's orders, the latest first; a visitor has none. `after` is the last order of the page before. */
export const listOrders = async (
  { orders }: OrderDeps,
  { userId, email }: Owner,
  limit: number,
  after?: Key,
): Promise<OrderPage> => {
  if (userId === undefined) return { orders: [] }
  const address = await email()
  if (address === undefined) return orders.ofUser(userId, limit, after)
  const before = after?.order_id
  const [own, guests] = await Promise.all([
    orders.ofUser(userId, limit, before === undefined ? undefined : { user_id: userId, order_id: before }),
    orders.ofEmail(address, limit, before),
  ])
  const all = new Map([...guests.orders, ...own.orders].map(order => [order.order_id, order]))
  const found = [...all.values()].sort(latestFirst)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const more = found.length > limit || own.next !== undefined || guests.more
  return more && last
    ? { orders: page, next: { user_id: userId, order_id: last.order_id } }
    : { orders: page }
}

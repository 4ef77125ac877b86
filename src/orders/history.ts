/**
 * Order history: which orders a caller may see. An account sees its own orders and those that guests placed with its
 * confirmed email address; these stay where they are and are found through pointers that checkout writes.
 */
import type { Key } from '../core/dynamo/dynamo.ts'
import { ShopError } from '../core/errors.ts'
import type { OrderDeps } from './deps.ts'
import { parseOrderNumber } from './number.ts'
import type { Order } from './schema.ts'
import type { OrderPage } from './table.ts'

/** The caller: ids under which their orders are stored, and the email address that they have confirmed. */
export type Owner = {
  readonly userId: string | undefined
  /** The guest of the same browser. */
  readonly guestId: string | undefined
  /** The confirmed email address of the account that is signed in. */
  readonly email: () => Promise<string | undefined>
}

export const orderNotFound = (): ShopError => new ShopError('order_not_found', 'This order does not exist.')

/** The order id that `reference` names: an order id as it is, or the id of the order with this number. */
export const toOrderId = async (
  { orders }: Pick<OrderDeps, 'orders'>,
  reference: string,
): Promise<string> => {
  const number = parseOrderNumber(reference)
  return (number === undefined ? undefined : await orders.idOfNumber(number)) ?? reference
}

/**
 * One of the caller's orders, by its id or number. Throws order_not_found, for another shopper's order too: authorization is
 * by key.
 */
export const readOrder = async (deps: OrderDeps, owner: Owner, reference: string): Promise<Order> => {
  const { orders } = deps
  const orderId = await toOrderId(deps, reference)
  for (const id of new Set([owner.userId, owner.guestId])) {
    const order = id === undefined ? undefined : await orders.get(id, orderId)
    if (order) return order
  }
  const email = await owner.email()
  const order = email === undefined ? undefined : await orders.getByEmail(email, orderId)
  if (!order) throw orderNotFound()
  return order
}

/** Guests' orders with this email address, latest first: up to `limit`, unless there are fewer, and whether there may be more. */
const listGuestOrders = async (
  { orders }: OrderDeps,
  email: string,
  limit: number,
  before: string | undefined,
): Promise<{ readonly orders: readonly Order[]; readonly more: boolean }> => {
  const found: Order[] = []
  for (let last = before; ; ) {
    const page = await orders.listByEmail(email, limit, last)
    found.push(...page.orders)
    if (!page.more || page.last === undefined) return { orders: found, more: false }
    if (found.length >= limit) return { orders: found, more: true }
    last = page.last
  }
}

const latestFirst = (a: Order, b: Order): number => (a.order_id < b.order_id ? 1 : -1)

/** A page of the caller's orders, latest first. `after` is the key of the last order of the page before. */
export const listOrders = async (
  deps: OrderDeps,
  { userId, email: confirmedEmail }: Owner,
  limit: number,
  after?: Key,
): Promise<OrderPage> => {
  const { orders } = deps
  if (userId === undefined) return { orders: [], unreadable: [] }
  const email = await confirmedEmail()
  if (email === undefined) return orders.listByUser(userId, limit, after)
  const before = after?.order_id
  const [own, asGuest] = await Promise.all([
    orders.listByUser(
      userId,
      limit,
      before === undefined ? undefined : { user_id: userId, order_id: before },
    ),
    listGuestOrders(deps, email, limit, before),
  ])
  const merged = new Map([...asGuest.orders, ...own.orders].map(order => [order.order_id, order]))
  const sorted = [...merged.values()].sort(latestFirst)
  const page = sorted.slice(0, limit)
  const last = page.at(-1)
  const hasMore = sorted.length > limit || own.next !== undefined || asGuest.more
  return hasMore && last
    ? { orders: page, unreadable: [], next: { user_id: userId, order_id: last.order_id } }
    : { orders: page, unreadable: [] }
}

/** Selection of orders that have not shipped, by filters, for operations on many of them. */
import { normalizeEmail } from '../accounts/email.ts'
import type { Currency } from '../core/currency.ts'
import { dayOf, isGuestUserId } from '../core/ids.ts'
import { type MinorUnits, minorUnits } from '../core/money.ts'
import type { OrderDeps } from './deps.ts'
import { sameNetwork } from './guest-limits.ts'
import type { Order } from './schema.ts'
import { findOrder } from './service.ts'
import { allowedTransitions } from './status.ts'

/** All that are given must hold. */
export type OrderFilter = {
  readonly status?: string
  /** From this time on. */
  readonly since?: Date
  /** Before this time. */
  readonly until?: Date
  /** Normalized; or `@` and a domain, for all its addresses. */
  readonly email?: string
  /** ISO 3166-1. */
  readonly country?: string
  readonly customer?: 'guest' | 'account'
  /** Anywhere in the name, address or email, in any case. */
  readonly text?: string
  /** The id or number of an order: those of the same client network, within 24 hours. */
  readonly network?: string
}

/** Thrown where the network of the order that the filter names is not known. */
export class UnknownNetwork extends Error {}

const PAGE_SIZE = 100
const DAY_MS = 86_400_000

async function* ordersOfDay({ orders }: Pick<OrderDeps, 'orders'>, day: string): AsyncGenerator<Order> {
  for (let after: Parameters<OrderDeps['orders']['listByDay']>[2]; ; ) {
    const page = await orders.listByDay(day, PAGE_SIZE, after)
    yield* page.orders
    if (!page.next) return
    after = page.next
  }
}

/** Orders of the days since `since`, or all. Orders of other clients may have a day that is not the one of their time. */
async function* ordersSince(deps: OrderDeps, since: Date | undefined): AsyncGenerator<Order> {
  if (!since) {
    for await (const page of deps.orders.scan()) yield* page.orders
    return
  }
  const today = dayOf(deps.now())
  for (let at = since.getTime(); dayOf(new Date(at)) <= today; at += DAY_MS)
    yield* ordersOfDay(deps, dayOf(new Date(at)))
}

const hasEmail = ({ email }: Order, wanted: string): boolean => {
  const normalized = normalizeEmail(email ?? '')
  return wanted.startsWith('@') ? normalized?.endsWith(wanted) === true : normalized === wanted
}

const hasText = ({ email, shipping_address: address = {} }: Order, text: string): boolean =>
  [email, ...Object.values(address)].some(part => part?.toLowerCase().includes(text.toLowerCase()))

const matches = (order: Order, filter: OrderFilter): boolean => {
  const { status, since, until, email, country, customer, text } = filter
  const placed = Date.parse(order.created_at)
  return (
    (status === undefined || order.status === status) &&
    (since === undefined || placed >= since.getTime()) &&
    (until === undefined || placed < until.getTime()) &&
    (email === undefined || hasEmail(order, email)) &&
    (country === undefined || order.shipping_address?.country === country) &&
    (customer === undefined || isGuestUserId(order.user_id) === (customer === 'guest')) &&
    (text === undefined || hasText(order, text))
  )
}

/** Orders that can still be canceled and match the filter, oldest first. Throws UnknownNetwork, order_not_found. */
export const selectCancellable = async (deps: OrderDeps, filter: OrderFilter): Promise<Order[]> => {
  const named = filter.network === undefined ? undefined : await findOrder(deps, filter.network)
  const isOfNetwork = named && (await sameNetwork(deps, named))
  if (named && !isOfNetwork) throw new UnknownNetwork()
  const found: Order[] = []
  for await (const order of ordersSince(deps, filter.since))
    if (
      allowedTransitions(order.status).includes('cancelled') &&
      matches(order, filter) &&
      (isOfNetwork?.(order) ?? true)
    )
      found.push(order)
  return found.sort((a, b) => (a.created_at < b.created_at ? -1 : 1))
}

export type Sum = { readonly currency: Currency; readonly total: MinorUnits }

/** Copies in these orders, and their totals by currency. */
export const sumOrders = (
  orders: readonly Order[],
): { readonly copies: number; readonly totals: readonly Sum[] } => {
  const byCurrency = Map.groupBy(orders, ({ currency }) => currency.code)
  return {
    copies: orders.flatMap(({ items }) => items).reduce((sum, { quantity }) => sum + quantity, 0),
    totals: [...byCurrency.values()].flatMap(same => {
      const [first] = same
      if (!first) return []
      // Totals of other clients may have fractions of a minor unit.
      const total = minorUnits(Math.round(same.reduce((sum, { amounts }) => sum + amounts.total, 0)))
      return [{ currency: first.currency, total }]
    }),
  }
}

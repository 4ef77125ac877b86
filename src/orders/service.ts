/** Order commands after checkout: find, cancel, move to the next status. */
import { toOrderAmountFields } from '../cart/amount-fields.ts'
import type { BookKey } from '../catalog/table.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { toDecimal } from '../core/money.ts'
import type { OrderDeps } from './deps.ts'
import { orderNotFound } from './history.ts'
import { orderNumber, parseOrderNumber } from './number.ts'
import type { TermsView } from './payment.ts'
import type { Order, OrderView } from './schema.ts'
import { assertTransition, type OrderStatus } from './status.ts'
import { type StockReturn, stockReturns, withoutCopies } from './stock-returns.ts'
import { heldUntil, type SendTransition, tryTransition } from './transition.ts'

const MAX_TRIES = 5
/** A DynamoDB transaction has at most 100 writes, some of which are the order's own and its payment's. Our orders have at most 50 lines. */
const MAX_RETURNS = 85

const tooManyLines = () =>
  new ShopError(
    'line_limit',
    `This order has more than ${MAX_RETURNS} different books and cannot be canceled here. It was not placed in this shop.`,
  )

/** Any shopper's order, by its id or number, for staff. Throws order_not_found. */
export const findOrder = async ({ orders }: OrderDeps, reference: string): Promise<Order> => {
  const number = parseOrderNumber(reference)
  const byNumber = number === undefined ? undefined : await orders.getByNumber(number)
  const order = byNumber ?? (await orders.getById(reference))
  if (!order) throw orderNotFound()
  return order
}

/** The order as it is stored now. Throws order_not_found. */
const reload = async ({ orders }: OrderDeps, { user_id, order_id }: Order): Promise<Order> => {
  const order = await orders.get(user_id, order_id)
  if (!order) throw orderNotFound()
  return order
}

/**
 * Moves an order to the status `to`. `actor` is the id of the account that does it, for the audit. Throws status_conflict
 * where the transition is not allowed, or where the order changed since it was read (optimistic locking).
 */
export const moveOrder = async (
  deps: OrderDeps,
  actor: string,
  order: Order,
  to: OrderStatus,
): Promise<Order> => {
  if (to === 'cancelled') return cancelOrder(deps, actor, order)
  assertTransition(order.status, to)
  if (to === 'processing') await deps.payments.assertMayProcess(order)
  let held = await heldUntil(deps, order, to)
  for (;;) {
    const before = held.length
    const outcome = await tryTransition(deps, actor, order, to, held)
    if (!outcome.refusal) {
      if (to === 'shipped') await deps.invoicing.issue(order, to)
      return reload(deps, order)
    }
    held = outcome.held
    if (held.length < before) continue
    throw new ShopError(
      'status_conflict',
      'This order was changed at the same time. Please reload it and try again.',
    )
  }
}

/**
 * Cancels an order that has not shipped and returns its copies to stock, once: a canceled order stays as it is. Retried
 * where the order or a book changed since it was read. `send` says whether with the mail about it. Throws status_conflict,
 * line_limit and store_busy.
 */
export const cancelOrder = async (
  deps: OrderDeps,
  actor: string,
  order: Order,
  send?: SendTransition,
): Promise<Order> => {
  let current = order
  let missing: readonly BookKey[] = []
  let held = await heldUntil(deps, order, 'cancelled')
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (current.status === 'cancelled') return current
    assertTransition(current.status, 'cancelled')
    const unpaying = await deps.payments.unpay(current, actor)
    const sold = { ...current, items: withoutCopies(current.items, unpaying.restocked) }
    const returns = await stockReturns(deps, sold, missing)
    if (returns.length > MAX_RETURNS) throw tooManyLines()
    const writes = [...returnWrites(deps, sold, returns), ...unpaying.writes]
    const { refusal, ...left } = await tryTransition(deps, actor, current, 'cancelled', held, writes, send)
    if (!refusal) {
      deps.booksChanged(returns.map(({ key }) => key))
      await unpaying.finish()
      await deps.invoicing.issue(current, 'cancelled')
      return reload(deps, current)
    }
    const refused = returns.filter(({ write }) => refusal.failed.has(write))
    missing = [...missing, ...refused.map(({ key }) => key)]
    held = left.held
    current = await reload(deps, current)
  }
  throw new ShopError('store_busy', 'This order is being changed at the same time. Please try again.')
}

/** The writes of these returns, and for staff the audit of copies that cannot be returned. */
const returnWrites = (deps: OrderDeps, order: Order, returns: readonly StockReturn[]): Write[] => {
  const returned = new Set(returns.map(({ key }) => key.book_id))
  const unreturned = order.items.map(line => line.book_id).filter(id => !returned.has(id))
  return [
    ...returns.map(({ write }) => write),
    ...(unreturned.length > 0 ? deps.orders.auditUnreturnedStock(order, unreturned, deps.now()) : []),
  ]
}

/** The order's JSON. */
export const orderView = (order: Order, { payment, delivery }: TermsView): OrderView => ({
  order_id: order.order_id,
  order_number: orderNumber(order.order_id),
  order_date: order.order_date,
  status: order.status,
  items: order.items.map(({ book_id, category, title, price, quantity }) => ({
    book_id,
    ...(category === undefined ? {} : { category }),
    title,
    price: toDecimal(price, order.currency),
    quantity,
  })),
  ...toOrderAmountFields(order.amounts, order.currency),
  currency: order.currency.code,
  payment,
  delivery,
  ...(order.email === undefined ? {} : { email: order.email }),
  ...(order.shipping_address === undefined ? {} : { shipping_address: order.shipping_address }),
  created_at: order.created_at,
  updated_at: order.updated_at,
})

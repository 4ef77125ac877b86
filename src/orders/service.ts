/** What becomes of an order after checkout: reading, cancelling, moving on. */
import { toOrderAmountFields } from '../cart/amount-fields.ts'
import type { BookKey } from '../catalog/table.ts'
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { toDecimal } from '../core/money.ts'
import type { OrderDeps } from './deps.ts'
import { orderNotFound } from './history.ts'
import type { Order, OrderView } from './schema.ts'
import { assertTransition, type OrderStatus } from './status.ts'
import type { OrderEvent } from './table.ts'

const MAX_TRIES = 5
/** A transaction has room for a hundred writes (DynamoDB), and some are the order's own. An order of ours has 50 lines. */
const MAX_RETURNS = 90

const tooLarge = () =>
  new ShopError(
    'line_limit',
    `An order of more than ${MAX_RETURNS} different books, which this shop did not make, cannot be cancelled here at once.`,
  )

/** Any order, for staff. */
export const findOrder = async (deps: OrderDeps, orderId: string): Promise<Order> => {
  const order = await deps.orders.byId(orderId)
  if (!order) throw orderNotFound()
  return order
}

const eventOf: Partial<Record<OrderStatus, OrderEvent>> = {
  shipped: 'order_shipped',
  cancelled: 'order_cancelled',
}

/** The order as it is now. */
const again = async ({ orders }: OrderDeps, { user_id, order_id }: Order): Promise<Order> => {
  const order = await orders.get(user_id, order_id)
  if (!order) throw orderNotFound()
  return order
}

/** Moves an order on. `actor` is who does it, for the audit. Throws status_conflict where its life does not allow it. */
export const moveOrder = async (
  deps: OrderDeps,
  actor: string,
  order: Order,
  to: OrderStatus,
): Promise<Order> => {
  if (to === 'cancelled') return cancelOrder(deps, actor, order)
  assertTransition(order.status, to)
  await transition(deps, actor, order, to)
  return again(deps, order)
}

/** Cancels an order that is not shipped yet, and gives its copies back, once: one that is cancelled already stays as it is. */
export const cancelOrder = async (deps: OrderDeps, actor: string, seen: Order): Promise<Order> => {
  let order = seen
  let gone: readonly BookKey[] = []
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (order.status === 'cancelled') return order
    assertTransition(order.status, 'cancelled')
    const returns = await returnsOf(deps, order, gone)
    if (returns.length > MAX_RETURNS) throw tooLarge()
    const refused = await tryTransition(deps, actor, order, returns)
    if (!refused) {
      deps.booksChanged(returns.map(({ key }) => key))
      return again(deps, order)
    }
    gone = [...gone, ...returns.filter(({ write }) => refused.failed.has(write)).map(({ key }) => key)]
    order = await again(deps, order)
  }
  throw new ShopError('store_busy', 'This order is being changed at the same time. Please try again.')
}

type Return = { readonly key: BookKey; readonly write: Write }

/** What goes back to the shelf: where the book was moved, its pointer decides. `gone` are places where it was not. */
const returnsOf = async (deps: OrderDeps, order: Order, gone: readonly BookKey[]): Promise<Return[]> => {
  const quantities = new Map<string, number>()
  for (const line of order.items)
    quantities.set(line.book_id, (quantities.get(line.book_id) ?? 0) + line.quantity)
  const categories = await deps.books.categoriesOf([...quantities.keys()])
  return [...quantities].flatMap(([book_id, quantity]) => {
    const category = categories.get(book_id) ?? order.items.find(line => line.book_id === book_id)?.category
    const isGone = gone.some(key => key.book_id === book_id && key.category === category)
    if (category === undefined || isGone) return []
    const key = { category, book_id }
    return [{ key, write: deps.books.giveBack(key, quantity) }]
  })
}

const tryTransition = async (
  deps: OrderDeps,
  actor: string,
  order: Order,
  returns: readonly Return[],
): Promise<TransactionRefused | undefined> => {
  const back = returns.map(({ write }) => write)
  const returned = new Set(returns.map(({ key }) => key.book_id))
  const unreturned = order.items.map(line => line.book_id).filter(id => !returned.has(id))
  const note = unreturned.length > 0 ? deps.orders.noteUnreturned(order, unreturned, deps.now()) : []
  try {
    await deps.db.transact([...transitionWrites(deps, actor, order, 'cancelled'), ...back, ...note])
    return undefined
  } catch (error) {
    if (error instanceof TransactionRefused) return error
    throw error
  }
}

const transitionWrites = (deps: OrderDeps, actor: string, order: Order, to: OrderStatus): Write[] => {
  // Orders of others' making may have nobody to write to.
  const event = order.email === undefined ? undefined : eventOf[to]
  const now = deps.now()
  return [
    deps.orders.setStatus(order, to, now),
    ...(event ? [deps.orders.announce(order, event, now)] : []),
    ...deps.orders.note(
      { actor, what: 'order.status', before: { status: order.status }, after: { status: to } },
      order,
      now,
    ),
  ]
}

const transition = async (deps: OrderDeps, actor: string, order: Order, to: OrderStatus): Promise<void> => {
  try {
    await deps.db.transact(transitionWrites(deps, actor, order, to))
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error
    throw new ShopError(
      'status_conflict',
      'This order was changed at the same time. Please look at it again.',
    )
  }
}

export const orderView = (order: Order, currency: string): OrderView => ({
  order_id: order.order_id,
  order_date: order.order_date,
  status: order.status,
  items: order.items.map(({ book_id, category, title, price, quantity }) => ({
    book_id,
    ...(category === undefined ? {} : { category }),
    title,
    price: toDecimal(price),
    quantity,
  })),
  ...toOrderAmountFields(order.amounts),
  currency,
  payment: 'invoice',
  ...(order.email === undefined ? {} : { email: order.email }),
  ...(order.shipping_address === undefined ? {} : { shipping_address: order.shipping_address }),
  created_at: order.created_at,
  updated_at: order.updated_at,
})

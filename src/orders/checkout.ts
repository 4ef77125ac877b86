/**
 * Checkout: the cart becomes an order in one transaction, in which the price, the stock, the cart's version and the
 * idempotency key are all conditions. Two things keep a double click from being two orders: the record under the key
 * (24 hours) and the cart's version, which can be spent once.
 */

import { toOrderAmountFields } from '../cart/amount-fields.ts'
import { calculateAmounts } from '../cart/pricing.ts'
import { isShort, type QuotedLine, quoteLines, versionOf } from '../cart/quote.ts'
import { type Cart, MAX_LINES, MAX_QUANTITY } from '../cart/schema.ts'
import type { CartDeps } from '../cart/service.ts'
import { cartChanged } from '../cart/table.ts'
import { findBooks } from '../catalog/find.ts'
import type { Book } from '../catalog/schema.ts'
import type { BookKey, PricedByKey } from '../catalog/table.ts'
import { type Item, TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { type ErrorCode, ShopError } from '../core/errors.ts'
import { dayOf, newOrderId, sha256 } from '../core/ids.ts'
import type { Log } from '../core/log/log.ts'
import { parseDecimal, toDecimal } from '../core/money.ts'
import type { Order, PlaceOrder } from './schema.ts'
import type { CheckoutRecord, OrderTable } from './table.ts'

export type OrderDeps = CartDeps & {
  readonly orders: OrderTable
  /** Tells whoever keeps books in memory that these may look different to the public now. */
  readonly booksChanged: (books: readonly BookKey[]) => void
  readonly log: Pick<Log, 'count'>
}

export type Placed = { readonly order: Order; readonly replayed: boolean }

/** Anew when an id was taken or a book moved under our hands: both are rare, and once more is enough. */
const MAX_TRIES = 3

/** Refusals before which an order comes that the key has made already: its cart is gone, its books may be sold out since. */
const AFTER_THE_KEY: ReadonlySet<ErrorCode> = new Set([
  'cart_empty',
  'cart_changed',
  'line_limit',
  'quantity_limit',
  'out_of_stock',
  'price_changed',
])

/**
 * Places the order of `userId`'s cart. `key` is the client's idempotency key: the same key with the same request gives
 * the same order again. `transact` carries out the writes, by itself or with others. Throws idempotency_key_reused,
 * cart_empty, cart_changed, line_limit, quantity_limit, out_of_stock and price_changed (with the lines or the new quote),
 * store_busy, and what `transact` throws.
 */
export const placeOrder = async (
  deps: OrderDeps,
  userId: string,
  key: string,
  input: PlaceOrder,
  transact: Transact = deps.db.transact,
): Promise<Placed> => {
  const record: CheckoutRecord = { request_hash: requestHash(input), order_id: '' }
  try {
    return await place({ ...deps, transact }, userId, key, input, record)
  } catch (error) {
    if (!(error instanceof ShopError && AFTER_THE_KEY.has(error.code))) throw error
    // Read now and not before: the transaction finds it by itself, and of what was refused a twin may be the reason.
    const earlier = await deps.orders.checkout(userId, key, deps.now())
    if (!earlier) throw error
    return replay(deps, userId, earlier, record)
  }
}

type Transact = (writes: readonly Write[]) => Promise<void>
type PlacingDeps = OrderDeps & { readonly transact: Transact }

const place = async (
  deps: PlacingDeps,
  userId: string,
  key: string,
  input: PlaceOrder,
  record: CheckoutRecord,
): Promise<Placed> => {
  const seen = await deps.cartReader.readVersion(userId, input.cart_version, deps.categoryOf, deps.now())
  const cart = seen?.cart ?? (await deps.carts.current(userId, deps.now()))
  if (!cart || cart.items.length === 0)
    throw new ShopError('cart_empty', 'There is nothing in your cart to order.')
  if (versionOf(cart) !== input.cart_version) throw cartChanged()
  for (let tries = 1; ; tries++) {
    const placed = await attempt(deps, cart, tries === 1 ? seen?.books : undefined, key, input, record)
    if (placed) return placed
    if (tries === MAX_TRIES)
      throw new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
  }
}

const requestHash = (input: PlaceOrder): string =>
  sha256(
    JSON.stringify([
      input.cart_version,
      input.expected_total,
      input.email,
      Object.entries(input.shipping_address).sort(),
    ]),
  )

const replay = async (
  deps: OrderDeps,
  userId: string,
  earlier: CheckoutRecord,
  now: CheckoutRecord,
): Promise<Placed> => {
  if (earlier.request_hash !== now.request_hash)
    throw new ShopError(
      'idempotency_key_reused',
      'This idempotency key belongs to another order. Make a new one.',
    )
  const order = await deps.orders.get(userId, earlier.order_id)
  if (!order) throw new ShopError('order_not_found', 'The order of this idempotency key is no longer there.')
  return { order, replayed: true }
}

/** One try, with books that were `seen` a moment ago; undefined when it met something that a new try may get past. */
const attempt = async (
  deps: PlacingDeps,
  cart: Cart,
  seen: PricedByKey | undefined,
  key: string,
  input: PlaceOrder,
  record: CheckoutRecord,
): Promise<Placed | undefined> => {
  const lines = await quote(deps, cart, seen)
  assertWithinLimits(lines)
  assertAvailable(lines)
  const order = orderOf(deps, cart, lines, input)
  if (order.amounts.total !== parseDecimal(input.expected_total)) throw priceChanged(order)
  const writes = writesOf(deps, cart, order, lines, key, { ...record, order_id: order.order_id })
  try {
    await deps.transact(Object.values(writes).flat())
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error
    return explainRejection(deps, error, writes, cart, lines, key, record)
  }
  deps.booksChanged(lines)
  deps.log.count({ OrdersPlaced: 1, Revenue: toDecimal(order.amounts.total) })
  return { order, replayed: false }
}

const quote = async (deps: OrderDeps, cart: Cart, seen: PricedByKey | undefined): Promise<QuotedLine[]> => {
  const hints = new Map(cart.items.map(line => [line.book_id, line.category]))
  const books = await findBooks(deps, [...hints.keys()], hints, keys => deps.books.getPriced(keys, seen))
  return quoteLines(mergeLines(cart), books)
}

/** Lines of one book become one: a transaction may touch a book only once. */
const mergeLines = (cart: Cart): Cart['items'] => {
  const merged = new Map<string, Cart['items'][number]>()
  for (const line of cart.items) {
    const before = merged.get(line.book_id)
    merged.set(line.book_id, before ? { ...line, quantity: before.quantity + line.quantity } : line)
  }
  return [...merged.values()]
}

const outOfStock = (
  short: readonly { book_id: string; title: string; quantity: number; available: number }[],
) =>
  new ShopError(
    'out_of_stock',
    `Not enough copies: ${short.map(line => `“${line.title}” (${line.available} left)`).join(', ')}.`,
    {
      items: short.map(line => ({
        book_id: line.book_id,
        requested_quantity: line.quantity,
        available_quantity: line.available,
      })),
    },
  )

/** Our own carts always are; one that others wrote may not be. */
const assertWithinLimits = (lines: readonly QuotedLine[]): void => {
  if (lines.length > MAX_LINES)
    throw new ShopError('line_limit', `An order holds at most ${MAX_LINES} different books.`)
  if (lines.some(line => line.quantity > MAX_QUANTITY))
    throw new ShopError('quantity_limit', `At most ${MAX_QUANTITY} copies of one book go into an order.`)
}

const assertAvailable = (lines: readonly QuotedLine[]): void => {
  const short = lines.filter(isShort)
  if (short.length > 0) throw outOfStock(short)
}

const priceChanged = ({ amounts, items }: Order) =>
  new ShopError(
    'price_changed',
    `The total is now ${toDecimal(amounts.total).toFixed(2)}. Please look at it before you order.`,
    {
      quote: {
        ...toOrderAmountFields(amounts),
        items: items.map(({ book_id, price, quantity }) => ({ book_id, price: toDecimal(price), quantity })),
      },
    },
  )

const orderOf = (deps: OrderDeps, cart: Cart, lines: readonly QuotedLine[], input: PlaceOrder): Order => {
  const now = deps.now()
  return {
    user_id: cart.user_id,
    order_id: newOrderId(now),
    order_date: dayOf(now),
    items: lines.map(({ book_id, category, title, price, quantity }) => ({
      book_id,
      category,
      title,
      price,
      quantity,
    })),
    amounts: calculateAmounts(lines, deps.rules),
    status: 'confirmed',
    shipping_address: definedOf(input.shipping_address),
    email: input.email,
    version: 1,
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
  }
}

const definedOf = (address: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(address).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )

type CheckoutWrites = {
  readonly idempotency: Write
  readonly cart: Write
  readonly order: Write
  readonly outbox: Write
  readonly pointer: Write
  readonly books: readonly Write[]
}

const writesOf = (
  { orders, carts, books, now }: OrderDeps,
  cart: Cart,
  order: Order,
  lines: readonly QuotedLine[],
  key: string,
  record: CheckoutRecord,
): CheckoutWrites => ({
  idempotency: orders.keepCheckout(cart.user_id, key, record, now()),
  cart: carts.remove(cart, cart.version, now()),
  order: orders.put(order),
  outbox: orders.announce(order, 'order_confirmed', now()),
  pointer: orders.pointFromEmail(order, order.email ?? ''),
  books: lines.map(books.takeStock),
})

/** What a refused checkout means, in this order: the key, the cart, the order's id, the books. */
const explainRejection = async (
  deps: OrderDeps,
  { failed }: TransactionRefused,
  writes: CheckoutWrites,
  cart: Cart,
  lines: readonly QuotedLine[],
  key: string,
  record: CheckoutRecord,
): Promise<Placed | undefined> => {
  if (failed.has(writes.idempotency)) {
    const earlier = await deps.orders.checkout(cart.user_id, key, deps.now())
    return earlier ? replay(deps, cart.user_id, earlier, record) : undefined
  }
  if (failed.has(writes.cart)) throw cartChanged()
  const short = writes.books.flatMap((write, i) => {
    const line = lines[i]
    return line && failed.has(write) ? [{ ...line, ...remainingStock(failed.get(write)) }] : []
  })
  // No item: the book moved or went since it was read. A price that differs: quote again, and refuse with the new quote.
  if (
    short.length === 0 ||
    short.some(line => line.available === undefined || line.available >= line.quantity)
  )
    return undefined
  throw outOfStock(short.map(line => ({ ...line, available: line.available ?? 0 })))
}

const remainingStock = (item: Item | undefined): { available: number | undefined } => ({
  available: item === undefined ? undefined : Number((item as Partial<Book>).stock_quantity ?? 0),
})

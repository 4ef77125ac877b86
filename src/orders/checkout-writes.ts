/** A new order and the writes of its checkout, as one transaction sends them. */
import type { PricedAmounts } from '../cart/amounts.ts'
import type { Cart, CartLine } from '../cart/schema.ts'
import type { Currency } from '../core/currency.ts'
import type { Write } from '../core/dynamo/write.ts'
import { dayOf, isGuestUserId } from '../core/ids.ts'
import type { HeldAmount } from '../core/rate-limit/holds.ts'
import type { OrderDeps } from './deps.ts'
import { requestHash } from './request-hash.ts'
import type { Order, PlaceOrder } from './schema.ts'

export type NewOrder = Order & { readonly amounts: PricedAmounts; readonly email: string }

/** The confirmed order of these lines, under this id. */
export const newOrder = (
  userId: string,
  lines: readonly CartLine[],
  { amounts, currency }: { readonly amounts: PricedAmounts; readonly currency: Currency },
  { email, shipping_address }: PlaceOrder,
  now: Date,
  orderId: string,
): NewOrder => ({
  user_id: userId,
  order_id: orderId,
  order_date: dayOf(now),
  items: lines.map(({ book_id, category, title, price, quantity }) => ({
    book_id,
    category,
    title,
    price,
    quantity,
  })),
  amounts,
  currency,
  status: 'confirmed',
  shipping_address: definedFields(shipping_address),
  email,
  version: 1,
  created_at: now.toISOString(),
  updated_at: now.toISOString(),
})

const definedFields = (address: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(address).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )

/** By name, so that a refusal can be explained by the write that failed. */
export type CheckoutWrites = {
  readonly idempotency: Write
  readonly cart: Write
  readonly order: Write
  readonly outbox: Write
  readonly number: Write
  /** For a guest's order. */
  readonly pointer: readonly Write[]
  /** One for each line, in the same order. */
  readonly stock: readonly Write[]
}

/** Everything that is written when the cart becomes the order, under the client's idempotency key. `held` is what it holds on limits. */
export const checkoutWrites = (
  { orders, carts, books }: Pick<OrderDeps, 'orders' | 'carts' | 'books'>,
  cart: Cart,
  order: NewOrder,
  lines: readonly CartLine[],
  { key, body }: { readonly key: string; readonly body: PlaceOrder },
  held: readonly HeldAmount[],
  now: Date,
): CheckoutWrites => ({
  idempotency: orders.putCheckoutRecord(
    cart.user_id,
    key,
    { ...requestHash(body), order_id: order.order_id, ...(held.length > 0 ? { held } : {}) },
    now,
  ),
  cart: carts.remove(cart, cart.version, now),
  order: orders.put(order),
  outbox: orders.announce(order, 'order_confirmed', now),
  number: orders.putNumberPointer(order),
  pointer: isGuestUserId(order.user_id) ? [orders.putEmailPointer(order, order.email)] : [],
  stock: lines.map(books.takeStock),
})

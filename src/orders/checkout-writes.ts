/** A new order and the writes of its checkout, as one transaction sends them. */
import type { PricedAmounts } from '../cart/amounts.ts'
import type { Cart, CartLine } from '../cart/schema.ts'
import type { BookKey } from '../catalog/table.ts'
import type { Currency } from '../core/currency.ts'
import type { Write } from '../core/dynamo/write.ts'
import { dayOf, isGuestUserId } from '../core/ids.ts'
import type { HeldAmount } from '../core/rate-limit/holds.ts'
import type { OrderDeps } from './deps.ts'
import type { AgreedMethod, PaymentMethod } from './payment.ts'
import { requestHash } from './request-hash.ts'
import type { Delivery, Order, PlaceOrder } from './schema.ts'

export type NewOrder = Order & {
  readonly amounts: PricedAmounts
  readonly email: string
  readonly method: PaymentMethod
}

/** How an order is to be paid and delivered, and where to. */
export type Terms = {
  readonly method: PaymentMethod
  readonly delivery: Delivery
  readonly address: Readonly<Record<string, string | undefined>>
}

/** The confirmed order of these lines, under this id. */
export const newOrder = (
  userId: string,
  lines: readonly CartLine[],
  { amounts, currency }: { readonly amounts: PricedAmounts; readonly currency: Currency },
  { method, address }: Terms,
  { email }: PlaceOrder,
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
  shipping_address: definedFields(address),
  email,
  method,
  version: 1,
  created_at: now.toISOString(),
  updated_at: now.toISOString(),
})

const definedFields = (address: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(address).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )

/** Copies that a shopper holds by a checkout that this one takes the place of, and the writes that end it. */
export type ReplacedHold = {
  readonly orderId: string
  /** Whether it has ended already: its copies are in stock again, and books that were read before know nothing of them. */
  readonly isReleased?: true
  readonly lines: readonly (BookKey & { readonly quantity: number })[]
  readonly writes: readonly Write[]
  /** Ends its place as the shopper's live checkout, where no other takes it. */
  readonly leave: readonly Write[]
}

/** By name, so that a refusal can be explained by the write that failed. */
export type CheckoutWrites = {
  readonly idempotency: Write
  readonly cart: Write
  /** One for each line, in the same order. */
  readonly stock: readonly Write[]
  readonly others: readonly Write[]
}

export type WriteParts = {
  readonly cart: Cart
  readonly order: NewOrder
  readonly delivery: Delivery
  readonly lines: readonly CartLine[]
  readonly key: string
  readonly body: PlaceOrder
  /** What the order holds on limits. */
  readonly held: readonly HeldAmount[]
  readonly replaced: ReplacedHold | undefined
  readonly now: Date
}

type WriteDeps = Pick<OrderDeps, 'orders' | 'carts' | 'books'>
type OrderWriteDeps = Pick<OrderDeps, 'orders' | 'invoicing'>

/**
 * What every checkout writes: the client's idempotency key, the copies of each line, and the order's number. Copies that the shopper
 * holds already are counted, since a transaction may touch a book only once.
 */
export const commonWrites = (
  { orders, books }: WriteDeps,
  { cart, order, lines, key, body, held, replaced, now }: WriteParts,
): Omit<CheckoutWrites, 'cart'> => {
  const own = new Map(replaced?.lines.map(line => [line.book_id, line.quantity]))
  const bought = new Set(lines.map(line => line.book_id))
  const left = replaced?.lines.filter(({ book_id }) => !bought.has(book_id)) ?? []
  return {
    idempotency: orders.putCheckoutRecord(
      cart.user_id,
      key,
      { ...requestHash(body), order_id: order.order_id, ...(held.length > 0 ? { held } : {}) },
      now,
    ),
    stock: lines.map(line =>
      books.takeStock({ ...line, quantity: line.quantity - (own.get(line.book_id) ?? 0) }),
    ),
    others: [
      orders.putNumberPointer(order),
      ...left.map(line => books.returnStock(line, line.quantity)),
      ...(replaced?.writes ?? []),
    ],
  }
}

/** What is written once an order is one: the order, its mail and its invoice, and the pointer by which a guest's account finds it. */
export const orderWrites = ({ orders, invoicing }: OrderWriteDeps, order: NewOrder, now: Date): Write[] => [
  orders.put(order),
  // The person may have been erased while a debit was on its way.
  ...((order as Order).email === undefined ? [] : [orders.announce(order, 'order_confirmed', now)]),
  ...invoicing.announce(order, 'placed', now),
  ...(isGuestUserId(order.user_id) ? [orders.putEmailPointer(order, order.email)] : []),
]

/** Everything that is written when the cart becomes an order that is paid later. */
export const agreedWrites = (
  deps: WriteDeps & OrderWriteDeps & Pick<OrderDeps, 'payments'>,
  parts: WriteParts,
  method: AgreedMethod,
): CheckoutWrites => {
  const { cart, order, delivery, replaced, now } = parts
  const common = commonWrites(deps, parts)
  return {
    ...common,
    cart: deps.carts.remove(cart, cart.version, now),
    others: [
      ...common.others,
      ...(replaced?.leave ?? []),
      ...orderWrites(deps, order, now),
      ...deps.payments.agree(order, method, delivery),
    ],
  }
}

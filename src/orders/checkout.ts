/**
 * Checkout: the cart becomes an order in one transaction, conditional on price, stock, the cart's version and the
 * idempotency key. Two conditions make a repeated request the same order: the record under the key (24 hours), and the
 * version of the cart, which can be bought once. With a method that takes the money first, the same steps hold the copies instead
 * (payments/hold.ts).
 */
import { DeliveryAddress, Phone, PostalAddress } from '../addresses/schema.ts'
import { toOrderAmountFields } from '../cart/amount-fields.ts'
import { calculateAmounts } from '../cart/pricing.ts'
import { withCopies } from '../cart/quote.ts'
import type { BooksById } from '../cart/reader.ts'
import type { Cart } from '../cart/schema.ts'
import { findBooks } from '../catalog/find.ts'
import { rejectionOf } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { type ErrorCode, ShopError } from '../core/errors.ts'
import { toDecimal, toDecimalText } from '../core/money.ts'
import { requireAmount } from '../core/require-amount.ts'
import { type RetryPolicy, retry } from '../core/retry.ts'
import { line } from '../core/text.ts'
import { invalidRequest } from '../http/problem.ts'
import { checkoutLines } from './checkout-lines.ts'
import { type CheckoutWrites, newOrder, type ReplacedHold, type WriteParts } from './checkout-writes.ts'
import type { OrderDeps } from './deps.ts'
import { explainRejection } from './explain-rejection.ts'
import type { GuestLimits } from './guest-limits.ts'
import type { PaymentMethod } from './payment.ts'
import { type CheckoutRecord, isSameRequest } from './request-hash.ts'
import type { Order, PlaceOrder } from './schema.ts'
import { termsOfCheckout } from './terms.ts'

export type PlacedOrder = { readonly order: Order; readonly replayed: boolean }

/** How the writes of an order are sent, alone or with others, and what the order holds on limits. */
export type SendOrder = {
  readonly heldBy: GuestLimits['heldBy']
  readonly transact: (order: Order, writes: readonly Write[]) => Promise<void>
}
/** What a method of payment makes of a checkout. */
export type CheckoutPlan = {
  readonly method: PaymentMethod
  /** The live hold of the shopper that this checkout takes the place of; called with each attempt. */
  readonly replaced: () => Promise<ReplacedHold | undefined>
  /** The writes of the order, or of the hold that it may come from. */
  readonly writes: (parts: WriteParts) => CheckoutWrites
  /** What was placed or held under an id before. */
  readonly find: (userId: string, orderId: string) => Promise<Order | undefined>
}
type Checkout = { readonly userId: string; readonly key: string; readonly body: PlaceOrder }

/** Retries after a collision of ids or numbers, or a concurrent change of category: both are rare, and no reason to wait. */
const PLACE_RETRIES: RetryPolicy = { maxTries: 3, pause: () => 0 }

/**
 * Refusals for which the order of this key takes precedence: after a success the cart is gone, its books may have sold out
 * since, and a later release may require more of an address.
 */
const REFUSED_AFTER_SUCCESS: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'cart_empty',
  'cart_changed',
  'line_limit',
  'quantity_limit',
  'out_of_stock',
  'price_changed',
  'mail_limit',
  'unpaid_limit',
  'payment_method_unavailable',
  'collection_unavailable',
  'invoice_not_allowed',
  'payment_unavailable',
  'checkout_paid',
])

/**
 * Places the order of `userId`'s cart, or holds its copies, as the plan says. `key` is the client's idempotency key: the same key with
 * the same body gives the same order again. `send` sends its writes. Throws invalid_request for an address that a parcel cannot be
 * sent to, idempotency_key_reused, cart_empty, cart_changed,
 * line_limit, quantity_limit, out_of_stock (with the lines), price_changed (with the new amounts), store_busy, and what
 * `send` throws.
 */
export const placeOrder = async (
  deps: OrderDeps,
  userId: string,
  key: string,
  body: PlaceOrder,
  plan: CheckoutPlan,
  send: SendOrder,
): Promise<PlacedOrder> => {
  const checkout = { userId, key, body }
  try {
    return await placeNew(deps, checkout, plan, send)
  } catch (error) {
    if (!(error instanceof ShopError && REFUSED_AFTER_SUCCESS.has(error.code))) throw error
    // Read after the refusal and not before: a concurrent duplicate request may be why it was refused.
    const record = await deps.orders.getCheckoutRecord(userId, key, deps.now())
    if (!record) throw error
    return replay(checkout, plan, record)
  }
}

const placeNew = async (
  deps: OrderDeps,
  checkout: Checkout,
  plan: CheckoutPlan,
  send: SendOrder,
): Promise<PlacedOrder> => {
  const { userId, body } = checkout
  assertDeliverable(body)
  const { cart, books } = await deps.cartReader.readVersion(userId, body.cart_version, deps.now())
  const placed = await retry(PLACE_RETRIES, async tries =>
    attempt(deps, checkout, plan, cart, tries === 1 ? books : await readBooks(deps, cart), send),
  )
  if (placed) return placed
  throw new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
}

const assertDeliverable = ({ shipping_address, delivery }: PlaceOrder): void => {
  const { error } = (delivery === 'collect' ? Collector : DeliveryAddress).safeParse(shipping_address)
  if (error) throw invalidRequest('body.shipping_address', error)
}

/** Who collects an order in the shop. */
const Collector = PostalAddress.extend({ name: line(100), phone: Phone })

const readBooks = (deps: OrderDeps, { items }: Cart): Promise<BooksById> => {
  const categories = new Map(items.map(line => [line.book_id, line.category]))
  return findBooks(deps, [...categories.keys()], categories)
}

/** The order that was placed under this key. Throws idempotency_key_reused where it was sent with another body. */
const replay = async (
  { userId, body }: Checkout,
  plan: CheckoutPlan,
  record: CheckoutRecord,
): Promise<PlacedOrder> => {
  if (!isSameRequest(record, body))
    throw new ShopError(
      'idempotency_key_reused',
      'This Idempotency-Key was already used for a different order. Send a new key.',
    )
  const order = await plan.find(userId, record.order_id)
  if (!order)
    throw new ShopError('order_not_found', 'The order placed with this Idempotency-Key no longer exists.')
  return { order, replayed: true }
}

const ownCopies = (replaced: ReplacedHold | undefined): ReadonlyMap<string, number> =>
  new Map(replaced?.lines.map(({ book_id, quantity }) => [book_id, quantity]))

/** One attempt. Undefined where it was refused for a reason that another attempt may not meet. */
const attempt = async (
  deps: OrderDeps,
  checkout: Checkout,
  plan: CheckoutPlan,
  cart: Cart,
  books: BooksById,
  send: SendOrder,
): Promise<PlacedOrder | undefined> => {
  const { userId, key, body } = checkout
  const replaced = await plan.replaced()
  const now = deps.now()
  const current = replaced?.isReleased ? await readBooks(deps, cart) : books
  const lines = checkoutLines(cart, withCopies(current, ownCopies(replaced)))
  const { currency } = deps
  const terms = termsOfCheckout(deps, body, plan.method)
  const amounts = calculateAmounts(lines, terms.rules)
  const order = newOrder(userId, lines, { amounts, currency }, terms, body, now, deps.newOrderId(now))
  if (amounts.total !== requireAmount('expected_total', body.expected_total, currency))
    throw priceChanged(order)
  const held = send.heldBy(order)
  const { delivery } = terms
  const writes = plan.writes({ cart, order, delivery, lines, key, body, held, replaced, now })
  const rejection = await rejectionOf(send.transact(order, Object.values(writes).flat()))
  if (rejection) {
    const reason = explainRejection(rejection, writes, lines, replaced)
    if (reason instanceof ShopError) throw reason
    if (reason === 'retry') return undefined
    const record = await deps.orders.getCheckoutRecord(userId, key, deps.now())
    return record && replay(checkout, plan, record)
  }
  deps.booksChanged([...lines, ...(replaced?.lines ?? [])])
  return { order, replayed: false }
}

const priceChanged = ({ amounts, currency, items }: Order): ShopError =>
  new ShopError(
    'price_changed',
    `The total has changed to ${toDecimalText(amounts.total, currency)}. Please review it before you place your order.`,
    {
      quote: {
        ...toOrderAmountFields(amounts, currency),
        items: items.map(({ book_id, price, quantity }) => ({
          book_id,
          price: toDecimal(price, currency),
          quantity,
        })),
      },
    },
  )

/** Checkouts with a method that takes the money first: hold the copies, open a payment page, and make an order of what was paid. */

import { storedCurrency } from '../core/currency.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import { ShopError } from '../core/errors.ts'
import type { CheckoutPlan } from '../orders/checkout.ts'
import {
  agreedWrites,
  commonWrites,
  type NewOrder,
  type ReplacedHold,
  type WriteParts,
} from '../orders/checkout-writes.ts'
import { orderNumber } from '../orders/number.ts'
import type { HeldCheckout, HostedCheckouts, PaymentMethod } from '../orders/payment.ts'
import type { Order } from '../orders/schema.ts'
import { methodUnavailable } from '../orders/terms.ts'
import { isLive } from './checkout-table.ts'
import type { PaymentDeps } from './deps.ts'
import { type HostedProvider, ProviderRefused, ProviderUnavailable } from './provider.ts'
import { reconcile } from './reconcile.ts'
import { releaseCheckout, replacedHold } from './release.ts'
import type { Checkout } from './schema.ts'
import { orderOf, snapshotOf } from './snapshot.ts'

/** A payment page that has not answered is looked for after this time (ms). */
const OPENING_MS = 60_000
/** Lines of a hold that is replaced in one transaction: DynamoDB takes 100 writes, and the new checkout may have 50 lines of its own. */
const MAX_REPLACED_LINES = 30

export const paymentUnavailable = (): ShopError =>
  new ShopError(
    'payment_unavailable',
    'This payment method does not work right now. Nothing was charged, and your cart is unchanged. Please try again in a moment, or choose another method.',
  )

const checkoutPaid = (orderId: string): ShopError =>
  new ShopError('checkout_paid', 'Your earlier payment went through, so you already have this order.', {
    order_id: orderId,
    order_number: orderNumber(orderId),
  })

/**
 * The live hold of a shopper, once its payment page is closed, so that it can be replaced. Throws checkout_paid where it was paid
 * meanwhile, and payment_unavailable where the provider does not answer.
 */
export const replaceableHold = async (
  deps: PaymentDeps,
  userId: string,
  key: string,
): Promise<ReplacedHold | undefined> => {
  const orderId = await deps.checkouts.liveOf(userId)
  const checkout = orderId === undefined ? undefined : await deps.checkouts.get(orderId)
  // A request that is repeated replaces nothing: its key is refused, and its page found again.
  if (orderId === undefined || !checkout || checkout.idempotency_key === key) return undefined
  // It has just ended, and its copies are back.
  if (!isLive(checkout)) return undefined
  const { hosted } = deps
  const provider = hosted.get(checkout.method)
  if (!provider) return undefined
  const ref = checkout.ref ?? (await orUnavailable(provider.find(orderId)))
  const seen = ref === undefined ? undefined : await orUnavailable(provider.close(ref))
  if (seen === undefined || seen.status === 'closed') {
    // Before, and alone: the new hold counts on the same items, and a transaction may touch an item only once.
    for (const held of checkout.held) await wasApplied(deps.db.write(deps.orders.giveBack(held)))
    const known = ref === undefined ? checkout : { ...checkout, ref }
    const hold = replacedHold(deps, known)
    if (hold.lines.length <= MAX_REPLACED_LINES) return hold
    await releaseCheckout(deps, known)
    return { orderId, isReleased: true, lines: [], writes: [], leave: [] }
  }
  const after = await reconcile(deps, orderId)
  // Nothing waits for its payment any more: a debit that is on its way keeps nobody from buying something else.
  if (after?.state === 'processing') return undefined
  throw checkoutPaid(orderId)
}

/** Copies that the live checkout of a shopper holds, by book. */
export const heldCopies = async (
  deps: Pick<PaymentDeps, 'checkouts' | 'currency'>,
  userId: string,
): Promise<ReadonlyMap<string, number>> => {
  const orderId = await deps.checkouts.liveOf(userId)
  const checkout = orderId === undefined ? undefined : await deps.checkouts.get(orderId)
  if (!checkout || !isLive(checkout)) return new Map()
  return new Map(orderOf(deps, checkout).items.map(({ book_id, quantity }) => [book_id, quantity]))
}

/** Releases the hold of a shopper whose payment page was closed for a checkout that was refused then. */
const settleHold = async (deps: PaymentDeps, userId: string): Promise<void> => {
  const orderId = deps.hosted.size === 0 ? undefined : await deps.checkouts.liveOf(userId)
  if (orderId !== undefined) await reconcile(deps, orderId).catch(deps.report)
}

const orUnavailable = async <T>(asking: Promise<T>): Promise<T> => {
  try {
    return await asking
  } catch (error) {
    if (error instanceof ProviderUnavailable || error instanceof ProviderRefused) throw paymentUnavailable()
    throw error
  }
}

/** The checkout that holds these copies, before its payment page is known. */
const newCheckout = ({ cart, order, delivery, key, held, now }: WriteParts): Checkout => ({
  order_id: order.order_id,
  user_id: order.user_id,
  method: order.method,
  delivery,
  state: 'opening',
  version: 1,
  attempt: 1,
  amount: order.amounts.total,
  currency: order.currency.code,
  snapshot: snapshotOf(order),
  cart_id: cart.cart_id,
  ...(cart.version === undefined ? {} : { cart_version: cart.version }),
  idempotency_key: key,
  held: [...held],
  due_at: new Date(now.getTime() + OPENING_MS).toISOString(),
  created_at: now.toISOString(),
})

/** Holds the copies of a cart, which stays as it is. */
export const holdPlan = (
  deps: PaymentDeps,
  method: PaymentMethod,
  userId: string,
  key: string,
): CheckoutPlan => ({
  method,
  replaced: () => replaceableHold(deps, userId, key),
  writes: parts => {
    const { total } = parts.order.amounts
    // There is nothing to pay, and no page to pay it on.
    if (total === 0) return agreedWrites(deps, parts, 'invoice')
    const refusal = deps.hosted.get(method)?.refusalOf(total, deps.currency)
    if (refusal !== undefined) throw methodUnavailable(refusal)
    const begin = deps.checkouts.begin(newCheckout(parts), parts.replaced?.orderId)
    const common = commonWrites(deps, parts)
    return {
      ...common,
      cart: deps.carts.assertVersion(parts.cart, parts.cart.version, parts.now),
      others: [...common.others, begin.checkout, begin.live, ...begin.due],
    }
  },
  find: async (owner, orderId): Promise<Order | undefined> => {
    const order = await deps.orders.get(owner, orderId)
    if (order) return order
    const checkout = await deps.checkouts.get(orderId)
    if (checkout?.state === 'released' || checkout?.state === 'review') throw checkoutOver()
    return checkout && orderOf(deps, checkout)
  },
})

export const checkoutOver = (): ShopError =>
  new ShopError('checkout_over', 'This payment has ended. Your cart is unchanged: please check out again.')

/**
 * Opens the payment page of a held checkout; the same again where it is open. Undefined where the checkout is an order by now. Throws
 * payment_unavailable, after which nothing is held and the same request may be repeated, and checkout_over.
 */
export const openPayment = async (deps: PaymentDeps, orderId: string): Promise<HeldCheckout | undefined> => {
  const { db, checkouts, hosted } = deps
  const checkout = await checkouts.get(orderId)
  if (!checkout || checkout.state === 'confirmed' || checkout.state === 'processing') return undefined
  if (checkout.state === 'released' || checkout.state === 'review') throw checkoutOver()
  const { ref, url, closes_at } = checkout
  if (ref !== undefined && url !== undefined && closes_at !== undefined)
    return opened(orderId, url, closes_at)
  const provider = hosted.get(checkout.method)
  if (!provider) throw paymentUnavailable()
  const page = await open(deps, provider, checkout)
  const { checkout: write, others } = checkouts.change(checkout, {
    ...checkout,
    state: 'held',
    ref: page.ref,
    url: page.url,
    closes_at: page.closesAt,
    due_at: page.closesAt,
  })
  if (await wasApplied(db.transact([write, ...others]))) return opened(orderId, page.url, page.closesAt)
  // A repeated request at the same time has opened the same page, or the hold has ended, and nobody may pay on it.
  const now = await checkouts.get(orderId)
  if (now?.ref === page.ref && now.state === 'held') return opened(orderId, page.url, page.closesAt)
  await orUnavailable(provider.close(page.ref))
  throw checkoutOver()
}

const opened = (orderId: string, url: string, closesAt: string): HeldCheckout => ({
  checkout_id: orderId,
  order_id: orderId,
  payment_url: url,
  hold_until: closesAt,
})

const open = async (deps: PaymentDeps, provider: HostedProvider, checkout: Checkout) => {
  const order: NewOrder = orderOf(deps, checkout)
  const page = `${deps.publicUrl}/checkout/paying/${encodeURIComponent(checkout.order_id)}`
  try {
    return await provider.open({
      orderId: checkout.order_id,
      orderNumber: orderNumber(checkout.order_id),
      attempt: checkout.attempt,
      amount: checkout.amount,
      currency: storedCurrency(checkout.currency),
      email: order.email,
      description: order.items.map(({ title, quantity }) => `${quantity} × ${title}`).join(', '),
      returnUrl: page,
      cancelUrl: `${page}?back`,
    })
  } catch (error) {
    if (!(error instanceof ProviderUnavailable || error instanceof ProviderRefused)) throw error
    if (error instanceof ProviderRefused) deps.report(error)
    // Nobody has seen the payment page, if there is one, so nobody can pay on it.
    await releaseCheckout(deps, checkout, { forgetKey: true })
    throw paymentUnavailable()
  }
}

export const createHostedCheckouts = (deps: PaymentDeps): HostedCheckouts => ({
  plan: (...asked) => holdPlan(deps, ...asked),
  replaceableHold: async (...asked) => (deps.hosted.size === 0 ? undefined : replaceableHold(deps, ...asked)),
  settleHold: userId => settleHold(deps, userId),
  open: orderId => openPayment(deps, orderId),
})

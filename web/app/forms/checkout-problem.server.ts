/** What keeps an order from being placed, as the checkout page says it. */
import { getCart } from '#src/cart/api.ts'
import type { CartView } from '#src/cart/schema.ts'
import { type ErrorCode, errorStatus } from '#src/core/errors.ts'
import { type PageContext, toShopError } from '../loading/page-context.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { retryMessageFor } from './retry-message.server.ts'

export type CheckoutProblem = {
  readonly title: string
  readonly text: string
  readonly lines?: readonly string[]
  /** Whether an account would not have it. */
  readonly needsAccount?: true
  /** What exists instead. */
  readonly link?: { readonly path: string; readonly text: string }
}

type UnavailableItem = { readonly book_id: string; readonly available_quantity: number }

const unavailableProblem = (
  short: readonly UnavailableItem[],
  cart: CartView | undefined,
): CheckoutProblem => ({
  title: t.checkout.unavailableTitle,
  text: t.checkout.unavailable,
  lines: short.map(({ book_id, available_quantity }) =>
    t.checkout.copiesLeft(
      cart?.items.find(item => item.book_id === book_id)?.title ?? book_id,
      available_quantity,
    ),
  ),
})

const guestLimitProblem = (
  code: 'unpaid_limit' | 'mail_limit',
  { per, limit }: Readonly<Record<string, unknown>>,
): CheckoutProblem => {
  const { mailLimitTitle, mailLimit, unpaidLimitTitle, unpaidLimit } = t.checkout
  const needsAccount = true
  if (code === 'mail_limit') return { title: mailLimitTitle, text: mailLimit, needsAccount }
  const text = unpaidLimit[per === 'email' ? 'email' : 'network'](Number(limit))
  return { title: unpaidLimitTitle, text, needsAccount }
}

export const NO_RESPONSE: CheckoutProblem = { title: t.checkout.noResponseTitle, text: t.checkout.noResponse }

const { checkout } = t
/** What a payment keeps an order from being placed for, by the code of the API. */
const PAYMENT_PROBLEMS: { readonly [code in ErrorCode]?: CheckoutProblem } = {
  payment_unavailable: { title: checkout.paymentUnavailableTitle, text: checkout.paymentUnavailable },
  payment_method_unavailable: { title: checkout.methodUnavailableTitle, text: checkout.methodUnavailable },
  invoice_not_allowed: { title: checkout.methodUnavailableTitle, text: checkout.invoiceNotAllowed },
  collection_unavailable: {
    title: checkout.collectionUnavailableTitle,
    text: checkout.collectionUnavailable,
  },
  checkout_over: { title: checkout.checkoutOverTitle, text: checkout.checkoutOver },
}

/** An earlier payment of the shopper, which has become an order or is on its way. */
const paidProblem = ({ order_id, checkout_id }: Readonly<Record<string, unknown>>): CheckoutProblem => ({
  title: checkout.checkoutPaidTitle,
  ...(order_id === undefined
    ? {
        text: checkout.checkoutProcessing,
        link: { path: `/checkout/paying/${checkout_id}`, text: checkout.viewPayment },
      }
    : { text: checkout.checkoutPaid, link: { path: `/orders/${order_id}`, text: t.order.view } }),
})

/** The problem that an error of the API is, and the status of the page. `expected` is the total that the shopper saw. */
export const toProblem = async (
  ctx: PageContext,
  error: unknown,
  expected: number,
): Promise<{ problem: CheckoutProblem; status: number }> => {
  const { code, extra } = toShopError(error)
  if (code === 'out_of_stock') {
    const cart = await ctx.call(getCart, {}).catch(() => undefined)
    return { problem: unavailableProblem(extra.items as readonly UnavailableItem[], cart), status: 409 }
  }
  if (code === 'price_changed') {
    const { total } = extra.quote as { readonly total: number }
    const [before, now] = [expected, total].map(amount => money(amount, ctx.currency))
    return {
      problem: {
        title: t.checkout.totalChangedTitle,
        text: t.checkout.totalChanged(before ?? '', now ?? ''),
      },
      status: 409,
    }
  }
  if (code === 'cart_changed' || code === 'cart_empty' || code === 'idempotency_key_reused')
    return { problem: { title: t.checkout.cartChangedTitle, text: t.checkout.cartChanged }, status: 409 }
  const ofPayment = code === 'checkout_paid' ? paidProblem(extra) : PAYMENT_PROBLEMS[code]
  if (ofPayment) return { problem: ofPayment, status: errorStatus[code] }
  if (code === 'unpaid_limit' || code === 'mail_limit')
    return { problem: guestLimitProblem(code, extra), status: 429 }
  if (code === 'too_many_requests')
    return { problem: { title: t.error.tooManyTitle, text: retryMessageFor(error).text }, status: 429 }
  if (code === 'shop_moving' || code === 'writes_paused')
    return { problem: { title: t.error.tooManyTitle, text: retryMessageFor(error).text }, status: 503 }
  return { problem: NO_RESPONSE, status: 503 }
}

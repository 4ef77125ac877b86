/** Checkout actions: place the order, or explain why not and keep the submitted values. */
import { getCart, removeCartItem, setCartItem } from '#src/cart/api.ts'
import type { CartView } from '#src/cart/schema.ts'
import { placeOrder } from '#src/orders/api.ts'
import { type PageContext, toShopError } from '../loading/page-context.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { type AddressForm, type AddressValues, addressForm, toPostalAddress } from './address-form.server.ts'
import { findInvalidFields, readCheckoutForm } from './checkout-form.server.ts'
import { retryMessageFor } from './retry-message.server.ts'

export type CheckoutProblem = {
  readonly title: string
  readonly text: string
  readonly lines?: readonly string[]
  /** Whether an account would not have it. */
  readonly needsAccount?: true
}

/** Inputs that must be the same for a retry to be idempotent. */
export type OrderAttempt = { readonly key: string; readonly cartVersion: string; readonly total: number }

export type CheckoutActionData =
  | { readonly orderId: string }
  | {
      readonly values: AddressValues
      /** In the order of the page. */
      readonly invalidFields: readonly string[]
      /** The form of the submitted country. */
      readonly addressForm: AddressForm
      readonly problem?: CheckoutProblem
      /** The attempt to repeat unchanged, when its outcome is unknown. */
      readonly attempt?: OrderAttempt
      readonly status: number
    }

const text = (form: FormData, name: string): string => String(form.get(name) ?? '').slice(0, 255)

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

const NO_RESPONSE: CheckoutProblem = { title: t.checkout.noResponseTitle, text: t.checkout.noResponse }

const toProblem = async (
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
  if (code === 'unpaid_limit' || code === 'mail_limit')
    return { problem: guestLimitProblem(code, extra), status: 429 }
  if (code === 'too_many_requests')
    return { problem: { title: t.error.tooManyTitle, text: retryMessageFor(error).text }, status: 429 }
  if (code === 'shop_moving' || code === 'writes_paused')
    return { problem: { title: t.error.tooManyTitle, text: retryMessageFor(error).text }, status: 503 }
  return { problem: NO_RESPONSE, status: 503 }
}

/** Places the order. Idempotent: double clicks and retries return the same order. */
export const submitOrder = async (ctx: PageContext, form: FormData): Promise<CheckoutActionData> => {
  const values = readCheckoutForm(form)
  const invalidFields = findInvalidFields(values)
  const attempt = {
    key: text(form, 'key'),
    cartVersion: text(form, 'cart_version'),
    total: Number(text(form, 'total')),
  }
  const submitted = { values, addressForm: addressForm(values.country ?? '') }
  if (invalidFields.length > 0) return { ...submitted, invalidFields, status: 422 }
  try {
    const order = await ctx.call(placeOrder, {
      headers: { 'idempotency-key': attempt.key },
      body: {
        cart_version: attempt.cartVersion,
        expected_total: attempt.total,
        email: values.email ?? '',
        shipping_address: toPostalAddress(values),
      },
    })
    return { orderId: order.order_id }
  } catch (error) {
    const { problem, status } = await toProblem(ctx, error, attempt.total)
    return {
      ...submitted,
      invalidFields: [],
      problem,
      status,
      ...(status === 429 || status === 503 ? { attempt } : {}),
    }
  }
}

/** The submitted values, with the fields of the chosen country. */
export const showCountry = (form: FormData) => {
  const values = readCheckoutForm(form)
  return { values, addressForm: addressForm(values.country ?? ''), invalidFields: [], status: 200 }
}

/** Reduces the cart to the available copies, and keeps the submitted values. */
export const keepAvailableItems = async (ctx: PageContext, form: FormData): Promise<CheckoutActionData> => {
  const submitted = showCountry(form)
  const cart = await ctx.call(getCart, {}).catch((error: unknown) => toShopError(error) && undefined)
  if (!cart) return { ...submitted, problem: NO_RESPONSE, status: 503 }
  const { items } = cart
  for (const { book_id, available_quantity: left } of items) {
    if (left === undefined) continue
    const params = { book_id }
    const update =
      left === 0
        ? ctx.call(removeCartItem, { params })
        : ctx.call(setCartItem, { params, body: { quantity: left } })
    // A conflict is ignored: the page shows the current cart.
    await update.catch(toShopError)
  }
  return submitted
}

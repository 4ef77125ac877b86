/** Checkout actions: place the order, or explain why not and keep the submitted values. */
import { getCart, removeCartItem, setCartItem } from '#src/cart/api.ts'
import { placeOrder } from '#src/orders/api.ts'
import { PaymentMethod } from '#src/orders/payment.ts'
import type { Delivery } from '#src/orders/schema.ts'
import { type PageContext, toShopError } from '../loading/page-context.ts'
import { type AddressForm, type AddressValues, addressForm, toPostalAddress } from './address-form.server.ts'
import { deliveryOf, findInvalidFields, readCheckoutForm, toCollector } from './checkout-form.server.ts'
import { type CheckoutProblem, NO_RESPONSE, toProblem } from './checkout-problem.server.ts'

/** Inputs that must be the same for a retry to be idempotent. `totals`: of each delivery, as the shopper saw them. */
export type OrderAttempt = {
  readonly key: string
  readonly cartVersion: string
  readonly totals: Readonly<Record<Delivery, number>>
}

export type CheckoutActionData =
  | { readonly orderId: string }
  | { readonly paymentUrl: string }
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

/** Delivery, method of payment and address for the API. */
const toTerms = (values: AddressValues) => {
  const delivery = deliveryOf(values)
  const method = PaymentMethod.safeParse(values[`payment_method_${delivery}`]).data
  return {
    ...(method === undefined ? {} : { payment_method: method }),
    ...(delivery === 'collect'
      ? { delivery, shipping_address: toCollector(values) }
      : { shipping_address: toPostalAddress(values) }),
  }
}

/** Places the order, or begins its payment. Idempotent: double clicks and retries give the same again. */
export const submitOrder = async (ctx: PageContext, form: FormData): Promise<CheckoutActionData> => {
  const values = readCheckoutForm(form)
  const invalidFields = findInvalidFields(values)
  const attempt = {
    key: text(form, 'key'),
    cartVersion: text(form, 'cart_version'),
    totals: { ship: Number(text(form, 'total')), collect: Number(text(form, 'total_collect')) },
  }
  const expected = attempt.totals[deliveryOf(values)]
  const submitted = { values, addressForm: addressForm(values.country ?? '') }
  if (invalidFields.length > 0) return { ...submitted, invalidFields, status: 422 }
  try {
    const placed = await ctx.call(placeOrder, {
      headers: { 'idempotency-key': attempt.key },
      body: {
        cart_version: attempt.cartVersion,
        expected_total: expected,
        email: values.email ?? '',
        ...toTerms(values),
      },
    })
    return 'payment_url' in placed ? { paymentUrl: placed.payment_url } : { orderId: placed.order_id }
  } catch (error) {
    const { problem, status } = await toProblem(ctx, error, expected)
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

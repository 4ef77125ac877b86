/** The checkout's button: an order, or what stands in its way, in words and with nothing lost. */
import { getCart, removeCartItem, setCartItem } from '#src/cart/api.ts'
import type { CartView } from '#src/cart/schema.ts'
import { placeOrder } from '#src/orders/api.ts'
import { refusalOf, type Visit } from '../loading/visit.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { addressOf, type Field, type Typed, typedOf, wrongIn } from './checkout-form.server.ts'
import { retryMessageFor } from './retry-message.server.ts'

export type Obstacle = { readonly title: string; readonly text: string; readonly lines?: readonly string[] }

/** What makes a repeated order the same order. */
export type Attempt = { readonly key: string; readonly cartVersion: string; readonly total: number }

export type CheckoutAnswer =
  | { readonly orderId: string }
  | {
      readonly typed: Typed
      readonly wrong: readonly Field[]
      readonly obstacle?: Obstacle
      /** The try before, to be repeated as it was where nobody knows whether it got through. */
      readonly attempt?: Attempt
      readonly status: number
    }

const text = (form: FormData, name: string): string => String(form.get(name) ?? '').slice(0, 255)

type Short = { readonly book_id: string; readonly available_quantity: number }

const soldOut = (short: readonly Short[], cart: CartView | undefined): Obstacle => ({
  title: t.checkout.unavailableTitle,
  text: t.checkout.unavailable,
  lines: short.map(({ book_id, available_quantity }) =>
    t.checkout.copiesLeft(
      cart?.items.find(item => item.book_id === book_id)?.title ?? book_id,
      available_quantity,
    ),
  ),
})

const busy: Obstacle = { title: t.checkout.noResponseTitle, text: t.checkout.noResponse }

const obstacleFor = async (
  visit: Visit,
  error: unknown,
  expected: number,
): Promise<{ obstacle: Obstacle; status: number }> => {
  const { code, extra } = refusalOf(error)
  if (code === 'out_of_stock') {
    const cart = await visit.change(getCart, {}).catch(() => undefined)
    return { obstacle: soldOut(extra.items as readonly Short[], cart), status: 409 }
  }
  if (code === 'price_changed') {
    const { total } = extra.quote as { readonly total: number }
    const [before, now] = [expected, total].map(amount => money(amount, visit.currency))
    return {
      obstacle: {
        title: t.checkout.totalChangedTitle,
        text: t.checkout.totalChanged(before ?? '', now ?? ''),
      },
      status: 409,
    }
  }
  if (code === 'cart_changed' || code === 'cart_empty' || code === 'idempotency_key_reused')
    return { obstacle: { title: t.checkout.cartChangedTitle, text: t.checkout.cartChanged }, status: 409 }
  if (code === 'too_many_requests')
    return { obstacle: { title: t.error.tooManyTitle, text: retryMessageFor(error).text }, status: 429 }
  return { obstacle: busy, status: 503 }
}

/** Places the order that the form describes; double clicks and repeats give the same order again. */
export const submitOrder = async (visit: Visit, form: FormData): Promise<CheckoutAnswer> => {
  const typed = typedOf(form)
  const wrong = wrongIn(typed)
  const attempt = {
    key: text(form, 'key'),
    cartVersion: text(form, 'cart_version'),
    total: Number(text(form, 'total')),
  }
  if (wrong.length > 0) return { typed, wrong, status: 422 }
  const { email, ...address } = typed
  try {
    const order = await visit.change(placeOrder, {
      headers: { 'idempotency-key': attempt.key },
      body: {
        cart_version: attempt.cartVersion,
        expected_total: attempt.total,
        email,
        shipping_address: addressOf(address),
      },
    })
    return { orderId: order.order_id }
  } catch (error) {
    const { obstacle, status } = await obstacleFor(visit, error, attempt.total)
    return { typed, wrong: [], obstacle, status, ...(status === 429 || status === 503 ? { attempt } : {}) }
  }
}

/** Leaves in the cart what can be had, and keeps what was typed. */
export const takeWhatIsLeft = async (visit: Visit, form: FormData): Promise<CheckoutAnswer> => {
  const typed = typedOf(form)
  const cart = await visit.change(getCart, {}).catch((error: unknown) => refusalOf(error) && undefined)
  if (!cart) return { typed, wrong: [], obstacle: busy, status: 503 }
  const { items } = cart
  for (const { book_id, available_quantity: left } of items) {
    if (left === undefined) continue
    const params = { book_id }
    const mended =
      left === 0
        ? visit.change(removeCartItem, { params })
        : visit.change(setCartItem, { params, body: { quantity: left } })
    // Changed again meanwhile: the page that follows shows how it stands.
    await mended.catch(refusalOf)
  }
  return { typed, wrong: [], status: 200 }
}

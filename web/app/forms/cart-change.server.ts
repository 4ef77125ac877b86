/** Action of the cart forms. */
import { addCartItem, removeCartItem, setCartItem } from '#src/cart/api.ts'
import type { CartView } from '#src/cart/schema.ts'
import { type PageContext, toShopError } from '../loading/page-context.ts'
import { t } from '../texts/texts.ts'

export type CartProblem = { readonly bookId: string; readonly text: string; readonly status: number }
/** A book that was removed with all its copies. */
export type RemovedLine = { readonly bookId: string; readonly quantity: number }
export type CartActionData =
  | { readonly count: number; readonly removed?: RemovedLine }
  | { readonly problem: CartProblem }

const text = (form: FormData, name: string): string => String(form.get(name) ?? '').slice(0, 100)

const sendChange = (call: PageContext['call'], form: FormData): Promise<CartView> => {
  const book_id = text(form, 'book_id')
  const quantity = Number(text(form, 'quantity') || 1)
  if (text(form, 'intent') === 'add') return call(addCartItem, { body: { book_id, quantity } })
  const params = { book_id }
  return quantity === 0 ? call(removeCartItem, { params }) : call(setCartItem, { params, body: { quantity } })
}

const messageFor = (code: string, extra: Readonly<Record<string, unknown>>): string => {
  const { cart, other, tooMany } = t.error
  if (code === 'out_of_stock') {
    const [item] = (extra.items ?? []) as readonly { readonly available_quantity?: number }[]
    return cart.out_of_stock(item?.available_quantity)
  }
  if (code === 'invalid_request') return cart.quantity_limit
  if (code === 'too_many_requests') return tooMany(Number(extra.retry_after))
  return code in cart ? String(cart[code as 'line_limit']) : other
}

const removedLine = (form: FormData): RemovedLine | undefined => {
  const quantity = Number(text(form, 'had'))
  const isRemoval = text(form, 'intent') === 'set' && text(form, 'quantity') === '0'
  return isRemoval && quantity > 0 ? { bookId: text(form, 'book_id'), quantity } : undefined
}

/**
 * Changes the cart. Form fields: intent (add or set), book_id, quantity (0 removes the book), and had, the
 * quantity before, with which a removal can be undone.
 */
export const changeCart = async ({ call }: PageContext, form: FormData): Promise<CartActionData> => {
  try {
    const { item_count: count } = await sendChange(call, form)
    const removed = removedLine(form)
    return removed ? { count, removed } : { count }
  } catch (error) {
    const { code, extra } = toShopError(error)
    const status = code.startsWith('store_') ? 503 : code === 'too_many_requests' ? 429 : 409
    return { problem: { bookId: text(form, 'book_id'), text: messageFor(code, extra), status } }
  }
}

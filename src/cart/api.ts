/** Endpoints of the cart, as data. A caller has access to their own cart alone. */
import * as z from 'zod'
import { BookId } from '../catalog/schema.ts'
import { endpoint } from '../http/endpoint.ts'
import { HOUR, type RateLimit } from '../http/rate-limits.ts'
import { AddItem, CartView, SetQuantity } from './schema.ts'

/**
 * New carts of guests, most of which come with a new cookie: many for a school or a café behind one address, and few for who would fill
 * the table. Counted in batches, because nearly every network begins few carts and then costs no write.
 */
export const NEW_GUEST_CARTS = {
  per: 'ip',
  of: 'new carts of guests',
  max: 300,
  seconds: HOUR,
  batch: 10,
} as const satisfies RateLimit

const LinePath = z.object({ book_id: BookId })

export const getCart = endpoint({
  id: 'getCart',
  method: 'GET',
  path: '/api/cart',
  summary: 'The caller’s cart at today’s prices, with changes since the books were added',
  access: 'shopper',
  cache: 'private',
  status: 200,
  reply: CartView,
  errors: [],
})

export const addCartItem = endpoint({
  id: 'addCartItem',
  method: 'POST',
  path: '/api/cart/items',
  summary: 'Add copies of a book. The first add creates the cart, and the cookie of a guest',
  access: 'shopper',
  limitsInHandler: [NEW_GUEST_CARTS],
  cache: 'private',
  body: AddItem,
  status: 200,
  reply: CartView,
  errors: ['book_not_found', 'out_of_stock', 'quantity_limit', 'line_limit'],
})

export const setCartItem = endpoint({
  id: 'setCartItem',
  method: 'PUT',
  path: '/api/cart/items/{book_id}',
  summary: 'Set the quantity of a book in the cart',
  access: 'shopper',
  cache: 'private',
  params: LinePath,
  body: SetQuantity,
  status: 200,
  reply: CartView,
  errors: ['cart_line_not_found', 'book_not_found', 'out_of_stock'],
})

export const removeCartItem = endpoint({
  id: 'removeCartItem',
  method: 'DELETE',
  path: '/api/cart/items/{book_id}',
  summary: 'Remove a book from the cart',
  access: 'shopper',
  cache: 'private',
  params: LinePath,
  status: 200,
  reply: CartView,
  errors: ['cart_line_not_found'],
})

export const emptyCart = endpoint({
  id: 'emptyCart',
  method: 'DELETE',
  path: '/api/cart',
  summary: 'Empty the cart',
  access: 'shopper',
  cache: 'private',
  status: 200,
  reply: CartView,
  errors: [],
})

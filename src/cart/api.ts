/** The endpoints of the cart, as data: always the caller's own. */
import * as z from 'zod'
import { BookId } from '../catalog/schema.ts'
import { endpoint } from '../http/endpoint.ts'
import { AddItem, CartView, SetQuantity } from './schema.ts'

const LinePath = z.object({ book_id: BookId })

export const getCart = endpoint({
  id: 'getCart',
  method: 'GET',
  path: '/api/cart',
  summary: 'The caller’s cart at today’s prices, with what changed since the books were added',
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
  summary: 'Add copies of a book; the first add makes the cart and the guest’s cookie',
  access: 'shopper',
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
  summary: 'Set how many copies of a book the cart has',
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
  summary: 'Take a book out of the cart',
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

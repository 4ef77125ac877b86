/** All endpoints of the shop, as data: what OpenAPI, the gateway and the tests of the policies walk. */
import * as cart from './cart/api.ts'
import * as catalog from './catalog/api.ts'
import { getHealth } from './health/health.ts'
import type { Endpoint } from './http/endpoint.ts'
import * as orders from './orders/api.ts'

export const endpoints: readonly Endpoint[] = [
  catalog.browseBooks,
  catalog.searchBooks,
  catalog.suggestBooks,
  catalog.categoryBooks,
  catalog.listCategories,
  catalog.getBook,
  catalog.getStock,
  catalog.createBook,
  catalog.replaceBook,
  catalog.changeBook,
  catalog.deleteBook,
  catalog.putCover,
  cart.getCart,
  cart.addCartItem,
  cart.setCartItem,
  cart.removeCartItem,
  cart.emptyCart,
  orders.placeOrder,
  orders.listOrders,
  orders.lookUpOrder,
  orders.openOrderLink,
  orders.getOrder,
  orders.cancelOrder,
  orders.setOrderStatus,
  getHealth,
]

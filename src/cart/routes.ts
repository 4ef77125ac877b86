/** The cart's handlers. A visitor becomes a guest, with a cookie, when the first book goes in. */
import { type Route, route } from '../http/app.ts'
import * as api from './api.ts'
import * as service from './service.ts'

export const cartRoutes = (deps: service.CartDeps): Route[] => [
  route(api.getCart, ({ identity }) => service.readCart(deps, identity.userId)),
  route(api.addCartItem, ({ identity, body }) => service.addItem(deps, identity.becomeShopper(), body)),
  route(api.setCartItem, ({ identity, params, body }) =>
    service.setQuantity(deps, identity.userId, params.book_id, body.quantity),
  ),
  route(api.removeCartItem, ({ identity, params }) =>
    service.removeItem(deps, identity.userId, params.book_id),
  ),
  route(api.emptyCart, ({ identity }) => service.clearCart(deps, identity.userId)),
]

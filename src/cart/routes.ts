/** The cart's handlers. A visitor becomes a guest, with a cookie, when the first book goes in. */
import { type Route, route } from '../http/app.ts'
import type { Identity } from '../http/identity.ts'
import * as api from './api.ts'
import type { CartDeps } from './deps.ts'
import { mergeGuestCart } from './merge.ts'
import * as service from './service.ts'

export type CartRouteDeps = CartDeps & { readonly report: (error: unknown) => void }

export const cartRoutes = (deps: CartRouteDeps): Route[] => {
  /**
   * Who calls. One who has signed in with a guest's cart in the browser brings it along, here and not at the sign-in: there a
   * failure would be in the way, and here the next request simply tries again.
   */
  const shopper = async ({ session, guestId, userId }: Identity): Promise<string | undefined> => {
    if (session && guestId !== undefined)
      await mergeGuestCart(deps, session.userId, guestId).catch(error => deps.report(error))
    return userId
  }

  return [
    route(api.getCart, async ({ identity }) => service.readCart(deps, await shopper(identity))),
    route(api.addCartItem, async ({ identity, body }) => {
      const userId = await shopper(identity)
      return userId === undefined
        ? service.addFirstItem(deps, identity.becomeShopper(), body)
        : service.addItem(deps, identity.becomeShopper(), body)
    }),
    route(api.setCartItem, async ({ identity, params, body }) =>
      service.setQuantity(deps, await shopper(identity), params.book_id, body.quantity),
    ),
    route(api.removeCartItem, async ({ identity, params }) =>
      service.removeItem(deps, await shopper(identity), params.book_id),
    ),
    route(api.emptyCart, async ({ identity }) => service.clearCart(deps, await shopper(identity))),
  ]
}

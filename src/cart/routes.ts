/** Handlers of the cart. A visitor becomes a guest, with a cookie, when they add the first book. */

import type { Identity } from '../http/identity.ts'
import { type Route, route } from '../http/route.ts'
import * as api from './api.ts'
import type { CartDeps } from './deps.ts'
import { mergeGuestCart } from './merge.ts'
import * as service from './service.ts'

export type CartRouteDeps = CartDeps & { readonly report: (error: unknown) => void }

export const cartRoutes = (deps: CartRouteDeps): Route[] => {
  /**
   * The caller's user id. Merges the guest cart of the browser into the account's cart first. That is done here and not at
   * sign-in, where a failure would be in the way; here the next request tries again.
   */
  const shopperId = async ({ session, guestId, userId }: Identity): Promise<string | undefined> => {
    if (session && guestId !== undefined)
      await mergeGuestCart(deps, session.userId, guestId).catch(error => deps.report(error))
    return userId
  }

  return [
    route(api.getCart, async ({ identity }) => service.readCart(deps, await shopperId(identity))),
    route(api.addCartItem, async ({ identity, body, countOn }) => {
      const userId = await shopperId(identity)
      // Also for a guest with a cookie, who may have made it up.
      const beforeNewCart = identity.session ? undefined : () => countOn(api.NEW_GUEST_CARTS)
      return userId === undefined
        ? service.addFirstItem(deps, identity.becomeShopper(), body, beforeNewCart)
        : service.addItem(deps, identity.becomeShopper(), body, beforeNewCart)
    }),
    route(api.setCartItem, async ({ identity, params, body }) =>
      service.setQuantity(deps, await shopperId(identity), params.book_id, body.quantity),
    ),
    route(api.removeCartItem, async ({ identity, params }) =>
      service.removeItem(deps, await shopperId(identity), params.book_id),
    ),
    route(api.emptyCart, async ({ identity }) => service.clearCart(deps, await shopperId(identity))),
  ]
}

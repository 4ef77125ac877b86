/** Handlers of payments; those of the events of providers are in event-routes.ts. */
import { storedCurrency } from '../core/currency.ts'
import { ShopError } from '../core/errors.ts'
import { toDecimal } from '../core/money.ts'
import type { Identity } from '../http/identity.ts'
import { type Route, route } from '../http/route.ts'
import { orderNumber } from '../orders/number.ts'
import type { CheckoutView } from './api.ts'
import * as api from './api.ts'
import { paymentUnavailable } from './hosted-checkouts.ts'
import { checkoutOptions, type OptionDeps } from './options.ts'
import { ProviderRefused, ProviderUnavailable } from './provider.ts'
import { type ReconcileOptions, reconcile } from './reconcile.ts'
import type { Checkout } from './schema.ts'
import { orderOf } from './snapshot.ts'

export type PaymentRouteDeps = OptionDeps

const checkoutNotFound = (): ShopError => new ShopError('checkout_not_found', 'This checkout does not exist.')

export const paymentRoutes = (deps: PaymentRouteDeps): Route[] => {
  const view = (checkout: Checkout): CheckoutView => {
    const { order_id, state, method, url, closes_at, amount, currency } = checkout
    const isOpen = state === 'held' && url !== undefined && closes_at !== undefined
    return {
      checkout_id: order_id,
      order_id,
      order_number: orderNumber(order_id),
      state,
      method,
      ...(isOpen ? { payment_url: url, hold_until: closes_at } : {}),
      total: toDecimal(amount, storedCurrency(currency)),
      currency,
      items: orderOf(deps, checkout).items.map(({ book_id, title, quantity }) => ({
        book_id,
        title,
        quantity,
      })),
    }
  }

  /** The caller's checkout, after it was reconciled. Throws checkout_not_found, for another shopper's too. */
  const reconciled = async (
    { userId, guestId }: Identity,
    id: string,
    options: ReconcileOptions,
  ): Promise<CheckoutView> => {
    const checkout = await deps.checkouts.get(id)
    if (!checkout || ![userId, guestId].includes(checkout.user_id)) throw checkoutNotFound()
    if (!isOpen(checkout)) return view(checkout)
    try {
      return view((await reconcile(deps, id, options)) ?? checkout)
    } catch (error) {
      if (error instanceof ProviderUnavailable || error instanceof ProviderRefused) throw paymentUnavailable()
      throw error
    }
  }

  return [
    route(api.getCheckoutOptions, ({ identity }) =>
      checkoutOptions(deps, identity.userId, identity.session?.userId),
    ),
    route(api.getCheckout, ({ identity, params }) => reconciled(identity, params.checkout_id, {})),
    route(api.cancelCheckout, ({ identity, params }) =>
      reconciled(identity, params.checkout_id, { close: true }),
    ),
  ]
}

const isOpen = ({ state }: Checkout): boolean =>
  state === 'opening' || state === 'held' || state === 'processing'

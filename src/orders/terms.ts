/** Terms of a checkout: method of payment, delivery, and what follows from them for its price and its address. */
import type { PriceRules } from '../cart/pricing.ts'
import { ShopError } from '../core/errors.ts'
import { minorUnits } from '../core/money.ts'
import type { Terms } from './checkout-writes.ts'
import type { OrderDeps } from './deps.ts'
import type { PaymentMethod } from './payment.ts'
import type { Delivery, PlaceOrder } from './schema.ts'

export type PricedTerms = Terms & { readonly rules: PriceRules }

type TermDeps = Pick<OrderDeps, 'rules' | 'collection' | 'shop' | 'methods'>

/** The method that a checkout names, or the first that is offered. Throws payment_method_unavailable. */
export const methodOf = (
  { methods }: Pick<TermDeps, 'methods'>,
  { payment_method }: PlaceOrder,
): PaymentMethod => {
  const method = payment_method ?? methods[0]
  if (method !== undefined && methods.includes(method)) return method
  throw new ShopError('payment_method_unavailable', 'This shop does not offer this method of payment.', {
    methods,
  })
}

/** Prices of an order that is delivered so: nothing is charged for shipping of one that is collected. */
export const rulesFor = ({ rules }: Pick<TermDeps, 'rules'>, delivery: Delivery): PriceRules =>
  delivery === 'collect' ? { ...rules, shipping: minorUnits(0) } : rules

/** The terms of a checkout. Throws collection_unavailable. */
export const termsOfCheckout = (
  deps: TermDeps,
  { delivery = 'ship', shipping_address }: PlaceOrder,
  method: PaymentMethod,
): PricedTerms => {
  const rules = rulesFor(deps, delivery)
  if (delivery === 'ship') return { method, delivery, rules, address: shipping_address }
  if (!deps.collection)
    throw new ShopError('collection_unavailable', 'Orders cannot be collected in this shop.')
  const { name, phone } = shipping_address
  const [street, ...rest] = deps.shop.address
  return { method, delivery, rules, address: { name, street, city: rest.join(', '), phone } }
}

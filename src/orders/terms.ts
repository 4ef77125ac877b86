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

/** The method that a checkout names, whether or not it is offered, or the first that is. */
export const methodOf = (
  { methods: [first = 'invoice'] }: Pick<TermDeps, 'methods'>,
  { payment_method = first }: PlaceOrder,
): PaymentMethod => payment_method

export const methodUnavailable = (why: string): ShopError => new ShopError('payment_method_unavailable', why)

const assertOffered = ({ methods }: TermDeps, method: PaymentMethod, delivery: Delivery): void => {
  if (!methods.includes(method)) throw methodUnavailable('This shop does not offer this method of payment.')
  if (method === 'collection' && delivery === 'ship')
    throw methodUnavailable('Orders that are shipped cannot be paid in the shop.')
}

/** Prices of an order that is delivered so: nothing is charged for shipping of one that is collected. */
export const rulesFor = ({ rules }: Pick<TermDeps, 'rules'>, delivery: Delivery): PriceRules =>
  delivery === 'collect' ? { ...rules, shipping: minorUnits(0) } : rules

/** The terms of a checkout. Throws payment_method_unavailable and collection_unavailable. */
export const termsOfCheckout = (
  deps: TermDeps,
  { delivery = 'ship', shipping_address }: PlaceOrder,
  method: PaymentMethod,
): PricedTerms => {
  assertOffered(deps, method, delivery)
  const rules = rulesFor(deps, delivery)
  if (delivery === 'ship') return { method, delivery, rules, address: shipping_address }
  if (!deps.collection)
    throw new ShopError('collection_unavailable', 'Orders cannot be collected in this shop.')
  const { name, phone } = shipping_address
  const [street, ...rest] = deps.shop.address
  return { method, delivery, rules, address: { name, street, city: rest.join(', '), phone } }
}

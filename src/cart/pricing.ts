/** Price calculation of a cart: exact to the cent, tax once on the subtotal, rounded half up. */
import { applyRate, type Cents, cents, multiply, type Rate, sum } from '../core/money.ts'
import type { Adjustment, PricedAmounts } from './amounts.ts'

export type PriceRules = { readonly tax: Rate; readonly shipping: Cents }

/** The amounts of `lines` (prices in whole cents). Without lines there is no shipping charge either. */
export const calculateAmounts = (
  lines: readonly { readonly price: Cents; readonly quantity: number }[],
  rules: PriceRules,
): PricedAmounts => {
  const subtotal = sum(lines.map(line => multiply(line.price, line.quantity)))
  const adjustments: readonly Adjustment[] = []
  const tax = applyRate(subtotal, rules.tax)
  const shipping = lines.length > 0 ? rules.shipping : cents(0)
  const total = sum([subtotal, ...adjustments.map(({ amount }) => amount), tax, shipping])
  return { subtotal, adjustments, tax, shipping, total }
}

/** Price calculation of a cart: exact to the minor unit of the currency, tax once on the subtotal, rounded half up. */
import { applyRate, type MinorUnits, minorUnits, multiply, type Rate, sum } from '../core/money.ts'
import type { Adjustment, PricedAmounts } from './amounts.ts'

export type PriceRules = { readonly tax: Rate; readonly shipping: MinorUnits }

/** The amounts of `lines` (prices in minor units). Without lines there is no shipping charge either. */
export const calculateAmounts = (
  lines: readonly { readonly price: MinorUnits; readonly quantity: number }[],
  rules: PriceRules,
): PricedAmounts => {
  const subtotal = sum(lines.map(line => multiply(line.price, line.quantity)))
  const adjustments: readonly Adjustment[] = []
  const tax = applyRate(subtotal, rules.tax)
  const shipping = lines.length > 0 ? rules.shipping : minorUnits(0)
  const total = sum([subtotal, ...adjustments.map(({ amount }) => amount), tax, shipping])
  return { subtotal, adjustments, tax, shipping, total }
}

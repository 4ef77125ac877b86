/** What a cart costs: exact to the cent, tax once on the subtotal, half up. */
import { applyRate, type Cents, cents, multiply, type Rate, sum } from '../core/money.ts'

export type PriceRules = { readonly tax: Rate; readonly shipping: Cents }
export type Totals = {
  readonly subtotal: Cents
  readonly tax: Cents
  readonly shipping: Cents
  readonly total: Cents
}

/** The totals of `lines` (prices in whole cents); nothing costs nothing, shipping included. */
export const totalsOf = (
  lines: readonly { readonly price: Cents; readonly quantity: number }[],
  rules: PriceRules,
): Totals => {
  const subtotal = sum(lines.map(line => multiply(line.price, line.quantity)))
  const tax = applyRate(subtotal, rules.tax)
  const shipping = lines.length > 0 ? rules.shipping : cents(0)
  return { subtotal, tax, shipping, total: sum([subtotal, tax, shipping]) }
}

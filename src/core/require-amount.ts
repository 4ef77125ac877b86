/** Amounts in request bodies, whose decimals depend on the currency of the shop. */
import { type Currency, decimalsOf } from './currency.ts'
import { ShopError } from './errors.ts'
import { type MinorUnits, parseDecimal } from './money.ts'

/** The amount of a field. Throws invalid_request where it has more decimals than the currency. */
export const requireAmount = (field: string, decimal: number, currency: Currency): MinorUnits => {
  const amount = parseDecimal(decimal, currency)
  if (amount !== undefined) return amount
  const [where, message] = [`body.${field}`, `must have ${decimalsOf(currency)}`]
  throw new ShopError('invalid_request', `${where}: ${message}`, { errors: [{ where, message }] })
}

/** Currencies by their code, for tests. */
import { priceBands } from '#src/catalog/price-bands.ts'
import { type Currency, findCurrency } from '#src/core/currency.ts'

/** Throws TypeError for a code that ISO 4217 does not have. */
export const currency = (code: string): Currency => {
  const found = findCurrency(code)
  if (!found) throw new TypeError(`not a currency: ${code}`)
  return found
}

export const USD = currency('USD')
export const USD_BANDS = priceBands(USD)

/** Price bands of the price facet, by currency: 10, 20, 30 and 50 times the currency's price level. */
import type { Currency } from '../core/currency.ts'
import { fromDecimal, type MinorUnits } from '../core/money.ts'
import { priceLevel } from './price.ts'

/** From `min`, included, up to `end`, which is the next band's `min`. */
export type PriceBand = {
  readonly name: string
  readonly min?: MinorUnits
  readonly end?: MinorUnits
}

const BOUNDS = [10, 20, 30, 50]

/** The bands in their order: in dollars under-10, 10-20, 20-30, 30-50 and over-50; in yen under-1000 and so on. */
export const priceBands = (currency: Currency): readonly PriceBand[] => {
  const bounds = BOUNDS.map(bound => bound * priceLevel(currency))
  return [undefined, ...bounds].map((from, i) => {
    const to = bounds[i]
    return {
      name: from === undefined ? `under-${to}` : to === undefined ? `over-${from}` : `${from}-${to}`,
      ...(from === undefined ? {} : { min: fromDecimal(from, currency) }),
      ...(to === undefined ? {} : { end: fromDecimal(to, currency) }),
    }
  })
}

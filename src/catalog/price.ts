/** Prices of books by currency: the level at which a currency writes them, and the highest that the shop takes. */
import levels from '../../data/price-levels.json' with { type: 'json' }
import type { Currency } from '../core/currency.ts'
import { ShopError } from '../core/errors.ts'
import type { MinorUnits } from '../core/money.ts'
import { requireAmount } from '../core/require-amount.ts'
import { MAX_STORED_PRICE } from './schema.ts'

const EXPONENTS: Readonly<Record<string, number>> = levels.exponents

/** What a price of one US dollar is of the order of: 1 in euros, 100 in yen. A power of ten, and no rate of exchange. */
export const priceLevel = ({ code }: Currency): number => 10 ** (EXPONENTS[code] ?? 0)

/** The highest price that is taken, in units of the currency: more is a slip of the keyboard. */
export const maxPrice = (currency: Currency): number =>
  Math.min(100_000 * priceLevel(currency), MAX_STORED_PRICE)

/** The price in a request body. Throws invalid_request where it is too high, or has more decimals than the currency. */
export const requirePrice = (price: number, currency: Currency): MinorUnits => {
  if (price <= maxPrice(currency)) return requireAmount('price', price, currency)
  const [where, message] = ['body.price', `must be at most ${maxPrice(currency)}`]
  throw new ShopError('invalid_request', `${where}: ${message}`, { errors: [{ where, message }] })
}

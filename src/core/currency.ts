/**
 * Currencies with their minor units (cents, fils; a yen has none), from the dated table of ISO 4217 in data/currencies.json.
 * `Intl` is no source: it follows the coins in use, and differs from ISO 4217 where they are no longer minted.
 */
import list from '../../data/currencies.json' with { type: 'json' }

export type Currency = {
  /** ISO 4217, such as EUR. */
  readonly code: string
  /** Decimals of an amount: 2 where there are 100 minor units. */
  readonly decimals: number
}

const MINOR_UNITS: Readonly<Record<string, number>> = list.minor_units

/** The currency of an ISO 4217 code; undefined for any other text, and for codes without minor units such as XAU. */
export const findCurrency = (code: string): Currency | undefined => {
  const decimals = Object.hasOwn(MINOR_UNITS, code) ? MINOR_UNITS[code] : undefined
  return decimals === undefined ? undefined : { code, decimals }
}

/** The currency of a code that another client may have stored. One that is not in the table has two decimals. */
export const storedCurrency = (code: string): Currency => findCurrency(code) ?? { code, decimals: 2 }

/** For example: at most 2 decimals. */
export const decimalsOf = ({ decimals }: Currency): string =>
  decimals === 0 ? 'no decimals' : `at most ${decimals} decimals`

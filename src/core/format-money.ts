/** Amounts as people read them: $42.99, ¥1,857, KWD 1.500. */
import { findCurrency } from './currency.ts'

const formats = new Map<string, Intl.NumberFormat>()

const formatFor = (locale: string, currency: string, decimals: number): Intl.NumberFormat => {
  const key = `${locale} ${currency} ${decimals}`
  const known = formats.get(key)
  if (known) return known
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits })
  formats.set(key, format)
  return format
}

/** The most that `Intl` has accepted in every browser. */
const MAX_DECIMALS = 20

/**
 * A decimal amount in a currency of ISO 4217, with the decimals of its minor unit; with more only where it has more, because
 * another client stored it so. A text that is not a currency is put behind the number.
 */
export const formatMoney = (amount: number, currency: string, locale: string): string => {
  const { decimals } = findCurrency(currency) ?? { decimals: 2 }
  const own = String(amount).split('.')[1]?.length ?? 0
  if (!/^[A-Za-z]{3}$/.test(currency)) return `${amount.toFixed(Math.max(decimals, own))} ${currency}`
  return formatFor(locale, currency, Math.min(Math.max(decimals, own), MAX_DECIMALS)).format(amount)
}

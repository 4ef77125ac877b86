/**
 * Money is minor units of a currency inside the shop (cents, yen, fils); the specification's decimals (42.99) appear only in
 * tables and JSON, and are converted here and nowhere else. Amounts are rounded here, half up to the minor unit.
 */
import type { Currency } from './currency.ts'

/**
 * An amount in minor units. Every amount that the shop calculates or accepts is whole. One that another client stored with
 * more decimals than its currency has keeps them as a fraction, so that it is shown and exported as it is stored.
 */
export type MinorUnits = number & { readonly __unit: 'minor units' }

/** Sign, units, and the decimals without zeros at their end. */
const DECIMAL = /^(-?)(\d{1,12})(?:\.(?=\d)(\d*?)0*)?$/

/** A whole number of minor units; throws RangeError on a fraction, so that a float never slips in. */
export const minorUnits = (whole: number): MinorUnits => {
  if (!Number.isSafeInteger(whole)) throw new RangeError(`not a whole number of minor units: ${whole}`)
  return whole as MinorUnits
}

/** Whether the amount has no more decimals than its currency. */
export const isWhole = (amount: MinorUnits): boolean => Number.isSafeInteger(amount)

/** `value` times 10 ** `places`, by its decimal digits: 42.995 by 2 places is 4299.5. */
const shift = (value: number, places: number): number => {
  const [digits, exponent = '0'] = String(value).split('e')
  return Number(`${digits}e${Number(exponent) + places}`)
}

/** A finite decimal as it is stored, in minor units; decimals that the currency does not have become a fraction. */
export const fromDecimal = (decimal: number, { decimals }: Currency): MinorUnits => {
  const scale = 10 ** decimals
  const whole = Math.round(decimal * scale)
  // The double nearest to whole minor units divided by the scale is the one that the decimal itself is read as.
  return (whole !== 0 && whole / scale === decimal ? whole : shift(decimal, decimals) || 0) as MinorUnits
}

/**
 * '42.99', '43' or 42.99 as an amount of the currency; undefined for more decimals than it has, or anything but a plain
 * number: no exponent, no hexadecimal digits, no blank.
 */
export const parseDecimal = (value: string | number, currency: Currency): MinorUnits | undefined => {
  const match = DECIMAL.exec(String(value))
  if (!match || (match[3] ?? '').length > currency.decimals) return undefined
  const amount = fromDecimal(Number(value), currency)
  return isWhole(amount) ? amount : undefined
}

/** The amount as the JSON number of the specification: 4299 -> 42.99 (the nearest double prints just those decimals). */
export const toDecimal = (amount: MinorUnits, { decimals }: Currency): number =>
  isWhole(amount) ? amount / 10 ** decimals : shift(amount, -decimals)

/** The amount as text with all decimals of its currency: '43.00', '1857', '1.500'; with more only if it is stored so. */
export const toDecimalText = (amount: MinorUnits, currency: Currency): string =>
  isWhole(amount)
    ? toDecimal(amount, currency).toFixed(currency.decimals)
    : String(toDecimal(amount, currency))

/** What a price looks like in this currency, for messages: 12.50 in euros, 1250 in yen. */
export const examplePrice = (currency: Currency): string =>
  currency.decimals === 0 ? '1250' : (12.5).toFixed(currency.decimals)

/** Price of `quantity` pieces, rounded half up to whole minor units where the price of one has a fraction. */
export const multiply = (amount: MinorUnits, quantity: number): MinorUnits => {
  const product = amount * quantity
  // 15 digits are exact in a double: what is behind them is the error of the multiplication.
  return minorUnits(isWhole(amount) ? product : Math.round(Number(product.toPrecision(15))))
}

export const sum = (amounts: Iterable<MinorUnits>): MinorUnits => {
  let total = 0
  for (const amount of amounts) total += amount
  return minorUnits(total)
}

/** A rate such as tax, as an exact fraction of integers: '0.08' -> 8 / 100. */
export type Rate = { readonly numerator: bigint; readonly denominator: bigint }

/** '0.08' as a rate; undefined unless it is a decimal from 0 up to but not including 1, of at most 9 decimals. */
export const parseRate = (text: string): Rate | undefined => {
  const match = /^0(?:\.(\d{1,9}))?$/.exec(text)
  if (!match) return undefined
  const decimals = match[1] ?? ''
  return { numerator: BigInt(decimals || '0'), denominator: 10n ** BigInt(decimals.length) }
}

/** `rate` of a non-negative `amount`, rounded half up to whole minor units. */
export const applyRate = (amount: MinorUnits, rate: Rate): MinorUnits =>
  minorUnits(Number((2n * BigInt(amount) * rate.numerator + rate.denominator) / (2n * rate.denominator)))

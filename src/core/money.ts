/**
 * Money is whole cents inside the shop; the specification's decimals (42.99) appear only in tables and JSON,
 * and are converted here and nowhere else.
 */
export type Cents = number & { readonly __unit: 'cents' }

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,2})0*)?$/

/** Whole cents as `Cents`; throws on a fraction, so that a float never slips in. */
export const cents = (whole: number): Cents => {
  if (!Number.isSafeInteger(whole)) throw new RangeError(`not a whole number of cents: ${whole}`)
  return whole as Cents
}

/** '42.99', '43' or 42.99 as cents; undefined for more than two decimals, or anything but a plain number. */
export const parseDecimal = (value: string | number): Cents | undefined => {
  if (typeof value === 'number') {
    // The double nearest to whole cents divided by 100 is the one that the decimal itself is read as.
    const whole = Math.round(value * 100)
    if (whole !== 0 && whole / 100 === value && Math.abs(value) < 1e12) return cents(whole)
  }
  const match = DECIMAL.exec(String(value))
  if (!match) return undefined
  const [, sign, units = '0', fraction = ''] = match
  const whole = Number(units) * 100 + Number(fraction.padEnd(2, '0'))
  return cents(sign && whole > 0 ? -whole : whole)
}

/** As `parseDecimal`, for an amount that a schema has checked. Throws RangeError for any other. */
export const toCents = (value: string | number): Cents => {
  const amount = parseDecimal(value)
  if (amount === undefined) throw new RangeError(`not an amount of money: ${value}`)
  return amount
}

/** Cents as the decimal string of the tables: 4299 -> '42.99', 4300 -> '43'. DynamoDB compares it exactly. */
export const toDecimalString = (amount: Cents): string => String(toDecimal(amount))

/** Cents as the JSON number of the specification: 4299 -> 42.99 (the nearest double prints those two decimals). */
export const toDecimal = (amount: Cents): number => amount / 100

/** Price of `quantity` pieces. */
export const multiply = (amount: Cents, quantity: number): Cents => cents(amount * quantity)

export const sum = (amounts: Iterable<Cents>): Cents => {
  let total = 0
  for (const amount of amounts) total += amount
  return cents(total)
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

/** `rate` of a non-negative `amount`, rounded half up to whole cents. */
export const applyRate = (amount: Cents, rate: Rate): Cents =>
  cents(Number((2n * BigInt(amount) * rate.numerator + rate.denominator) / (2n * rate.denominator)))

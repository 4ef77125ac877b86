/** Money, days, numbers and names, as the language of the shop writes them. */
import { locale } from './texts.ts'

const moneyFormats = new Map<string, Intl.NumberFormat>()

/** 42.99 in the currency of the shop as '$42.99'. */
export const money = (amount: number, currency: string): string => {
  const format = moneyFormats.get(currency) ?? new Intl.NumberFormat(locale, { style: 'currency', currency })
  moneyFormats.set(currency, format)
  return format.format(amount)
}

const dayFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
const averageFormat = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 2 })
const wholeFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
const listFormat = new Intl.ListFormat(locale, { type: 'conjunction' })

/** '2025-09-05' or an instant as 'September 5, 2025' (UTC). */
export const day = (date: string): string => {
  const time = Date.parse(date)
  return Number.isNaN(time) ? date : dayFormat.format(time)
}

/** 1191 as '1,191'. */
export const whole = (value: number): string => wholeFormat.format(value)

export const average = (value: number): string => averageFormat.format(value)

/** 'A; B; C' of the catalogue as 'A, B, and C'. */
export const authorsLine = (authors: string): string =>
  authors.includes(';') ? listFormat.format(authors.split(';').map(name => name.trim())) : authors

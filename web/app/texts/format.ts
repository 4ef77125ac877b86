/** Money, days, numbers and names, as the language of the shop writes them. */
import { formatDay, placedAt } from '#src/core/days.ts'
import { formatMoney } from '#src/core/format-money.ts'
import { LOCALE } from './locale.ts'

/** 42.99 in a currency as '$42.99'. */
export const money = (amount: number, currency: string): string => formatMoney(amount, currency, LOCALE)

const averageFormat = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 2 })
const listFormat = new Intl.ListFormat(LOCALE, { type: 'conjunction' })

/** '2025-09-05' or an instant as 'September 5, 2025', an instant in this time zone. */
export const day = (date: string, timeZone: string): string => formatDay(date, LOCALE, timeZone)

export type Placed = { readonly created_at: string; readonly order_date: string }

/** The day on which an order was placed, in this time zone. */
export const orderDay = ({ created_at, order_date }: Placed, timeZone: string): string =>
  day(placedAt(created_at, order_date), timeZone)

export const average = (value: number): string => averageFormat.format(value)

/** 'science-fiction' of a feed as 'Science fiction'; a name with blanks or capitals stays as it is. */
export const genreName = (genre: string): string =>
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(genre)
    ? genre.charAt(0).toUpperCase() + genre.slice(1).replaceAll('-', ' ')
    : genre

/** Names as 'A, B, and C'. */
export const namesLine = (names: readonly string[]): string => listFormat.format(names)

/** The same in parts, so that each name can be a link. */
export const nameParts = (names: readonly string[]): { readonly isName: boolean; readonly text: string }[] =>
  listFormat.formatToParts(names).map(({ type, value }) => ({ isName: type === 'element', text: value }))

/** 'A; B; C' of the catalogue as 'A, B, and C'. */
export const authorsLine = (authors: string): string =>
  authors.includes(';') ? listFormat.format(authors.split(';').map(name => name.trim())) : authors

const compactFormat = new Intl.NumberFormat(LOCALE, { notation: 'compact' })
/** 12300 as '12K', for the axes of charts. */
export const compactNumber = (value: number): string => compactFormat.format(value)

/** 12300 in a currency as '$12K', for the axes of charts. */
export const compactMoney = (amount: number, currency: string): string =>
  new Intl.NumberFormat(LOCALE, { style: 'currency', currency, notation: 'compact' }).format(amount)

const dayFormat = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: 'UTC' })
  return (date: string): string => format.format(new Date(date))
}
/** '2026-05-01' as 'May 1'. */
export const shortDay = dayFormat({ month: 'short', day: 'numeric' })
/** '2026-05-01' as 'May 26'. */
export const shortMonth = dayFormat({ month: 'short', year: '2-digit' })
/** '2026-05-01' as 'May 2026'. */
export const monthOf = dayFormat({ month: 'long', year: 'numeric' })

/** Formats instants in a time zone, for which a format is made once. */
const inTimeZone = (options: Intl.DateTimeFormatOptions) => {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (instant: string, timeZone: string): string => {
    const format = formats.get(timeZone) ?? new Intl.DateTimeFormat(LOCALE, { ...options, timeZone })
    formats.set(timeZone, format)
    return format.format(new Date(instant))
  }
}
/** An instant as 'May 1, 2026, 10:00:05 AM' in this time zone. */
export const moment = inTimeZone({ dateStyle: 'medium', timeStyle: 'medium' })
/** An instant as '10:00 AM UTC' in this time zone. */
export const timeOfDay = inTimeZone({ hour: 'numeric', minute: '2-digit', timeZoneName: 'short' })

/** Days as people read them, in the shop's time zone. */

const formats = new Map<string, Intl.DateTimeFormat>()

const formatFor = (locale: string, timeZone: string): Intl.DateTimeFormat => {
  const key = `${locale} ${timeZone}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone })
  formats.set(key, format)
  return format
}

const sortableFormats = new Map<string, Intl.DateTimeFormat>()

/** The day of an instant in a time zone: '2026-05-31'. */
export const dayIn = (timeZone: string, at: Date): string => {
  const fields = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const format = sortableFormats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', fields)
  sortableFormats.set(timeZone, format)
  return format.format(at)
}

/** A day such as 2025-09-05, which is the same everywhere; an instant has a time as well. */
const isDay = (date: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(date)

/** '2025-09-05' or an instant as 'September 5, 2025', an instant in the time zone; any other text stays as it is. */
export const formatDay = (date: string, locale: string, timeZone: string): string => {
  const time = Date.parse(date)
  return Number.isNaN(time) ? date : formatFor(locale, isDay(date) ? 'UTC' : timeZone).format(time)
}

/** When an order was placed: the instant `createdAt` if it is on the day `orderDate` in UTC, as this shop writes both, else the day. */
export const placedAt = (createdAt: string, orderDate: string): string =>
  createdAt.startsWith(`${orderDate}T`) && createdAt.endsWith('Z') ? createdAt : orderDate

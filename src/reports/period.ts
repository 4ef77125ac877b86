/** The period of a report, as a caller asks for it. */
import { dayIn } from '../core/days.ts'
import { ShopError } from '../core/errors.ts'
import type { Choice } from './names.ts'
import { choicesOf, type Report } from './report.ts'
import type { ReportQuery } from './schema.ts'
import type { ReportValues } from './statement.ts'

const DAY_MS = 86_400_000
/** Ten years: a report by day has a row for each. */
const MAX_DAYS = 3_660
const DEFAULT_DAYS = 30

const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)

/** The first day of the month eleven months before the one of this day, so that twelve months are shown. */
const yearBefore = (day: string): string => {
  const date = new Date(`${day.slice(0, 7)}-01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() - 11)
  return date.toISOString().slice(0, 10)
}

const refuse = (name: string, what: string) => new ShopError('invalid_request', `query.${name}: ${what}`)

const assertTaken = (report: Report, query: ReportQuery): void => {
  const taken = choicesOf(report)
  for (const [name, value] of Object.entries(query))
    if (name !== 'format' && value !== undefined && !taken.includes(name as Choice))
      throw refuse(name, `this report has no such parameter; it has ${[...taken, 'format'].join(', ')}`)
}

/** The values that a report is run with, defaults included. Throws invalid_request. */
export const valuesOf = (
  report: Report,
  query: ReportQuery,
  { zone, currency, now }: { readonly zone: string; readonly currency: string; readonly now: Date },
): ReportValues => {
  assertTaken(report, query)
  const unit = query.unit ?? report.unit ?? 'day'
  // What is only shown by month has a default of a year too.
  const isMonthly = unit === 'month' || report.chart.onlyZero === 'months'
  const to = query.to ?? dayIn(zone, now)
  const from = query.from ?? (isMonthly ? yearBefore(to) : addDays(to, 1 - DEFAULT_DAYS))
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  if (days < 1) throw refuse('from', `must not be after to (${to})`)
  if (days > MAX_DAYS) throw refuse('from', `the period may have at most ${MAX_DAYS} days`)
  return { from, to, unit, category: query.category ?? null, currency: query.currency ?? currency, zone }
}

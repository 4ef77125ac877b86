/**
 * SQL of the reports with named parameters. A statement is fixed text: what a caller chooses is only ever bound, never part of it.
 */
import type { SqlParam } from '../core/sql/sql.ts'

/** What a report can be asked with. `from` and `to` are days of `zone`, both included; `category` null is every category. */
export type ReportValues = {
  readonly from: string
  readonly to: string
  readonly unit: 'day' | 'week' | 'month'
  readonly category: string | null
  readonly currency: string
  /** The shop's TIME_ZONE. */
  readonly zone: string
}

export type ParameterName = keyof ReportValues

const TYPES: Readonly<Record<ParameterName, string>> = {
  from: 'date',
  to: 'date',
  unit: 'text',
  category: 'text',
  currency: 'text',
  zone: 'text',
}

export type Statement = {
  /** With the parameters `$1`, `$2` … */
  readonly text: string
  /** Which they are, in this order. */
  readonly names: readonly ParameterName[]
}

/** A statement of a text in which parameters are written `{from}`. Throws TypeError for a name that is no parameter. */
export const statement = (text: string): Statement => {
  const names: ParameterName[] = []
  const numbered = text.replaceAll(/\{(\w+)\}/g, (_, found: string) => {
    if (!Object.hasOwn(TYPES, found)) throw new TypeError(`${found} is not a parameter of reports`)
    const name = found as ParameterName
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}::${TYPES[name]}`
  })
  return { text: numbered.trim(), names }
}

/** The parameters of a statement in its order. */
export const bind = ({ names }: Statement, values: ReportValues): readonly SqlParam[] =>
  names.map(name => values[name])

/** Whether a column of type timestamptz is in the period that was asked for. */
export const inPeriod = (column: string): string =>
  `${column} >= {from}::timestamp at time zone {zone} and ${column} < ({to} + 1)::timestamp at time zone {zone}`

/** The first day of the day, week (from Monday) or month of a column of type timestamptz. */
export const unitOf = (column: string): string => `date_trunc({unit}, ${column} at time zone {zone})::date`

/** Every day, week or month of the period, as rows of one column `period`. */
export const PERIODS = `select generate_series(date_trunc({unit}, {from}::timestamp), {to}::timestamp, ('1 ' || {unit})::interval)::date as period`

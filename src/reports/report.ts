/** A report as data: what it is called, what it can be asked with, its statement, and how it is shown. */
import { CHOICES, type Choice } from './names.ts'
import type { Statement } from './statement.ts'

/** `money` is in minor units of the report's currency, `percent` has one decimal, `day` is '2026-05-01'. */
export type ColumnKind = 'text' | 'count' | 'money' | 'percent' | 'day'

export type Column = {
  /** Column of the statement, and heading in CSV. */
  readonly name: string
  readonly title: string
  readonly kind: ColumnKind
}

export type Chart = {
  /** `time`: a bar for each period; `ranking`: a bar for each of the first rows; `totals`: the rows with the same label added up. */
  readonly kind: 'time' | 'ranking' | 'totals'
  /** Column by which bars are labelled. */
  readonly label: string
  /** Columns of a bar, one above the other. */
  readonly values: readonly string[]
  /** Only the rows in which this column is 0 have a bar. */
  readonly onlyZero?: string
}

export type Report = {
  readonly title: string
  /** What is counted, and how: one or two sentences. */
  readonly summary: string
  /** Default of `unit`, where the report has it. */
  readonly unit?: 'day' | 'week' | 'month'
  readonly columns: readonly Column[]
  readonly chart: Chart
  readonly statement: Statement
}

/** Most rows that a report has; its statement stops there. */
export const MAX_ROWS = 1_000

const column =
  (kind: ColumnKind) =>
  (name: string, title: string): Column => ({ name, title, kind })

export const textColumn = column('text')
export const count = column('count')
export const money = column('money')
export const percent = column('percent')
export const dayColumn = column('day')

export const choicesOf = ({ statement }: Report): readonly Choice[] =>
  CHOICES.filter(name => statement.names.includes(name))

/** A report as its page shows it: cells as text, and the chart drawn. */
import { storedCurrency } from '#src/core/currency.ts'
import { type MinorUnits, toDecimal } from '#src/core/money.ts'
import type { ReportResult } from '#src/reports/schema.ts'
import { type Bar, type ChartDrawing, drawColumns, drawRows } from '../charts/draw.server.ts'
import { compactMoney, compactNumber, day, money, monthOf, shortDay, shortMonth } from '../texts/format.ts'
import { formatCount } from '../texts/locale.ts'
import { reports } from '../texts/reports.ts'

type Column = ReportResult['columns'][number]
type Cell = ReportResult['rows'][number][number]

export type ReportView = Pick<
  ReportResult,
  | 'name'
  | 'title'
  | 'summary'
  | 'choices'
  | 'from'
  | 'to'
  | 'unit'
  | 'category'
  | 'currency'
  | 'sql'
  | 'parameters'
  | 'time_zone'
  | 'as_of'
  | 'lag_seconds'
  | 'read_from'
  | 'has_replica'
  | 'replica_lag_seconds'
> & {
  readonly columns: readonly { readonly name: string; readonly title: string; readonly isNumber: boolean }[]
  readonly rows: readonly (readonly string[])[]
  readonly chart: ChartDrawing | undefined
  /** What the colors of the chart mean, where there are several. */
  readonly legend: readonly string[]
  readonly csv: string
}

const isMonthly = ({ unit, chart }: ReportResult): boolean => unit === 'month' || chart.only_zero === 'months'

const decimal = (minor: number, currency: string): number =>
  toDecimal(minor as MinorUnits, storedCurrency(currency))

/** A cell as text. */
export const cellText = (report: ReportResult, { kind, name }: Column, cell: Cell): string => {
  if (cell === null) return '–'
  if (typeof cell === 'string') {
    if (kind !== 'day') return cell
    const isPeriod = name === 'period' || name === 'cohort'
    return isPeriod && isMonthly(report) ? monthOf(cell) : day(cell, 'UTC')
  }
  if (kind === 'money') return money(decimal(cell, report.currency), report.currency)
  return kind === 'percent' ? `${formatCount(cell)} %` : formatCount(cell)
}

const barsOf = (report: ReportResult): readonly Bar[] => {
  const { chart, columns, rows } = report
  const at = (name: string): number => columns.findIndex(column => column.name === name)
  const label = at(chart.label)
  const values = chart.values.map(at)
  const zero = chart.only_zero === null ? -1 : at(chart.only_zero)
  const shown = zero < 0 ? rows : rows.filter(row => row[zero] === 0)
  const bars = shown.map(row => ({
    label: String(row[label] ?? reports.unknown),
    values: values.map(i => Math.max(0, Number(row[i] ?? 0))),
  }))
  if (chart.kind !== 'totals') return bars
  return [...Map.groupBy(bars, bar => bar.label)]
    .map(([name, some]) => ({
      label: name,
      values: values.map((_, i) => some.reduce((total, bar) => total + (bar.values[i] ?? 0), 0)),
    }))
    .sort((a, b) => (b.values[0] ?? 0) - (a.values[0] ?? 0))
}

const drawChart = (report: ReportResult): ChartDrawing | undefined => {
  const { chart, columns, currency } = report
  const bars = barsOf(report)
  if (bars.length === 0) return undefined
  const isMoney = columns.find(({ name }) => name === chart.values[0])?.kind === 'money'
  const formats = isMoney
    ? {
        tick: (value: number) => compactMoney(decimal(value, currency), currency),
        full: (value: number) => money(decimal(value, currency), currency),
      }
    : { tick: compactNumber, full: formatCount }
  if (chart.kind !== 'time') return drawRows(bars, formats)
  const short = isMonthly(report) ? shortMonth : shortDay
  return drawColumns(
    bars.map(bar => ({ ...bar, label: short(bar.label) })),
    formats,
  )
}

/** Query of a report as it was asked, with only the parameters that it has. */
export const reportQuery = (report: ReportResult): URLSearchParams =>
  new URLSearchParams(
    report.choices.flatMap(name => {
      const value = report[name]
      return value === null ? [] : [[name, value]]
    }),
  )

export const toReportView = (report: ReportResult): ReportView => {
  const { columns, rows, chart, decimals: _decimals, ...rest } = report
  const query = reportQuery(report)
  query.set('format', 'csv')
  const legend =
    chart.values.length < 2
      ? []
      : chart.values.map(name => columns.find(one => one.name === name)?.title ?? name)
  return {
    ...rest,
    columns: columns.map(({ name, title, kind }) => ({
      name,
      title,
      isNumber: kind === 'count' || kind === 'money' || kind === 'percent',
    })),
    rows: rows.map(row =>
      row.map((cell, i) => {
        const column = columns[i]
        return column ? cellText(report, column, cell) : ''
      }),
    ),
    chart: drawChart(report),
    legend,
    csv: `/api/reports/${report.name}?${query}`,
  }
}

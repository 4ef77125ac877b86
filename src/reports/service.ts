/** Runs reports in PostgreSQL, and caches them until the projection's position moves. */
import { LRUCache } from 'lru-cache'
import { type Currency, storedCurrency } from '../core/currency.ts'
import { ShopError } from '../core/errors.ts'
import type { ReplicaStatus } from '../core/sql/replica.ts'
import {
  ANSWER_TOO_LARGE_STATE,
  isUnavailable,
  type Sql,
  SqlError,
  type SqlRow,
  TIMEOUT_STATE,
} from '../core/sql/sql.ts'
import { type Freshness, readFreshness } from './freshness.ts'
import { REPORT_NAMES, type ReportName } from './names.ts'
import { valuesOf } from './period.ts'
import { choicesOf } from './report.ts'
import { findReport } from './reports.ts'
import type { ReportQuery, ReportResult } from './schema.ts'
import { bind, type ReportValues } from './statement.ts'

export type ReportDeps = {
  readonly sql: { readonly reader: Sql; readonly replica?: (() => ReplicaStatus) | undefined }
  readonly shop: { readonly timeZone: string }
  readonly currency: Currency
  readonly now: () => Date
}

type Cell = string | number | null
type Rows = readonly (readonly Cell[])[]

const CACHED_ROWS = 50_000
/** What depends on the time of day, such as abandoned carts, is run again after this (ms). */
const CACHED_MS = 60_000

/** SQLSTATEs of a database in which the migrations have not run: no such table, schema, column or function. */
const NOT_PREPARED = new Set(['42P01', '3F000', '42703'])
/** A replica ends a statement whose rows the database has removed meanwhile. */
const REPLICA_CONFLICT = '40001'

const unavailable = (detail: string) => new ShopError('reports_unavailable', detail)

/** The error that a caller sees of one of the database. */
const explain = (error: unknown): unknown => {
  const state = error instanceof SqlError ? error.state : undefined
  if (state === TIMEOUT_STATE) return unavailable('This report took too long. Choose a shorter period.')
  if (isUnavailable(error) || state === REPLICA_CONFLICT)
    return unavailable(
      'PostgreSQL cannot be reached now, or is waking up. The shop goes on without it; try again in a minute.',
    )
  if (NOT_PREPARED.has(state ?? ''))
    return unavailable('PostgreSQL is being prepared. Try again in a minute.')
  if (state === ANSWER_TOO_LARGE_STATE)
    return unavailable('This report has too many rows. Choose a shorter period or one category.')
  return error
}

const ageOf = ({ shop, sql, now }: ReportDeps, asOf: Date) => {
  const replica = sql.replica?.()
  const seconds = (ms: number) => Math.max(0, Math.round(ms / 100) / 10)
  return {
    time_zone: shop.timeZone,
    as_of: asOf.toISOString(),
    lag_seconds: seconds(now().getTime() - asOf.getTime()),
    has_replica: replica !== undefined,
    read_from: replica?.from ?? ('database' as const),
    replica_lag_seconds: replica?.lagMs === undefined ? null : seconds(replica.lagMs),
  }
}

const readAge = async (sql: Sql): Promise<Freshness & { readonly asOf: Date }> => {
  const { asOf, position } = await readFreshness(sql)
  if (asOf) return { asOf, position }
  throw unavailable('PostgreSQL is being filled for the first time. Try again in a minute.')
}

const cellsOf = (row: SqlRow, names: readonly string[]): Cell[] =>
  names.map(name => (row[name] ?? null) as Cell)

export const createReports = (deps: ReportDeps) => {
  const cache = new LRUCache<string, { readonly rows: Rows; readonly position: string; readonly at: number }>(
    {
      maxSize: CACHED_ROWS,
      sizeCalculation: ({ rows }) => rows.length + 1,
    },
  )

  const readRows = async (
    sql: Sql,
    name: ReportName,
    values: ReportValues,
    position: string | undefined,
  ): Promise<Rows> => {
    const key = JSON.stringify([name, values])
    const cached = cache.get(key)
    if (cached && cached.position === position && performance.now() - cached.at < CACHED_MS)
      return cached.rows
    const { statement, columns } = findReport(name)
    const names = columns.map(column => column.name)
    const found = await sql.query(statement.text, bind(statement, values))
    const rows = found.map(row => cellsOf(row, names))
    if (position !== undefined) cache.set(key, { rows, position, at: performance.now() })
    return rows
  }

  /** Runs a report. Throws invalid_request, reports_unavailable. */
  const run = async (name: ReportName, query: ReportQuery): Promise<ReportResult> => {
    const report = findReport(name)
    const { title, summary, columns, chart, statement } = report
    const currency = deps.currency.code
    const values = valuesOf(report, query, { zone: deps.shop.timeZone, currency, now: deps.now() })
    const sql = deps.sql.reader
    try {
      // What is applied after this reading is in the rows too: they are never older than it says.
      const { asOf, position } = await readAge(sql)
      const rows = await readRows(sql, name, values, position)
      const { zone: _zone, ...asked } = values
      return {
        name,
        title,
        summary,
        ...ageOf(deps, asOf),
        ...asked,
        decimals: storedCurrency(values.currency).decimals,
        choices: [...choicesOf(report)],
        columns: [...columns],
        rows: rows.map(row => [...row]),
        chart: {
          kind: chart.kind,
          label: chart.label,
          values: [...chart.values],
          only_zero: chart.onlyZero ?? null,
        },
        sql: statement.text,
        parameters: statement.names.map(one => ({ name: one, value: values[one] })),
      }
    } catch (error) {
      throw explain(error)
    }
  }

  /** The list of reports. Throws reports_unavailable. */
  const list = async () => {
    const sql = deps.sql.reader
    const { asOf } = await readAge(sql).catch((error: unknown) => {
      throw explain(error)
    })
    const items = REPORT_NAMES.map(name => {
      const report = findReport(name)
      return { name, title: report.title, summary: report.summary, choices: [...choicesOf(report)] }
    })
    return { items, ...ageOf(deps, asOf) }
  }

  return { run, list }
}

export type Reports = ReturnType<typeof createReports>

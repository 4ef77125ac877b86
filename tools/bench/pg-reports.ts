/** How long the reports take in a shop with order lines of two years: each is run five times after one that warms up. */
import type { Sql } from '#src/core/sql/sql.ts'
import { REPORT_NAMES } from '#src/reports/names.ts'
import { choicesOf } from '#src/reports/report.ts'
import { findReport } from '#src/reports/reports.ts'
import { bind, type ReportValues } from '#src/reports/statement.ts'
import { median } from './measure.ts'
import { processTreeCpu } from './peers/process-tree.ts'

export type ReportBench = {
  readonly orders: number
  readonly books: number
  readonly days: number
  readonly zone: string
  /** Report whose plan is printed. */
  readonly explain: string | undefined
  /** Of the server, whose CPU time is measured. */
  readonly pid: number
  readonly print: (text: string) => void
}

const RUNS = 5
const LAST_DAY = '2026-11-30'

/** An id of two and a half lines in each order, and sales by a skewed choice of books: a tenth of them sells half of the copies. */
const fillOf = ({ orders: ORDERS, books: BOOKS }: ReportBench): readonly string[] => [
  `insert into shop.books (source_key, category, book_id, title, author, price_minor, currency, stock, status, created_at)
   select int4send(i), 'Category ' || (i % 40), 'book-' || i, 'Title ' || i, 'Author ' || (i % 3000), 500 + i % 4000, 'USD',
     i % 50, 'active', timestamptz '2024-01-01Z' from generate_series(1, ${BOOKS}) i`,
  `insert into shop.book_authors (source_key, place, name) select int4send(i), 0, 'Author ' || (i % 3000) from generate_series(1, ${BOOKS}) i`,
  `insert into shop.orders (source_key, order_id, owner, customer, is_account, order_date, ordered_at, status, currency,
     adjustments_minor, tax_minor, shipping_minor, total_minor, revenue_minor, cancelled_minor, refunded_minor, country)
   select int4send(i), 'order-' || i, int4send(c), int4send(c), true, at::date, at,
     case when cancelled then 'cancelled' else 'delivered' end, 'USD', 0, 300, 499, 4000,
     case when cancelled then 0 else 4000 end, case when cancelled then 4000 else 0 end, 0,
     (array['US', 'DE', 'FR', 'GB'])[1 + i % 4]
   from (select i, (random() * random() * ${ORDERS} / 3)::int as c, i % 25 = 0 as cancelled,
     timestamptz '${LAST_DAY}Z' - random() * interval '730 days' as at from generate_series(1, ${ORDERS}) i) made`,
  `insert into shop.order_lines (source_key, line, ordered_at, book_id, category, title, price_minor, quantity, amount_minor, is_cancelled,
     currency, is_repeat)
   select source_key, line, ordered_at, 'book-' || b, 'Category ' || (b % 40), 'Title ' || b, 1500, 1, 1500, status = 'cancelled', 'USD', false
   from (select o.*, line, 1 + (random() * random() * random() * ${BOOKS - 1})::int as b
     from shop.orders o, generate_series(1, 2 + (right(order_id, 1)::int % 2)) line) made`,
  `insert into shop.carts (source_key, owner, created_at, updated_at, expires_at, lines, copies, total_minor, currency, gone_at, outcome)
   select int4send(i), int4send(i), at, at, at + interval '30 days', 1, 2, 3000, 'USD', case when i % 2 = 0 then at + interval '1 hour' end,
     case when i % 2 = 0 then 'bought' end
   from (select i, timestamptz '${LAST_DAY}Z' - random() * interval '730 days' as at from generate_series(1, ${ORDERS / 2}) i) made`,
  `insert into shop.search_days (source_key, day) select int4send(d), date '${LAST_DAY}' - d from generate_series(0, 395) d`,
  `insert into shop.searches (source_key, day, words, times, without_result)
   select int4send(d), date '${LAST_DAY}' - d, 'words ' || (d * 7 + n) % 20000, 1 + n % 5, n % 2 from generate_series(0, 395) d, generate_series(1, 500) n`,
  'vacuum analyze',
]

const count = async (sql: Sql, table: string): Promise<number> =>
  (await sql.query<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n ?? 0

/** Prints the median, the fastest and the slowest time of each report, and the CPU time of the server for one. The database must be migrated. */
export const measureReports = async (sql: Sql, bench: ReportBench): Promise<void> => {
  const { print, pid } = bench
  await sql.query('select setseed(0.5)')
  for (const text of fillOf(bench)) await sql.query(text)
  const lines = await count(sql, 'shop.order_lines')
  print(
    `${lines} lines of ${bench.orders} orders in 730 days, ${bench.books} books; ${bench.days} days in ${bench.zone}`,
  )
  const from = new Date(Date.parse(LAST_DAY) - (bench.days - 1) * 86_400_000).toISOString().slice(0, 10)
  for (const name of REPORT_NAMES) {
    const report = findReport(name)
    const unit = report.unit ?? 'day'
    const values: ReportValues = {
      from,
      to: LAST_DAY,
      unit,
      category: null,
      currency: 'USD',
      zone: bench.zone,
    }
    const { statement } = report
    if (bench.explain === name)
      for (const row of await sql.query(
        `explain (analyze, buffers) ${statement.text}`,
        bind(statement, values),
      ))
        print(Object.values(row).join(''))
    const times: number[] = []
    let rows = 0
    let cpu = 0
    for (let run = 0; run <= RUNS; run++) {
      if (run === 1) cpu = processTreeCpu(pid)
      const start = performance.now()
      rows = (await sql.query(statement.text, bind(statement, values))).length
      if (run > 0) times.push(performance.now() - start)
    }
    const text = `${Math.round(median(times))} ms (${Math.round(Math.min(...times))} to ${Math.round(Math.max(...times))}), ${Math.round(((processTreeCpu(pid) - cpu) * 1000) / RUNS)} ms CPU, ${rows} rows`
    print(`${name.padEnd(24)} ${text}${choicesOf(report).includes('from') ? '' : ' (all there is)'}`)
  }
}

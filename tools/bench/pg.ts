/**
 * `npm run bench:pg`, on an embedded server of its own: search in PostgreSQL beside the one in memory, over as many books as `--sizes`
 * says, and how long the reports take over 90 days in a shop with 1,000,000 order lines of two years. Each report is run five times
 * after one that warms up; the median and the slowest are printed. `--only search` or `--only reports` leaves the other out.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { migrate } from '#src/core/sql/migrate.ts'
import { createPgSql } from '#src/core/sql/pg.ts'
import type { Sql } from '#src/core/sql/sql.ts'
import { MIGRATIONS } from '#src/projection/migrations.ts'
import { choicesOf } from '#src/reports/report.ts'
import { findReport, REPORT_NAMES } from '#src/reports/reports.ts'
import { bind, type ReportValues } from '#src/reports/statement.ts'
import { databaseUrl } from '../../test/postgres.ts'
import { startTestPostgres } from '../../test/postgres-server.ts'
import { median } from './measure.ts'
import { measurePgSearch } from './pg-search.ts'
import { generateQuestions } from './query-generator.ts'
import { readListedBooks, readQuestions } from './search-test-data.ts'

const { values: options } = parseArgs({
  options: {
    orders: { type: 'string', default: '400000' },
    books: { type: 'string', default: '20000' },
    days: { type: 'string', default: '90' },
    zone: { type: 'string', default: 'America/New_York' },
    explain: { type: 'string' },
    only: { type: 'string' },
    sizes: { type: 'string', default: '10000,500000' },
    data: { type: 'string', default: '../shared/data' },
  },
})
const ORDERS = Number(options.orders)
const BOOKS = Number(options.books)
const DAYS = Number(options.days)
const RUNS = 5
const SEED = 20261122
const QUERIES_PER_KIND = 60
const LAST_DAY = '2026-11-30'

/** An id of two and a half lines in each order, and sales by a skewed choice of books: a tenth of them sells half of the copies. */
const FILL = [
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
  'vacuum analyze',
]

const count = async (sql: Sql, table: string): Promise<number> =>
  (await sql.query<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n ?? 0

const measureReports = async (sql: Sql): Promise<void> => {
  await migrate(sql, MIGRATIONS)
  await sql.query('select setseed(0.5)')
  for (const text of FILL) await sql.query(text)
  const lines = await count(sql, 'shop.order_lines')
  process.stdout.write(
    `${lines} lines of ${ORDERS} orders in 730 days, ${BOOKS} books; ${DAYS} days in ${options.zone}\n`,
  )
  const from = new Date(Date.parse(LAST_DAY) - (DAYS - 1) * 86_400_000).toISOString().slice(0, 10)
  for (const name of REPORT_NAMES) {
    const report = findReport(name)
    const unit = report.unit ?? 'day'
    const values: ReportValues = {
      from,
      to: LAST_DAY,
      unit,
      category: null,
      currency: 'USD',
      zone: options.zone,
    }
    const { statement } = report
    if (options.explain === name)
      for (const row of await sql.query(
        `explain (analyze, buffers) ${statement.text}`,
        bind(statement, values),
      ))
        process.stdout.write(`${Object.values(row).join('')}\n`)
    const times: number[] = []
    let rows = 0
    for (let run = 0; run <= RUNS; run++) {
      const start = performance.now()
      rows = (await sql.query(statement.text, bind(statement, values))).length
      if (run > 0) times.push(performance.now() - start)
    }
    const text = `${Math.round(median(times))} ms, slowest ${Math.round(Math.max(...times))} ms, ${rows} rows`
    process.stdout.write(
      `${name.padEnd(20)} ${text}${choicesOf(report).includes('from') ? '' : ' (all there is)'}\n`,
    )
  }
}

/** Search over each number of books, in a database of its own; false where a target is missed, or the test data are not there. */
const measureSearch = async (url: string): Promise<boolean> => {
  const list = join(options.data, 'books-10k.csv')
  if (!existsSync(list)) {
    console.error(`bench:pg: ${list} is not there; give the folder of the test data with --data DIR`)
    return false
  }
  const real = readListedBooks(list)
  const read = (name: string) => readQuestions(join(options.data, 'search', name), real)
  const sets = [
    { name: 'dev', questions: read('search-dev.tsv') },
    { name: 'hard', questions: read('search-hard-dev.tsv') },
    { name: 'made', questions: generateQuestions(real, QUERIES_PER_KIND, SEED) },
  ]
  let isMet = true
  for (const size of options.sizes.split(',').map(Number)) {
    const admin = createPgSql({ url, connections: 1 })
    await admin.query(`create database search_${size}`).finally(admin.close)
    const sql = createPgSql({ url: databaseUrl(url, `search_${size}`), statementTimeoutMs: 3_600_000 })
    try {
      await migrate(sql, MIGRATIONS)
      isMet = (await measurePgSearch(sql, real, size, sets)) && isMet
    } finally {
      await sql.close()
    }
  }
  return isMet
}

const server = await startTestPostgres()
const sql = createPgSql({ url: server.url, statementTimeoutMs: 3_600_000, connections: 1 })
try {
  if (options.only !== 'reports' && !(await measureSearch(server.url))) process.exitCode = 1
  if (options.only !== 'search') await measureReports(sql)
} finally {
  await sql.close()
  await server.stop()
}

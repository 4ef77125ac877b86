/** Endpoints of the reports: access, parameters, CSV, what they say without PostgreSQL, and which database they read. */
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type TestShop } from '../../test/kit.ts'
import { openTestDatabase } from '../../test/postgres.ts'
import { createTestProjection } from '../../test/projection.ts'
import { createShopSql } from '../composition/sql.ts'
import { createPgSql } from '../core/sql/pg.ts'
import { type Sql, SqlError, TIMEOUT_STATE } from '../core/sql/sql.ts'
import { backfill } from '../projection/backfill.ts'
import { MIGRATIONS } from '../projection/migrations.ts'
import { verify } from '../projection/verify.ts'
import { getReport, listReports } from './api.ts'
import { toCsv } from './csv.ts'

const FORMULA = '=HYPERLINK("http://evil.example","x")'
const shop = await createTestShop({
  books: [
    aBook(),
    aBook({ book_id: 'fic-001', category: 'Fiction', title: FORMULA, author: '@A, "B"', price: 12.5 }),
  ],
})
const projection = await createTestProjection(shop)
const { sql, url } = projection

/** The same shop with this database. */
const shopWith = (using: TestShop['deps']['sql']) => createTestShop({ sharingTablesOf: shop, sql: using })

const follow = async (to: Sql, asOf: Date) => {
  await to.query(
    `insert into sync.positions (source, position) values ('journal', $1) on conflict (source) do update set position = excluded.position`,
    [JSON.stringify({ asOf: asOf.toISOString(), reader: { at: asOf.getTime() } })],
  )
}

const working = await shopWith({ writer: sql, reader: sql })
const { staff } = working

test('a shop without PostgreSQL says what to set, one whose PostgreSQL is down or not filled yet to wait', async () => {
  const off = await shop.staff.get('/api/reports/sales')
  expect(off).toMatchObject({ status: 409, body: { code: 'reports_off' } })
  expect(off.body.detail).toContain('DATABASE_URL')
  expect(await shop.staff.get('/api/reports')).toMatchObject({ status: 409, body: { code: 'reports_off' } })
  const filling = await staff.get('/api/reports/sales')
  expect(filling).toMatchObject({ status: 503, body: { code: 'reports_unavailable' } })
  expect(filling.body.detail).toContain('filled')
  const nowhere = createPgSql({ url: 'postgres://a:b@127.0.0.1:1/c' })
  const down = await shopWith({ writer: nowhere, reader: nowhere })
  for (const path of ['/api/reports', '/api/reports/sales'])
    expect(await down.staff.get(path)).toMatchObject({ status: 503, body: { code: 'reports_unavailable' } })
  const bare = await openTestDatabase()
  const early = await shopWith({ writer: bare.sql, reader: bare.sql })
  expect((await early.staff.get('/api/reports/sales')).body.detail).toContain('prepared')
  expect([shop, working, down, early].flatMap(one => one.reportedErrors)).toEqual([])
})

test('staff alone see reports, and bad parameters are named', async () => {
  await backfill(projection)
  await follow(sql, new Date())
  for (const path of ['/api/reports', '/api/reports/sales', '/api/reports/sales?format=csv']) {
    expect((await working.visitor().get(path)).status).toBe(401)
    expect((await (await working.account()).get(path)).status).toBe(403)
    expect((await (await working.account({ role: 'staff', secondFactor: false })).get(path)).status).toBe(403)
    expect((await staff.get(path)).status).toBe(200)
  }
  const refused = async (path: string) => {
    const { status, body } = await staff.get(`/api/reports/${path}`)
    return `${status} ${body.code} ${body.detail}`
  }
  expect(await refused('none')).toMatch(/^400 invalid_request path.name/)
  expect(await refused('sales?from=2026-02-30')).toMatch(/^400 invalid_request query.from: must be a day/)
  expect(await refused('sales?from=2026-05-02&to=2026-05-01')).toBe(
    '400 invalid_request query.from: must not be after to (2026-05-01)',
  )
  expect(await refused('sales?from=1990-01-01&to=2026-05-01')).toMatch(/^400 .* at most 3660 days/)
  expect(await refused('sales?unit=year')).toMatch(/^400 invalid_request query.unit/)
  expect(await refused('stock-value?from=2026-01-01')).toMatch(
    /^400 .* query.from: this report has no such parameter/,
  )
  expect(await refused("sales?category=x'; drop table shop.orders; --&currency=usd")).toMatch(
    /^400 .*currency code/,
  )
  const { body } = await staff.get(
    `/api/reports/sales?category=${encodeURIComponent("x'; drop table shop.orders; --")}`,
  )
  expect(body.rows).toHaveLength(30)
  expect(body.sql).not.toContain('drop table')
  expect(body.parameters).toContainEqual({ name: 'category', value: "x'; drop table shop.orders; --" })
})

test('sales are followed, a book that moves takes them with it, and CSV cannot be a formula', async () => {
  const buyer = working.visitor()
  for (const book_id of ['tech-001', 'fic-001']) await buyer.post('/api/cart/items', { book_id, quantity: 2 })
  const { body: order } = await checkOut(buyer)
  const other = working.visitor()
  await other.post('/api/cart/items', { book_id: 'tech-001' })
  const second = await checkOut(other, 'second')
  await staff.post(`/api/orders/${second.body.order_id}/status`, { status: 'cancelled' })
  const { body: book } = await staff.get('/api/books/tech-001/stock')
  const { title, author, description, price } = book
  const moved = await staff.call('PUT', '/api/books/tech-001', {
    title,
    author,
    description,
    price,
    category: 'Essays',
  })
  expect(moved.status).toBe(200)
  await verify(projection, { mend: true })
  await follow(sql, new Date())
  const read = async (path: string) => (await staff.get(`/api/reports/${path}`)).body
  expect((await read('sales-by-category')).rows).toEqual([
    ['Essays', 1, 2, 8598, 4299],
    ['Fiction', 1, 2, 2500, 0],
  ])
  const revenue = await read('revenue?unit=day')
  expect(getReport.reply.parse(revenue)).toEqual(revenue)
  const list = (await staff.get('/api/reports')).body
  expect(listReports.reply.parse(list)).toEqual(list)
  expect(revenue).toMatchObject({
    currency: 'USD',
    decimals: 2,
    time_zone: 'UTC',
    read_from: 'database',
    has_replica: false,
  })
  expect(revenue.lag_seconds).toBeGreaterThanOrEqual(0)
  expect(revenue.rows.at(-1).slice(1, 3)).toEqual([1, Math.round(order.total * 100)])
  const csv = await staff.get('/api/reports/sales-by-book?format=csv')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="sales-by-book-.*\.csv"$/)
  expect(csv.body).toBe(
    'title,author,book_id,orders,copies,sales,cancelled,currency\n' +
      'Clean Code,Robert C. Martin,tech-001,1,2,85.98,42.99,USD\n' +
      `"'=HYPERLINK(""http://evil.example"",""x"")","'@A, ""B""",fic-001,1,2,25.00,0.00,USD\n`,
  )
})

test('a report that takes too long, and one that a replica ends, is refused with what to do', async () => {
  const ask = async (error: SqlError) => {
    const query: Sql['query'] = (text, params) =>
      text.includes('report.freshness') ? sql.query(text, params) : Promise.reject(error)
    const { staff } = await shopWith({ writer: sql, reader: { ...sql, query } })
    const { status, body } = await staff.get('/api/reports/sales')
    return `${status} ${body.code} ${body.detail}`
  }
  for (const kind of ['refused', 'unavailable'] as const)
    expect(await ask(new SqlError(kind, 'canceling statement', TIMEOUT_STATE))).toBe(
      '503 reports_unavailable This report took too long. Choose a shorter period.',
    )
  expect(await ask(new SqlError('refused', 'conflict with recovery', '40001'))).toMatch(/^503 .*try again/)
})

test('amounts in CSV are exact in every currency', () => {
  const csv = (decimals: number, minor: number) =>
    toCsv({
      columns: [{ name: 'tax_minor', title: '', kind: 'money' }],
      rows: [[minor]],
      currency: 'X',
      decimals,
    } as never)
  expect([csv(2, -5), csv(0, 1857), csv(3, 1500), csv(2, 9_007_199_254_740_991)]).toEqual(
    ['-0.05', '1857', '1.500', '90071992547409.91'].map(text => `tax,currency\n${text},X\n`),
  )
})

test('a replica is read, with its own lag; one that is held back for more than 30 seconds is not', async () => {
  const replica = await openTestDatabase({ migrations: MIGRATIONS })
  const now = new Date()
  await follow(sql, now)
  const ask = async (behindSeconds: number) => {
    await follow(replica.sql, new Date(now.getTime() - behindSeconds * 1000))
    const notes: unknown[] = []
    const using = createShopSql(url, { readUrl: replica.url }, error => notes.push(error))
    const { staff } = await shopWith(using)
    const { body } = await staff.get('/api/reports/sales')
    await Promise.all([using.reader.close(), using.writer.close()])
    const sold = body.rows.some((row: readonly number[]) => (row[1] ?? 0) > 0)
    return { from: body.read_from, lag: body.replica_lag_seconds, sold, notes: notes.length }
  }
  expect(await ask(20)).toEqual({ from: 'replica', lag: 20, sold: false, notes: 0 })
  expect(await ask(31)).toEqual({ from: 'database', lag: 31, sold: true, notes: 1 })
})

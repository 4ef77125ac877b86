/** Each statement against a plain sum in TypeScript over made orders. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTestDatabase } from '../../test/postgres.ts'
import { dayIn } from '../core/days.ts'
import { MIGRATIONS } from '../projection/migrations.ts'
import { REPORT_NAMES, type ReportName } from './names.ts'
import { createReports } from './service.ts'

const { sql } = await openTestDatabase({ migrations: MIGRATIONS })
const NOW = new Date('2026-11-20T12:00:00Z')

type Line = { readonly book: number; readonly quantity: number; readonly price: number }
type Order = {
  readonly at: Date
  readonly customer: number
  readonly cancelled: boolean
  readonly country: 'DE' | 'US'
  readonly currency: 'USD' | 'EUR'
  readonly tax: number
  readonly shipping: number
  readonly lines: readonly Line[]
}
type Book = {
  readonly category: string
  readonly was: string
  readonly stock: number
  readonly price: number
  readonly authors: readonly string[]
}

// Around both changes of the clocks of 2026 in New York and Berlin, and of the months.
const TIMES = ['2026-03-07T20:00:00Z', '2026-03-28T20:00:00Z', '2026-10-24T20:00:00Z', '2026-10-31T20:00:00Z']
const time = fc
  .tuple(fc.constantFrom(...TIMES), fc.integer({ min: 0, max: 96 }))
  .map(([start, quarters]) => new Date(Date.parse(start) + quarters * 1_800_000))
const line = fc.record({
  book: fc.integer({ min: 0, max: 4 }),
  quantity: fc.integer({ min: 1, max: 5 }),
  price: fc.integer({ min: 1, max: 99_999 }),
})
const order = fc.record<Order>({
  at: time,
  customer: fc.integer({ min: 0, max: 3 }),
  cancelled: fc.boolean(),
  country: fc.constantFrom('DE', 'US'),
  currency: fc.constantFrom('USD', 'USD', 'EUR'),
  tax: fc.integer({ min: 0, max: 5_000 }),
  shipping: fc.integer({ min: 0, max: 999 }),
  // Another client may write the same book twice.
  lines: fc.array(line, { minLength: 1, maxLength: 4 }),
})
const book = fc.record<Book>({
  category: fc.constantFrom('Fiction', 'Poetry'),
  was: fc.constantFrom('Fiction', 'Poetry', 'Essays'),
  stock: fc.integer({ min: 0, max: 30 }),
  price: fc.integer({ min: 1, max: 9_999 }),
  authors: fc.uniqueArray(fc.constantFrom('Ann Ash', 'Ben Birch', 'Cy Cedar'), {
    minLength: 1,
    maxLength: 3,
  }),
})

const hex = (kind: string, n: number) => `\\x${Buffer.from(`${kind}${n}`).toString('hex')}`
const amountOf = ({ lines }: Pick<Order, 'lines'>) =>
  lines.reduce((sum, one) => sum + one.price * one.quantity, 0)
const totalOf = (one: Order) => amountOf(one) + one.tax + one.shipping

const insert = async (table: string, rows: readonly Record<string, string | number | boolean | null>[]) => {
  const [first] = rows
  if (!first) return
  const names = Object.keys(first).join(', ')
  await sql.query(
    `insert into ${table} (${names}) select ${names} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [rows],
  )
}

const fill = async (books: readonly Book[], orders: readonly Order[]) => {
  await sql.query(
    'truncate shop.books, shop.orders, shop.carts, shop.book_authors, shop.order_lines, shop.order_steps cascade',
  )
  const bookRow = (one: Book, i: number) => ({
    source_key: hex('b', i),
    category: one.category,
    book_id: `b${i}`,
    title: `Title ${i}`,
    author: one.authors.join('; '),
    price_minor: one.price,
    currency: 'USD',
    stock: one.stock,
    status: 'active',
    gone_at: null as string | null,
  })
  await insert('shop.books', books.map(bookRow))
  // A book that moved is a new item; the former one stays, because it was sold.
  await insert(
    'shop.books',
    books.flatMap((one, i) =>
      one.was === one.category
        ? []
        : [
            {
              ...bookRow(one, i),
              source_key: hex('old', i),
              category: one.was,
              gone_at: '2026-11-01T00:00:00Z',
            },
          ],
    ),
  )
  await insert(
    'shop.book_authors',
    books.flatMap((one, i) => one.authors.map((name, place) => ({ source_key: hex('b', i), place, name }))),
  )
  await insert(
    'shop.orders',
    orders.map((one, i) => ({
      source_key: hex('o', i),
      order_id: `o${i}`,
      owner: hex('u', one.customer),
      customer: one.customer === 0 ? null : hex('c', one.customer),
      is_account: false,
      ordered_at: one.at.toISOString(),
      status: one.cancelled ? 'cancelled' : 'confirmed',
      currency: one.currency,
      adjustments_minor: 0,
      tax_minor: one.tax,
      shipping_minor: one.shipping,
      total_minor: totalOf(one),
      revenue_minor: one.cancelled ? 0 : totalOf(one),
      cancelled_minor: one.cancelled ? totalOf(one) : 0,
      refunded_minor: 0,
      country: one.country,
    })),
  )
  await insert(
    'shop.order_lines',
    orders.flatMap((one, i) =>
      one.lines.map((line, place) => ({
        source_key: hex('o', i),
        line: place,
        ordered_at: one.at.toISOString(),
        book_id: `b${line.book}`,
        category: books[line.book]?.was ?? '',
        title: `Title ${line.book}`,
        price_minor: line.price,
        quantity: line.quantity,
        amount_minor: line.price * line.quantity,
        is_cancelled: one.cancelled,
        currency: one.currency,
        is_repeat: one.lines.findIndex(({ book }) => book === line.book) < place,
      })),
    ),
  )
}

let position = 0
/** The database says up to when it has everything, and that something was applied. */
const move = async (asOf = NOW) => {
  await sql.query(
    `insert into sync.positions (source, position) values ('journal', $1) on conflict (source) do update set position = excluded.position`,
    [JSON.stringify({ asOf: asOf.toISOString(), reader: { at: ++position } })],
  )
}

const reportsIn = (timeZone: string) =>
  createReports({
    sql: { reader: sql },
    shop: { timeZone },
    currency: { code: 'USD', decimals: 2 },
    now: () => NOW,
  })

/** The first day of the unit that a day is in. */
const startOf = (unit: string, day: string) => {
  if (unit === 'month') return `${day.slice(0, 7)}-01`
  if (unit === 'day') return day
  const date = new Date(day)
  return new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10)
}

const sumBy = <T>(all: readonly T[], value: (one: T) => number) =>
  all.reduce((sum, one) => sum + value(one), 0)

test('every report says what a plain sum over the orders says, in any time zone, also of books that moved', async () => {
  const asked = fc.record({
    zone: fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Pacific/Kiritimati'),
    unit: fc.constantFrom('day', 'week', 'month'),
    from: fc.constantFrom('2026-03-08', '2026-03-29', '2026-10-25'),
    to: fc.constantFrom('2026-10-25', '2026-11-01', '2026-11-02'),
    category: fc.constantFrom(undefined, 'Fiction', 'Poetry'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(order, { maxLength: 25 }),
      fc.array(book, { minLength: 5, maxLength: 5 }),
      asked,
      async (orders, books, { zone, unit, from, to, category }) => {
        await fill(books, orders)
        await move()
        const reports = reportsIn(zone)
        const read = async (name: ReportName, query: Record<string, string | undefined> = {}) => {
          const { columns, rows } = await reports.run(name, { from, to, ...query } as never)
          return rows.map(row => Object.fromEntries(columns.map((one, i) => [one.name, row[i]])))
        }
        const dayOf = (one: Order) => dayIn(zone, one.at)
        const asc = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
        const inRange = (one: Order) => dayOf(one) >= from && dayOf(one) <= to
        const dollars = orders.filter(one => inRange(one) && one.currency === 'USD')
        const lines = dollars.flatMap((order, n) => order.lines.map(line => ({ ...line, order, n })))
        const chosen = lines.filter(one => !category || books[one.book]?.category === category)
        const sums = (some: readonly (typeof lines)[number][]) => {
          const sold = some.filter(one => !one.order.cancelled)
          return {
            orders: new Set(sold.map(one => one.n)).size,
            copies: sumBy(sold, one => one.quantity),
            sales_minor: sumBy(sold, one => one.quantity * one.price),
            cancelled_minor: sumBy(
              some.filter(one => one.order.cancelled),
              one => one.quantity * one.price,
            ),
          }
        }
        const periods = new Set<string>()
        for (let time = Date.parse(from); time <= Date.parse(to); time += 86_400_000)
          periods.add(startOf(unit, new Date(time).toISOString().slice(0, 10)))
        const starts = [...periods]
        expect(await read('sales', { unit, category })).toEqual(
          starts.map(period => ({
            period,
            ...sums(chosen.filter(({ order }) => startOf(unit, dayOf(order)) === period)),
          })),
        )
        const grouped = (key: (one: (typeof lines)[number]) => readonly string[]) => {
          const keys = new Set(chosen.flatMap(key))
          return [...keys]
            .map(name => ({ name, ...sums(chosen.filter(one => key(one).includes(name))) }))
            .sort((a, b) => b.sales_minor - a.sales_minor || asc(a.name, b.name))
        }
        const named = (rows: readonly Record<string, unknown>[], column: string) =>
          rows.map(({ [column]: name, orders, copies, sales_minor, cancelled_minor }) => ({
            name,
            orders,
            copies,
            sales_minor,
            cancelled_minor,
          }))
        expect(named(await read('sales-by-category', { category }), 'category')).toEqual(
          grouped(one => [books[one.book]?.category ?? '']),
        )
        expect(named(await read('sales-by-author', { category }), 'author')).toEqual(
          grouped(one => books[one.book]?.authors ?? []),
        )
        const byBook = grouped(one => [`b${one.book}`])
        expect(named(await read('sales-by-book', { category }), 'book_id')).toEqual(byBook)
        expect(named(await read('best-sellers', { category }), 'book_id')).toEqual(
          byBook.filter(one => one.copies > 0).sort((a, b) => b.copies - a.copies || asc(a.name, b.name)),
        )
        expect(await read('revenue', { unit })).toEqual(
          starts.map(period => {
            const all = dollars.filter(one => startOf(unit, dayOf(one)) === period)
            const kept = all.filter(one => !one.cancelled)
            const cancelled = all.filter(one => one.cancelled)
            return {
              period,
              orders: kept.length,
              revenue_minor: sumBy(kept, totalOf),
              tax_minor: sumBy(kept, one => one.tax),
              shipping_minor: sumBy(kept, one => one.shipping),
              cancelled_orders: cancelled.length,
              cancelled_minor: sumBy(cancelled, totalOf),
              refunded_minor: 0,
            }
          }),
        )
        const taxed = Map.groupBy(
          dollars.filter(one => !one.cancelled),
          one => `${startOf(unit, dayOf(one))} ${one.country}`,
        )
        expect(await read('tax', { unit })).toEqual(
          [...taxed]
            .map(([key, some]) => ({
              period: key.slice(0, 10),
              country: key.slice(11),
              orders: some.length,
              net_minor: sumBy(some, one => totalOf(one) - one.tax),
              tax_minor: sumBy(some, one => one.tax),
              total_minor: sumBy(some, totalOf),
            }))
            .sort(
              (a, b) => asc(a.period, b.period) || b.tax_minor - a.tax_minor || asc(a.country, b.country),
            ),
        )
        const kept = orders.filter(one => !one.cancelled)
        const firstDay = (customer: number) =>
          kept
            .filter(one => one.customer === customer)
            .map(dayOf)
            .sort()[0] ?? ''
        expect(await read('customers', { unit })).toEqual(
          starts.map(period => {
            const some = kept.filter(one => inRange(one) && startOf(unit, dayOf(one)) === period)
            const people = [...new Set(some.map(one => one.customer))]
            const returning = people.filter(one => startOf(unit, firstDay(one)) < period).length
            return {
              period,
              customers: people.length,
              new_customers: people.length - returning,
              returning_customers: returning,
              repeat_percent: people.length === 0 ? 0 : Math.round((1000 * returning) / people.length) / 10,
              orders: some.length,
            }
          }),
        )
        const newcomers = [0, 1, 2, 3].filter(one => firstDay(one) >= from && firstDay(one) <= to)
        const cohortRows = [...new Set(newcomers.map(one => firstDay(one).slice(0, 7)))]
          .sort()
          .flatMap(cohort => {
            const members = newcomers.filter(one => firstDay(one).startsWith(cohort))
            const since = (day: string) =>
              Number(day.slice(0, 4)) * 12 +
              Number(day.slice(5, 7)) -
              Number(cohort.slice(0, 4)) * 12 -
              Number(cohort.slice(5))
            return Array.from({ length: 13 }, (_, months) => {
              const active = members.filter(who =>
                kept.some(one => one.customer === who && since(dayOf(one)) === months),
              ).length
              return {
                cohort: `${cohort}-01`,
                months,
                customers: members.length,
                active,
                active_percent: Math.round((1000 * active) / members.length) / 10,
              }
            }).filter(({ active }) => active > 0)
          })
        expect(await read('cohorts')).toEqual(cohortRows)
        // Stock: what was sold counts in every currency.
        const soldOf = (id: number) =>
          sumBy(
            kept
              .filter(inRange)
              .flatMap(one => one.lines)
              .filter(one => one.book === id),
            one => one.quantity,
          )
        const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
        const shelf = books
          .map((one, id) => ({ ...one, id: `b${id}`, sold: soldOf(id) }))
          .filter(one => !category || one.category === category)
        expect(
          (await read('days-of-stock', { category })).map(one => [
            one.book_id,
            one.copies,
            one.stock,
            one.days_left,
          ]),
        ).toEqual(
          shelf
            .filter(one => one.sold > 0)
            .map(one => [one.id, one.sold, one.stock, Math.floor((one.stock * days) / one.sold)] as const)
            .sort((a, b) => a[3] - b[3] || b[1] - a[1] || asc(a[0], b[0])),
        )
        expect(
          (await read('slow-movers', { category })).map(one => [
            one.book_id,
            one.copies,
            one.tied_up_minor,
            one.last_sold,
          ]),
        ).toEqual(
          shelf
            .filter(one => one.stock > 0)
            .map(
              one =>
                [
                  one.id,
                  one.sold,
                  one.stock * one.price,
                  kept
                    .filter(order => order.lines.some(line => `b${line.book}` === one.id))
                    .map(dayOf)
                    .sort()
                    .at(-1) ?? null,
                ] as const,
            )
            .sort((a, b) => a[1] - b[1] || b[2] - a[2] || asc(a[0], b[0])),
        )
        const { columns, rows } = await reports.run('stock-value', category ? { category } : {})
        const values = Map.groupBy(shelf, one => one.category)
        expect(columns.map(one => one.name)).toEqual(['category', 'books', 'copies', 'value_minor'])
        expect(rows).toEqual(
          [...values]
            .map(
              ([name, some]) =>
                [
                  name,
                  some.length,
                  sumBy(some, one => one.stock),
                  sumBy(some, one => one.stock * one.price),
                ] as const,
            )
            .sort((a, b) => b[3] - a[3] || asc(a[0], b[0])),
        )
        const baskets = dollars.filter(one => !one.cancelled).map(one => one.lines.map(({ book }) => book))
        const both = (a: number, b: number) =>
          baskets.filter(one => one.includes(a) && one.includes(b)).length
        const ids = [0, 1, 2, 3, 4]
        expect(
          (await read('bought-together', { category })).map(one => [
            one.first_id,
            one.second_id,
            one.orders,
            one.share_percent,
          ]),
        ).toEqual(
          ids
            .flatMap(a => ids.map(b => [a, b] as const))
            .filter(
              ([a, b]) => (category ? a !== b && books[a]?.category === category : a < b) && both(a, b) >= 2,
            )
            .map(
              ([a, b]) =>
                [`b${a}`, `b${b}`, both(a, b), Math.round((1000 * both(a, b)) / both(a, a)) / 10] as const,
            )
            .sort((x, y) => y[2] - x[2] || asc(x[0], y[0]) || asc(x[1], y[1])),
        )
      },
    ),
    { numRuns: 10 },
  )
})

test('search terms are summed over days and processes; rare ones are left out', async () => {
  const DAYS = ['2026-11-09', '2026-11-10', '2026-11-12', '2026-11-13']
  const counted = fc.record({
    day: fc.constantFrom(...DAYS),
    words: fc.constantFrom('dune', 'the hobit', 'ulysses'),
    times: fc.integer({ min: 1, max: 3 }),
    missed: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(counted, { maxLength: 12 }), async all => {
      await sql.query('truncate shop.search_days cascade')
      await insert(
        'shop.search_days',
        all.map(({ day }, i) => ({ source_key: hex('s', i), day })),
      )
      await insert(
        'shop.searches',
        all.map(({ day, words, times, missed }, i) => ({
          source_key: hex('s', i),
          day,
          words,
          times,
          without_result: missed ? times : 0,
        })),
      )
      await move()
      const within = all.filter(({ day }) => day >= '2026-11-10' && day <= '2026-11-12')
      const summed = [...Map.groupBy(within, ({ words }) => words)]
        .map(([words, some]) => ({
          words,
          times: sumBy(some, one => one.times),
          missed: sumBy(some, one => (one.missed ? one.times : 0)),
        }))
        .filter(({ times }) => times >= 3)
        .sort((a, b) => (a.words < b.words ? -1 : 1))
      const reports = reportsIn('UTC')
      const period = { from: '2026-11-10', to: '2026-11-12' }
      expect((await reports.run('searches', period)).rows).toEqual(
        summed.toSorted((a, b) => b.times - a.times).map(one => [one.words, one.times, one.missed]),
      )
      expect((await reports.run('searches-without-result', period)).rows).toEqual(
        summed
          .filter(({ missed }) => missed > 0)
          .sort((a, b) => b.missed - a.missed)
          .map(one => [one.words, one.missed, one.times]),
      )
    }),
    { numRuns: 10 },
  )
})

test('carts are counted by their outcome', async () => {
  await fill([], [])
  const cart = (n: number, more: Record<string, string | null>) => ({
    source_key: hex('k', n),
    owner: hex('u', n),
    created_at: '2026-11-10T10:00:00Z',
    updated_at: '2026-11-10T11:00:00Z',
    expires_at: '2027-01-01T00:00:00Z',
    lines: 1,
    copies: n,
    total_minor: n * 100,
    currency: 'USD',
    gone_at: null as string | null,
    outcome: null as string | null,
    ...more,
  })
  await insert('shop.carts', [
    cart(1, {}),
    cart(2, { expires_at: '2026-11-11T00:00:00Z' }),
    cart(3, { gone_at: '2026-11-10T12:00:00Z', outcome: 'emptied' }),
    cart(4, { created_at: '2026-10-01T00:00:00Z' }),
  ])
  await move()
  const { rows } = await reportsIn('UTC').run('carts', { from: '2026-11-10', to: '2026-11-10' })
  expect(rows.toSorted()).toEqual([
    ['abandoned', 1, 2, 200],
    ['emptied', 1, 3, 300],
    ['open', 1, 1, 100],
  ])
})

test('a report is run again once the position has moved', async () => {
  let asked = 0
  const counting = {
    ...sql,
    query: ((text, params) => {
      if (!text.includes('report.freshness')) asked++
      return sql.query(text, params)
    }) as typeof sql.query,
  }
  const reports = createReports({
    sql: { reader: counting },
    shop: { timeZone: 'UTC' },
    currency: { code: 'USD', decimals: 2 },
    now: () => NOW,
  })
  await fill([], [])
  await move()
  for (const name of REPORT_NAMES) await reports.run(name, {})
  expect(asked).toBe(REPORT_NAMES.length)
  for (const name of REPORT_NAMES) await reports.run(name, {})
  expect(asked).toBe(REPORT_NAMES.length)
  await move(new Date(NOW.getTime() - 5_000))
  expect(await reports.run('sales', {})).toMatchObject({ lag_seconds: 5, rows: { length: 30 } })
  expect(asked).toBe(REPORT_NAMES.length + 1)
})

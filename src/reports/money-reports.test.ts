/** Reports of money against a plain sum in TypeScript over made payments. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTestDatabase } from '../../test/postgres.ts'
import { dayIn } from '../core/days.ts'
import { MIGRATIONS } from '../projection/migrations.ts'
import type { ReportName } from './names.ts'
import { createReports } from './service.ts'

const { sql } = await openTestDatabase({ migrations: MIGRATIONS })
const NOW = new Date('2026-11-20T12:00:00Z')

type Entry = { readonly at: Date; readonly isRefund: boolean; readonly amount: number; readonly by: string }
type Payment = {
  readonly method: string
  readonly currency: string
  readonly amount: number
  readonly captured: number
  readonly due: string | null
  readonly voided: boolean
  readonly entries: readonly Entry[]
}

// Around both changes of the clocks of 2026 in New York and Berlin.
const TIMES = ['2026-03-07T20:00:00Z', '2026-03-28T20:00:00Z', '2026-10-24T20:00:00Z', '2026-10-31T20:00:00Z']
const entry = fc.record<Entry>({
  at: fc
    .tuple(fc.constantFrom(...TIMES), fc.integer({ min: 0, max: 96 }))
    .map(([start, halves]) => new Date(Date.parse(start) + halves * 1_800_000)),
  isRefund: fc.boolean(),
  amount: fc.integer({ min: 1, max: 99_999 }),
  by: fc.constantFrom('stripe', 'cash', 'transfer'),
})
const payment = fc.record<Payment>({
  method: fc.constantFrom('stripe', 'invoice', 'transfer'),
  currency: fc.constantFrom('USD', 'USD', 'EUR'),
  amount: fc.integer({ min: 0, max: 9_999 }),
  captured: fc.integer({ min: 0, max: 9_999 }),
  due: fc.constantFrom('2020-01-01', '2199-12-31', null),
  voided: fc.boolean(),
  entries: fc.array(entry, { maxLength: 4 }),
})

const EMPTY = { currency: null, captured_minor: null, due_on: null, is_voided: null, state: null, at: null }

const fill = async (payments: readonly Payment[]) => {
  const key = (text: string) => `\\x${Buffer.from(text).toString('hex')}`
  const rows = payments.flatMap((one, i) => [
    {
      ...EMPTY,
      source_key: key(`p${i}`),
      kind: 'payment',
      order_id: `o${i}`,
      method: one.method,
      currency: one.currency,
      amount_minor: one.amount,
      captured_minor: one.captured,
      due_on: one.due,
      is_voided: one.voided,
    },
    ...one.entries.map(({ at, isRefund, amount, by }, n) => ({
      ...EMPTY,
      source_key: key(`e${i}-${n}`),
      kind: 'entry',
      order_id: `o${i}`,
      method: by,
      amount_minor: isRefund ? -amount : amount,
      state: isRefund ? 'refunded' : 'captured',
      at: at.toISOString(),
    })),
  ])
  await sql.query('truncate shop.payment_rows')
  const names =
    'source_key, kind, order_id, method, currency, amount_minor, captured_minor, due_on, is_voided, state, at'
  await sql.query(
    `insert into shop.payment_rows (${names}) select ${names} from jsonb_populate_recordset(null::shop.payment_rows, $1::jsonb)`,
    [rows],
  )
}

let position = 0
const move = () =>
  sql.query(
    `insert into sync.positions (source, position) values ('journal', $1) on conflict (source) do update set position = excluded.position`,
    [JSON.stringify({ asOf: NOW.toISOString(), reader: { at: ++position } })],
  )

const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0)
const asc = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

test('money that came, went and is due: what a plain sum over the entries says, in any time zone', async () => {
  const asked = fc.record({
    zone: fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Pacific/Kiritimati'),
    unit: fc.constantFrom('day', 'month'),
    from: fc.constantFrom('2026-03-08', '2026-03-29', '2026-10-25'),
    to: fc.constantFrom('2026-10-25', '2026-11-01', '2026-11-02'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(payment, { maxLength: 15 }),
      asked,
      async (payments, { zone, unit, from, to }) => {
        await fill(payments)
        await move()
        const reports = createReports({
          sql: { reader: sql },
          shop: { timeZone: zone },
          currency: { code: 'USD', decimals: 2 },
          now: () => NOW,
        })
        const read = async (name: ReportName, query: object = {}) => {
          const { columns, rows } = await reports.run(name, query as never)
          return rows.map(row => Object.fromEntries(columns.map((one, i) => [one.name, row[i]])))
        }
        const dollars = payments.filter(({ currency }) => currency === 'USD')
        const moved = dollars
          .flatMap(({ entries }) => entries)
          .map(one => ({ ...one, day: dayIn(zone, one.at) }))
          .filter(({ day }) => day >= from && day <= to)
        const groups = Map.groupBy(
          moved,
          ({ day, by }) => `${unit === 'day' ? day : `${day.slice(0, 7)}-01`} ${by}`,
        )
        expect(await read('money', { unit, from, to })).toEqual(
          [...groups]
            .sort(([a], [b]) => asc(a, b))
            .map(([name, some]) => {
              const [captured, refunded] = [false, true].map(isRefund =>
                sum(some.filter(one => one.isRefund === isRefund).map(({ amount }) => amount)),
              ) as [number, number]
              return {
                period: name.slice(0, 10),
                method: name.slice(11),
                captured_minor: captured,
                refunded_minor: refunded,
                net_minor: captured - refunded,
              }
            }),
        )
        const left = dollars
          .filter(({ voided }) => !voided)
          .map(one => ({ ...one, left: one.amount - one.captured }))
          .filter(one => one.left > 0)
        const late = (some: typeof left) => some.filter(({ due }) => due !== null && due < '2026-01-01')
        expect(await read('money-due')).toEqual(
          [...Map.groupBy(left, ({ method }) => method)]
            .map(([method, some]) => ({
              method,
              payments: some.length,
              due_minor: sum(some.map(one => one.left)),
              overdue: late(some).length,
              overdue_minor: sum(late(some).map(one => one.left)),
            }))
            .sort((a, b) => b.due_minor - a.due_minor || asc(a.method, b.method)),
        )
      },
    ),
    { numRuns: 25 },
  )
})

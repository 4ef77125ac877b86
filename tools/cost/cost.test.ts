import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import units from '../../data/measured-units.json' with { type: 'json' }
import { getStage } from '../../infra/settings/stage.ts'
import { createBill, createIdleBill, LEVELS, sumDynamodb } from './bill.ts'
import { createCostPage } from './cost-page.ts'
import { ACTIONS } from './measure.ts'
import {
  createLine,
  createStandingLines,
  findPrice,
  type Line,
  PRICE_LIST,
  STAGES,
  STANDING_CHARGES,
  sumLines,
} from './prices.ts'
import { parseCount, parseGigabytes } from './quantity.ts'
import { createBillNotes, formatMarkdown, formatText, formatUsd } from './tables.ts'
import { ASSUMPTIONS, estimateUsage, UNITS_PER_WRITE, visitsForWrites } from './usage.ts'

const quantity = (lines: readonly Line[], id: string) => lines.find(({ price }) => price.id === id)?.quantity

test('counts and sizes are parsed as people type them, and everything else is rejected', () => {
  const counts = {
    '1M': 1e6,
    '500k': 5e5,
    '2.5m': 2.5e6,
    '1,000': 1000,
    '1_000_000': 1e6,
    '0': 0,
    ' 20 k ': 2e4,
    '1B': 1e9,
  }
  for (const [text, value] of Object.entries(counts)) expect([text, parseCount(text)]).toEqual([text, value])
  for (const text of ['', 'k', '1MM', '-1', '1e6', '1,00', '10GB', 'NaN', '1.2.3', '99999B', '١'])
    expect([text, parseCount(text)]).toEqual([text, undefined])
  const sizes = { '10GB': 10, '512MB': 0.5, '1TB': 1024, '1.5 gb': 1.5, '1048576KB': 1 }
  for (const [text, value] of Object.entries(sizes))
    expect([text, parseGigabytes(text)]).toEqual([text, value])
  for (const text of ['10', '10G', '10M', 'GB', '-1GB'])
    expect([text, parseGigabytes(text)]).toEqual([text, undefined])
})

test('the price list is dated and names a source page for each price, without duplicates', () => {
  expect(Date.parse(PRICE_LIST.asOf)).toBeGreaterThan(Date.parse('2026-11-01'))
  const ids = PRICE_LIST.prices.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id, source } of PRICE_LIST.prices) expect(source.page, id).toMatch(/^https:\/\//)
  expect(() => findPrice('unicorns')).toThrow(TypeError)
})

test('every standing charge refers to a price marked as standing, and dev has none', () => {
  expect(STANDING_CHARGES.dev.filter(({ option }) => option === undefined)).toEqual([])
  for (const stage of STAGES)
    for (const { price } of STANDING_CHARGES[stage])
      expect([price, findPrice(price).standing]).toEqual([price, true])
})

test('a line matches manual calculation, and the free tier never exceeds it', () => {
  // 1,500,000 write units at $0.625 a million.
  expect(createLine('dynamodb-write', 1_500_000)).toMatchObject({ usd: 0.9375, freeUsd: 0 })
  // 30 GB at $0.25, of which 25 GB are free.
  expect(createLine('dynamodb-storage', 30)).toMatchObject({ usd: 7.5, freeUsd: 6.25 })
  expect(createLine('dynamodb-storage', 10)).toMatchObject({ usd: 2.5, freeUsd: 2.5 })
  // 2.5 million requests at one cent per ten thousand, all within the free ten million.
  expect(createLine('cloudfront-request', 2_500_000)).toMatchObject({ usd: 2.5, freeUsd: 2.5 })
  // 1,200 mails at $0.16 a thousand.
  expect(createLine('ses-mail', 1200).usd).toBeCloseTo(0.192, 10)
  // 600,000 GB-seconds: $8.00004, of which 400,000 are free.
  const time = createLine('lambda-duration', 600_000)
  expect([time.usd, time.freeUsd].map(usd => usd.toFixed(5))).toEqual(['8.00004', '5.33336'])
  const total = sumLines([createLine('dynamodb-storage', 30), createLine('dynamodb-write', 1_500_000)])
  expect(total).toEqual({ usd: 8.4375, withFreeTier: 2.1875 })
})

test('an idle stage costs its listed charges: 41 alarm metrics, ten custom metrics and a dashboard are $10.10', () => {
  const counts = Object.fromEntries(
    createStandingLines('prod').map(({ price, quantity: n }) => [price.id, n]),
  )
  const byHand =
    0.1 * (counts['cloudwatch-alarm'] ?? 0) +
    0.3 * (counts['cloudwatch-custom-metric'] ?? 0) +
    3 * (counts['cloudwatch-dashboard'] ?? 0)
  expect(sumLines(createStandingLines('prod')).usd).toBeCloseTo(byHand, 10)
  expect(sumLines(createStandingLines('dev')).usd).toBe(0)
  // Without visitors only the sweeper's 8,640 calls and the snapshot's 120 are left.
  const idle = createIdleBill('dev')
  expect(quantity(idle.lines, 'lambda-request')).toBe(8_760)
  expect(idle.usd).toBeLessThan(0.05)
  expect(createIdleBill('prod', ['waf']).usd - createIdleBill('prod', []).usd).toBeCloseTo(
    sumLines(createStandingLines('prod', 'waf')).usd,
    10,
  )
  // The purger runs every five minutes and purges nothing.
  const purges = createIdleBill('prod', ['cdnPaths'])
  expect(quantity(purges.lines, 'lambda-request')).toBe(8_760 + 8_640)
  expect(purges.lines.map(({ price }) => price.id)).not.toContain('cloudfront-invalidation')
})

test('given values are used and missing ones derived: 20,000 visits are 400 orders and 2,000 carts', () => {
  expect(estimateUsage({ visitors: 20_000 })).toMatchObject({
    visits: 20_000,
    orders: 400,
    carts: 2_000,
    signUps: 120,
  })
  expect(estimateUsage({ orders: 400 }).visits).toBe(20_000)
  expect(estimateUsage({ reads: 1e6, writes: 5e5, storage: 10 })).toMatchObject({
    visits: 1e6 / ASSUMPTIONS.specifiedReadsPerVisit,
    readUnits: 1e6,
    writeUnits: 5e5 * UNITS_PER_WRITE,
    storageGb: 10,
  })
  // Converted from visits to writes, the units are the same.
  const visits = visitsForWrites(5e5)
  expect(estimateUsage({ visitors: visits }).writeUnits).toBeCloseTo(5e5 * UNITS_PER_WRITE, 3)
  const [few, many] = [createBill({ visitors: 1e4 }, 'prod'), createBill({ visitors: 1e6 }, 'prod')]
  expect(few.usd).toBeLessThan(many.usd)
  for (const [i, line] of many.lines.entries())
    expect(line.usd).toBeLessThanOrEqual(many.lines[i - 1]?.usd ?? Infinity)
})

test('monthly units are computed from the measured units of each action', () => {
  const { readUnits, writeUnits } = estimateUsage({ visitors: 1e6, orders: 0 })
  const { book_page, first_add, add, cart_page, cart_read } = units.actions
  const reads =
    2 * book_page.reads + 0.1 * (first_add.reads + add.reads + 2 * cart_page.reads + 2 * cart_read.reads)
  expect(readUnits).toBeCloseTo(1e6 * reads, 3)
  expect(writeUnits).toBeCloseTo(1e6 * 0.1 * (first_add.writes + add.writes), 3)
})

test('the measured units of an order match manual calculation: doubled in a transaction, plus one write per index, per kilobyte', () => {
  // Limits of the network and of the email; idempotency record, outbox item, pointers by email and by number, payment and its row on
  // the list of staff; cart. All below 1 KB.
  const [limits, control, cart] = [2 * 2, 6 * 2, 2]
  // A book is below 1 KB and in one index, and so is an order of one or three lines.
  const [book, order] = [2 + 1, 2 + 1]
  expect(units.actions.order_1.writes).toBe(limits + control + cart + order + book)
  expect(units.actions.order_3.writes).toBe(limits + control + cart + order + 3 * book)
  // With ten lines, cart and order are between 1 and 2 KB.
  expect(units.actions.order_10.writes).toBe(limits + control + 2 * cart + 2 * order + 10 * book)
})

test('point-in-time recovery is counted in each stage that has it, so staging costs what production does', () => {
  for (const stage of STAGES)
    expect([
      stage,
      quantity(createBill({ visitors: 0, storage: 10 }, stage).lines, 'dynamodb-recovery'),
    ]).toEqual([stage, getStage(stage).restorable ? 10 : undefined])
})

test('a large catalogue is told what memory it needs, and pays for it, its snapshots and their loading', () => {
  const at = (books: number) => createBill({ visitors: 100_000, books }, 'prod')
  const [usual, large] = [at(10_000), at(1_000_000)]
  expect(createBillNotes(usual).join(' ')).not.toContain('search index')
  expect(createBillNotes(large).join(' ')).toMatch(
    /1,000,000 books needs about [\d,]+ MB .* deploy with --context memory=BookCatalog=(\d+),IndexConsumer=\1/,
  )
  const more = (id: string) => (quantity(large.lines, id) ?? 0) / (quantity(usual.lines, id) ?? 1)
  expect(more('lambda-duration')).toBeGreaterThan(1.1)
  // 2,000 orders and 120 scheduled ones; a snapshot of 381 MB has 48 parts.
  expect(quantity(usual.lines, 's3-put')).toBe(2_120)
  expect(quantity(large.lines, 's3-put')).toBe(2_120 * (48 + 2))
})

test('DynamoDB costs less than the specification estimates at each of its levels', () => {
  const most = [5, 25, 150]
  for (const [i, { reads, writes, storage, stage }] of LEVELS.entries())
    expect(sumDynamodb(createBill({ reads, writes, storage }, stage)).usd).toBeLessThan(most[i] ?? 0)
})

test('amounts are shown to the cent, and amounts below a cent are not shown as zero', () => {
  expect([0, 0.00001, 0.0026, 0.5, 1234.5].map(formatUsd)).toEqual([
    '$0.00',
    '<$0.0001',
    '$0.0026',
    '$0.50',
    '$1,234.50',
  ])
  const table = {
    head: ['a', 'n'],
    rows: [
      ['xyz', '$1.00'],
      ['', '$10.00'],
    ],
  }
  expect(formatText(table)).toBe('a          n\nxyz    $1.00\n      $10.00')
  expect(formatMarkdown(table)).toBe('| a | n |\n| --- | --- |\n| xyz | $1.00 |\n|  | $10.00 |')
})

test('docs/cost.md is what `npm run cost` would write from the stored units', () => {
  expect(Object.keys(units.actions).sort()).toEqual(Object.keys(ACTIONS).sort())
  expect(readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8')).toBe(createCostPage())
})

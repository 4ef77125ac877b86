/** Tables of the comparison, for the terminal and for the chapter. */
import type { Table } from '../chapter.ts'
import { median } from '../measure.ts'
import type { LineResult, Result, ShopResult } from './result.ts'
import type { Verdict } from './verdicts.ts'
import { WORKLOADS } from './workloads.ts'

const formatNumber = (value: number): string => {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en')
  return value.toPrecision(value < 0.01 ? 1 : value < 1 ? 2 : 3)
}

const formatTitle = ({ label, version }: ShopResult): string =>
  version === 'this one' ? label : `${label} ${version}`

const formatCpu = ({ shopCpu, storeCpu }: LineResult): string =>
  storeCpu > 0 ? `${formatNumber(shopCpu)} + ${formatNumber(storeCpu)}` : formatNumber(shopCpu)

const formatRatio = ({ ratio, cpuRatio, apart }: LineResult): string =>
  ratio === undefined || cpuRatio === undefined
    ? apart === undefined
      ? ''
      : 'not comparable'
    : `${formatNumber(ratio)} ×, CPU ${formatNumber(cpuRatio)} ×`

const createWorkTable = ({ shops, lines }: Result): Table => ({
  title: 'Work',
  columns: ['', 'shop', 'per second', 'p50 ms', 'p99 ms', 'CPU ms per operation', 'CloudShelf compared'],
  rows: WORKLOADS.flatMap(({ name }) =>
    shops.flatMap((shop, i) =>
      lines
        .filter(one => one.line === name && one.shop === shop.name)
        .map(one => [
          i === 0 ? name : '',
          shop.label,
          `${formatNumber(one.perSecond)}${one.failed > 0 ? ` (${one.failed} failed)` : ''}`,
          formatNumber(one.p50),
          formatNumber(one.p99),
          formatCpu(one),
          formatRatio(one),
        ]),
    ),
  ),
})

const formatMemory = ({ shop, store }: ShopResult['rest']): string =>
  store > 0 ? `${(shop + store).toFixed(0)} (${shop.toFixed(0)} + ${store.toFixed(0)})` : shop.toFixed(0)

const createShopTable = ({ shops }: Result): Table => ({
  title: 'The shops',
  columns: ['', ...shops.map(formatTitle)],
  rows: [
    ['runs on', ...shops.map(({ node, database }) => `Node ${node.slice(1)}, ${database}`)],
    ['start to first book, ms', ...shops.map(({ starts }) => formatNumber(median(starts)))],
    ['idle memory, MB (shop + database)', ...shops.map(({ rest }) => formatMemory(rest))],
    ['memory after the bench, MB', ...shops.map(({ after }) => formatMemory(after))],
    ['installed packages', ...shops.map(({ install }) => formatNumber(install.packages))],
    ['installed size, MB', ...shops.map(({ install }) => formatNumber(install.megabytes))],
    ['correct first results, main queries', ...shops.map(({ hits }) => hits.main.toFixed(3))],
    ['correct first results, hard queries', ...shops.map(({ hits }) => hits.hard.toFixed(3))],
    ...[0, 1].map(i => {
      const { buyers = 0, copies = 0 } = shops[0]?.crowds[i] ?? {}
      return [
        `${buyers} concurrent buyers, ${formatNumber(copies)} copies`,
        ...shops.map(({ crowds }) => {
          const crowd = crowds[i]
          return crowd ? `${crowd.sold} sold, ${crowd.refused} refused, ${crowd.broke} server errors` : '-'
        }),
      ]
    }),
  ],
})

const createVerdictTable = (verdicts: readonly Verdict[]): Table => ({
  title: 'Targets',
  columns: ['', 'target', 'reached', ''],
  rows: verdicts.map(({ what, target, reached, pass }) => [what, target, reached, pass ? 'PASS' : 'MISS']),
})

export const createTables = (result: Result, verdicts: readonly Verdict[]): Table[] => [
  createVerdictTable(verdicts),
  createWorkTable(result),
  createShopTable(result),
]

/** Differences that must be known to interpret a ratio. */
export const listDifferences = ({ shops }: Result): string[] => [
  'All shops have the same 10,000 books, receive requests from the same load generator over 16 connections (8 for checkouts), and run as one server process with default settings. CloudShelf is restarted for each peer.',
  'CloudShelf: lists, books and searches are served from memory, repeated lists and books from the response cache; every search has a new URL. Its responses include the total and counts by category, author, price and availability. A checkout is one request after the cart additions: one transaction that writes stock, order, idempotency record, outbox mail and cart. It is paid later, by invoice: a card is paid on the page of Stripe, in two transactions around that visit, and `npm run bench:payments` measures both, the card through a stand-in for Stripe. It has one shipping method.',
  ...shops.flatMap(({ differs }) => differs),
  ...shops
    .slice(1)
    .map(
      ({ label, node }) => `${label} ran on Node ${node.slice(1)}, CloudShelf on ${shops[0]?.node.slice(1)}.`,
    ),
]

const formatTable = ({ title, columns, rows }: Table): string => {
  const all = [columns, ...rows]
  const widths = columns.map((_, i) => Math.max(...all.map(row => row[i]?.length ?? 0)))
  const lines = all.map(row =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${title}\n\n${lines.join('\n')}`
}

/** The whole report as text. */
export const formatReport = (result: Result, verdicts: readonly Verdict[]): string =>
  [
    ...createTables(result, verdicts).map(formatTable),
    ['Differences in the work', '', ...listDifferences(result).map(line => `- ${line}`)].join('\n'),
    ...(result.absent.length > 0 ? [['Not measured', '', ...result.absent].join('\n')] : []),
  ].join('\n\n')

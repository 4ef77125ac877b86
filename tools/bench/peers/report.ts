/** The comparison as tables: for the terminal, and as what a page is made of. */
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
  columns: ['', 'shop', 'per second', 'p50 ms', 'p99 ms', 'CPU ms each', 'CloudShelf does'],
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
    ['memory at rest, MB (shop + database)', ...shops.map(({ rest }) => formatMemory(rest))],
    ['memory after the bench, MB', ...shops.map(({ after }) => formatMemory(after))],
    ['installed packages', ...shops.map(({ install }) => formatNumber(install.packages))],
    ['their size, MB', ...shops.map(({ install }) => formatNumber(install.megabytes))],
    ['right first answers, main queries', ...shops.map(({ hits }) => hits.main.toFixed(3))],
    ['right first answers, hard queries', ...shops.map(({ hits }) => hits.hard.toFixed(3))],
    ...[0, 1].map(i => {
      const { buyers = 0, copies = 0 } = shops[0]?.crowds[i] ?? {}
      return [
        `${buyers} buyers at once, ${formatNumber(copies)} copies`,
        ...shops.map(({ crowds }) => {
          const crowd = crowds[i]
          return crowd ? `${crowd.sold} sold, ${crowd.refused} refused, ${crowd.broke} server errors` : '-'
        }),
      ]
    }),
  ],
})

const createVerdictTable = (verdicts: readonly Verdict[]): Table => ({
  title: 'What was to be reached',
  columns: ['', 'target', 'reached', ''],
  rows: verdicts.map(({ what, target, reached, pass }) => [what, target, reached, pass ? 'PASS' : 'MISS']),
})

export const createTables = (result: Result, verdicts: readonly Verdict[]): Table[] => [
  createVerdictTable(verdicts),
  createWorkTable(result),
  createShopTable(result),
]

/** What must be known before a ratio is quoted. */
export const listDifferences = ({ shops }: Result): string[] => [
  'Everybody has the same 10,000 books, is asked by the same generator over 16 connections (8 for checkouts), one after the other, and runs as one server process as its makers ship it, with its defaults. Ours begins anew beside each of them.',
  'CloudShelf: lists, books and searches are answered from memory, lists and books that were asked for before from kept answers; each search is at an address never asked before. Its answers have the total and counts by category, author, price and availability. A checkout is one request after the adds: one transaction that writes stock, order, idempotency record, mail to be sent and cart. It has no payment step and one way of shipping.',
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

/** The whole as text. */
export const formatReport = (result: Result, verdicts: readonly Verdict[]): string =>
  [
    ...createTables(result, verdicts).map(formatTable),
    ['What differs in the work', '', ...listDifferences(result).map(line => `- ${line}`)].join('\n'),
    ...(result.absent.length > 0 ? [['Not measured', '', ...result.absent].join('\n')] : []),
  ].join('\n\n')

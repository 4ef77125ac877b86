/** Tables and notes about bills and measurements, as text or Markdown. */
import { estimateMegabytes, FUNCTION_MEMORY, memoryOption } from '#src/catalog/index/index-memory.ts'
import { type Bill, createBill, createIdleBill, getAdvice, LEVELS, sumDynamodb } from './bill.ts'
import { ACTIONS, type Action, type Measured } from './measure.ts'
import {
  createLine,
  type Line,
  listDefaultOptions,
  listOptions,
  PRICE_LIST,
  STAGES,
  sumLines,
} from './prices.ts'
import { ASSUMPTIONS, ITEMS_PER_ORDER, UNITS_PER_WRITE, visitsForWrites } from './usage.ts'

export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }

/** Formats an amount: small amounts keep four digits, so that $0.004 is not shown as $0.00. */
export const formatUsd = (usd: number): string => {
  if (usd > 0 && usd < 0.01) return usd < 0.0001 ? '<$0.0001' : `$${usd.toFixed(4)}`
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}

const formatAmount = (quantity: number): string =>
  quantity.toLocaleString('en-US', { maximumFractionDigits: quantity < 100 ? 2 : 0 })

const createLineRow = (line: Line): string[] => [
  line.price.what,
  `${formatAmount(line.quantity)} ${line.price.unit}`,
  formatUsd(line.usd),
  line.freeUsd > 0 ? `-${formatUsd(line.freeUsd)}${line.price.free?.lasts === '12 months' ? ' *' : ''}` : '',
]

export const createBillTable = ({ lines, usd, withFreeTier }: Bill): Table => ({
  head: ['item', 'quantity per month', 'price', 'free tier'],
  rows: [
    ...lines.map(createLineRow),
    ['total', '', formatUsd(usd), `after free tier ${formatUsd(withFreeTier)}`],
  ],
})

/** What a catalogue needs that is too large for the functions' default memory. */
const createMemoryNotes = (books: number): string[] => {
  const needed = estimateMegabytes(books)
  if (needed <= FUNCTION_MEMORY) return []
  return [
    `The search index of ${formatAmount(books)} books needs about ${formatAmount(needed)} MB in BookCatalog and IndexConsumer, and they have ${formatAmount(FUNCTION_MEMORY)} MB by default: deploy with --context ${memoryOption(needed)}, which is included here. Without it search is off; categories and exact titles are listed from the table.`,
  ]
}

export const createBillNotes = (bill: Bill): string[] => {
  const { usage, dominating, remaining } = bill
  return [
    `This is a shop with ${formatAmount(usage.visits)} visits and ${formatAmount(usage.orders)} orders a month in stage ${bill.stage}.`,
    `Largest item: ${dominating.price.what}. To lower it: ${getAdvice(dominating)}.`,
    ...(remaining && remaining !== dominating
      ? [`Largest item after the free tier: ${remaining.price.what}. To lower it: ${getAdvice(remaining)}.`]
      : []),
    ...createMemoryNotes(usage.books),
    'The free tier applies once per account; * lasts twelve months, for accounts opened before 15 July 2025.',
    `Prices for ${PRICE_LIST.region} as of ${PRICE_LIST.asOf}, entered by hand; data/aws-prices.json names the source of each.`,
  ]
}

export const createLevelsTable = (): Table => ({
  head: ['level', 'reads, writes, storage', 'its estimate', 'DynamoDB', 'whole shop', 'after free tier'],
  rows: LEVELS.map(({ name, stage, reads, writes, storage, estimate }) => {
    const bill = createBill({ reads, writes, storage }, stage)
    return [
      name,
      `${formatAmount(reads)}, ${formatAmount(writes)}, ${storage} GB`,
      estimate,
      formatUsd(sumDynamodb(bill).usd),
      formatUsd(bill.usd),
      formatUsd(bill.withFreeTier),
    ]
  }),
})

export const LEVELS_NOTES = [
  `“Whole shop” assumes the number of visits that would cause these reads if every page were read from the table (${ASSUMPTIONS.specifiedReadsPerVisit} items per visit).`,
  `CloudShelf serves pages from memory: by measurement, 500,000 writes are enough for ${formatAmount(visitsForWrites(5e5))} visits with their orders.`,
]

export const createIdleTable = (): Table => ({
  head: ['stage', 'price', 'after free tier', 'standing charges', 'options, per month'],
  rows: STAGES.map(stage => {
    const { lines, usd, withFreeTier } = createIdleBill(stage)
    const defaults = listDefaultOptions(stage)
    const standing = sumLines(lines.filter(({ price }) => price.standing)).usd
    const options = listOptions(stage).map(option => {
      const isIncluded = defaults.includes(option)
      const others = defaults.filter(one => one !== option)
      const more = createIdleBill(stage, [...others, option]).usd - createIdleBill(stage, others).usd
      return `${option} ${formatUsd(more)}${isIncluded ? ' (included)' : ''}`
    })
    return [
      stage,
      formatUsd(usd),
      formatUsd(withFreeTier),
      standing === 0 ? 'nothing' : formatUsd(standing),
      options.join(', '),
    ]
  }),
})

const THOUSAND = 1_000

export const createMeasuredTable = (measured: Measured): Table => ({
  head: ['action', 'calls', 'read units', 'write units', 'DynamoDB cost of 1,000'],
  rows: (Object.keys(ACTIONS) as Action[]).map(action => {
    const { calls, reads, writes } = measured[action]
    const { usd } = sumLines([
      createLine('dynamodb-read', reads * THOUSAND),
      createLine('dynamodb-write', writes * THOUSAND),
    ])
    return [ACTIONS[action], String(calls), String(reads), String(writes), `$${usd.toFixed(4)}`]
  }),
})

const DELIVERY_USD = sumLines([
  createLine('cloudfront-request', THOUSAND),
  createLine('api-gateway-request', THOUSAND),
  createLine('lambda-request', THOUSAND),
  createLine('lambda-duration', THOUSAND * ASSUMPTIONS.apiGbSeconds),
]).usd

export const MEASURED_NOTES = [
  'Counted by DynamoDB’s own rules (ReturnConsumedCapacity of the embedded engine) in a temporary shop with the starter catalogue.',
  'A read unit is a consistent read of up to 4 KB, a write unit a write of up to 1 KB; writes in a transaction count twice, each index adds one write.',
  `A checkout of 3 lines writes ${ITEMS_PER_ORDER} items for ${UNITS_PER_WRITE * ITEMS_PER_ORDER} units, ${UNITS_PER_WRITE.toFixed(2)} per item; --writes is multiplied by this. These books are below 1 KB; a book of 3 KB takes 9 units per sale instead of 3.`,
  `CDN, gateway and function add $${DELIVERY_USD.toFixed(4)} per 1,000 API calls; a response from the CDN cache costs $0.0010 per 1,000.`,
  'On AWS the catalogue checks for changes when it receives a request and its last check was more than two seconds ago.',
]

const NUMERIC = /^[-<$]*[\d,.]+( [*])?$/

/** Formats a table for a terminal: aligned columns, numbers to the right. */
export const formatText = ({ head, rows }: Table): string => {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...all.map(row => row[i]?.length ?? 0)))
  const isNumeric = head.map((_, i) => rows.every(row => row[i] === '' || NUMERIC.test(row[i] ?? '')))
  return all
    .map(row =>
      row.map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))),
    )
    .map(cells => cells.join('   ').trimEnd())
    .join('\n')
}

export const formatMarkdown = ({ head, rows }: Table): string =>
  [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')

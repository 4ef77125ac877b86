/** Bills and measurements as tables that a person reads, in a terminal or in Markdown. */
import { type Bill, createBill, createIdleBill, getAdvice, LEVELS, sumDynamodb } from './bill.ts'
import { ACTIONS, type Action, type Measured } from './measure.ts'
import { createLine, type Line, listOptions, PRICE_LIST, STAGES, sumLines } from './prices.ts'
import { ASSUMPTIONS, ITEMS_PER_ORDER, UNITS_PER_WRITE, visitsForWrites } from './usage.ts'

export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }

/** $0.004 is more than nothing, and $1,234.50 is not $1234.5. */
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
  head: ['what', 'how much a month', 'price', 'free tier'],
  rows: [...lines.map(createLineRow), ['in all', '', formatUsd(usd), `leaves ${formatUsd(withFreeTier)}`]],
})

export const createBillNotes = (bill: Bill): string[] => {
  const { usage, dominating, remaining } = bill
  return [
    `That is a shop with ${formatAmount(usage.visits)} visits and ${formatAmount(usage.orders)} orders a month, stage ${bill.stage}.`,
    `Most of the price: ${dominating.price.what}. What would lower it: ${getAdvice(dominating)}.`,
    ...(remaining && remaining !== dominating
      ? [
          `Most of what the free tier leaves: ${remaining.price.what}. What would lower it: ${getAdvice(remaining)}.`,
        ]
      : []),
    'The free tier is a whole account’s; * is there for twelve months, for accounts opened before 15 July 2025.',
    `Prices of ${PRICE_LIST.region}, ${PRICE_LIST.asOf}, entered by hand: data/aws-prices.json names where each comes from.`,
  ]
}

export const createLevelsTable = (): Table => ({
  head: [
    'level',
    'reads, writes, storage',
    'its estimate',
    'DynamoDB',
    'the whole shop',
    'with the free tier',
  ],
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
  `The whole shop is one with as many visits as would read so much where pages are read from the table: ${ASSUMPTIONS.specifiedReadsPerVisit} items each.`,
  `Here they come from memory: as measured, 500,000 writes are enough for ${formatAmount(visitsForWrites(5e5))} visits with their orders.`,
]

export const createIdleTable = (): Table => ({
  head: ['stage', 'price', 'with the free tier', 'of that, charged for being there', 'options, a month each'],
  rows: STAGES.map(stage => {
    const { lines, usd, withFreeTier } = createIdleBill(stage)
    const standing = sumLines(lines.filter(({ price }) => price.standing)).usd
    const options = listOptions(stage).map(option => {
      const more = createIdleBill(stage, [option]).usd - usd
      return `${option} ${formatUsd(more)}`
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
  head: ['what', 'calls', 'read units', 'write units', 'DynamoDB for 1,000'],
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
  'Counted by DynamoDB’s own rules (ReturnConsumedCapacity of the embedded engine) in a shop of its own with the starter shelf;',
  'a read unit is 4 KB read consistently, a write unit 1 KB; what is written in a transaction counts twice, each index once more.',
  `An order of 3 lines writes ${ITEMS_PER_ORDER} items for ${UNITS_PER_WRITE * ITEMS_PER_ORDER} units: ${UNITS_PER_WRITE.toFixed(2)} for each, which is what --writes is multiplied by. Its books are below 1 KB each; one of 3 KB takes 9 units at each sale instead of 3.`,
  `The way there, by CDN, gateway and function, is $${DELIVERY_USD.toFixed(4)} for 1,000 calls of the API besides; what the CDN answers, $0.0010.`,
  'On AWS the catalogue looks for changes when it is asked and has not looked for two seconds.',
]

const NUMERIC = /^[-<$]*[\d,.]+( [*])?$/

/** The table for a terminal: columns side by side, numbers to the right. */
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

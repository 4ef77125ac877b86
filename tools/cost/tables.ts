/** Bills and measurements as tables that a person reads, in a terminal or in Markdown. */
import { adviceFor, type Bill, billFor, dynamodbOf, idleBill, levels } from './bill.ts'
import { type Action, actions, type Measured } from './measure.ts'
import { type Line, lineOf, optionsOf, priceList, stages, totalOf } from './prices.ts'
import { assumed, itemsOfOrder, unitsPerWrite, visitsWorth } from './usage.ts'

export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }

/** $0.004 is more than nothing, and $1,234.50 is not $1234.5. */
export const dollars = (usd: number): string => {
  if (usd > 0 && usd < 0.01) return usd < 0.0001 ? '<$0.0001' : `$${usd.toFixed(4)}`
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}

const amount = (quantity: number): string =>
  quantity.toLocaleString('en-US', { maximumFractionDigits: quantity < 100 ? 2 : 0 })

const lineRow = (line: Line): string[] => [
  line.price.what,
  `${amount(line.quantity)} ${line.price.unit}`,
  dollars(line.usd),
  line.freeUsd > 0 ? `-${dollars(line.freeUsd)}${line.price.free?.lasts === '12 months' ? ' *' : ''}` : '',
]

export const billTable = ({ lines, usd, withFreeTier }: Bill): Table => ({
  head: ['what', 'how much a month', 'price', 'free tier'],
  rows: [...lines.map(lineRow), ['in all', '', dollars(usd), `leaves ${dollars(withFreeTier)}`]],
})

export const billNotes = (bill: Bill): string[] => {
  const { demand, dominating, remaining } = bill
  return [
    `That is a shop with ${amount(demand.visits)} visits and ${amount(demand.orders)} orders a month, stage ${bill.stage}.`,
    `Most of the price: ${dominating.price.what}. What would lower it: ${adviceFor(dominating)}.`,
    ...(remaining && remaining !== dominating
      ? [
          `Most of what the free tier leaves: ${remaining.price.what}. What would lower it: ${adviceFor(remaining)}.`,
        ]
      : []),
    'The free tier is a whole account’s; * is there for twelve months, for accounts opened before 15 July 2025.',
    `Prices of ${priceList.region}, ${priceList.asOf}, entered by hand: data/aws-prices.json names where each comes from.`,
  ]
}

export const levelsTable = (): Table => ({
  head: [
    'level',
    'reads, writes, storage',
    'its estimate',
    'DynamoDB',
    'the whole shop',
    'with the free tier',
  ],
  rows: levels.map(({ name, stage, reads, writes, storage, estimate }) => {
    const bill = billFor({ reads, writes, storage }, stage)
    return [
      name,
      `${amount(reads)}, ${amount(writes)}, ${storage} GB`,
      estimate,
      dollars(dynamodbOf(bill).usd),
      dollars(bill.usd),
      dollars(bill.withFreeTier),
    ]
  }),
})

export const levelsNotes = [
  `The whole shop is one with as many visits as would read so much where pages are read from the table: ${assumed.specifiedReadsPerVisit} items each.`,
  `Here they come from memory: as measured, 500,000 writes are enough for ${amount(visitsWorth(5e5))} visits with their orders.`,
]

export const idleTable = (): Table => ({
  head: ['stage', 'price', 'with the free tier', 'of that, charged for being there', 'options, a month each'],
  rows: stages.map(stage => {
    const { lines, usd, withFreeTier } = idleBill(stage)
    const standing = totalOf(lines.filter(({ price }) => price.standing)).usd
    const options = optionsOf(stage).map(option => {
      const more = idleBill(stage, [option]).usd - usd
      return `${option} ${dollars(more)}`
    })
    return [
      stage,
      dollars(usd),
      dollars(withFreeTier),
      standing === 0 ? 'nothing' : dollars(standing),
      options.join(', '),
    ]
  }),
})

const THOUSAND = 1_000

export const measuredTable = (measured: Measured): Table => ({
  head: ['what', 'calls', 'read units', 'write units', 'DynamoDB for 1,000'],
  rows: (Object.keys(actions) as Action[]).map(action => {
    const { calls, reads, writes } = measured[action]
    const { usd } = totalOf([
      lineOf('dynamodb-read', reads * THOUSAND),
      lineOf('dynamodb-write', writes * THOUSAND),
    ])
    return [actions[action], String(calls), String(reads), String(writes), `$${usd.toFixed(4)}`]
  }),
})

const wayUsd = totalOf([
  lineOf('cloudfront-request', THOUSAND),
  lineOf('api-gateway-request', THOUSAND),
  lineOf('lambda-request', THOUSAND),
  lineOf('lambda-duration', THOUSAND * assumed.apiGbSeconds),
]).usd

export const measuredNotes = [
  'Counted by DynamoDB’s own rules (ReturnConsumedCapacity of the embedded engine) in a shop of its own with the starter shelf;',
  'a read unit is 4 KB read consistently, a write unit 1 KB; what is written in a transaction counts twice, each index once more.',
  `An order of 3 lines writes ${itemsOfOrder} items for ${unitsPerWrite * itemsOfOrder} units: ${unitsPerWrite.toFixed(2)} for each, which is what --writes is multiplied by. Its books are below 1 KB each; one of 3 KB takes 9 units at each sale instead of 3.`,
  `The way there, by CDN, gateway and function, is $${wayUsd.toFixed(4)} for 1,000 calls of the API besides; what the CDN answers, $0.0010.`,
  'On AWS the catalogue looks for changes when it is asked and has not looked for two seconds.',
]

const NUMERIC = /^[-<$]*[\d,.]+( [*])?$/

/** The table for a terminal: columns side by side, numbers to the right. */
export const plain = ({ head, rows }: Table): string => {
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

export const markdown = ({ head, rows }: Table): string =>
  [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')

/** The page docs/cost.md, from the prices, the assumptions and what was measured. */
import units from '../../data/measured-units.json' with { type: 'json' }
import { createBill } from './bill.ts'
import { PRICE_LIST } from './prices.ts'
import {
  createBillNotes,
  createBillTable,
  createIdleTable,
  createLevelsTable,
  createMeasuredTable,
  formatMarkdown,
  LEVELS_NOTES,
  MEASURED_NOTES,
} from './tables.ts'
import { ASSUMPTIONS } from './usage.ts'

const createPriceTable = (): string =>
  formatMarkdown({
    head: ['price', 'US dollars', 'free a month', 'from', 'seen'],
    rows: PRICE_LIST.prices.map(({ what, usd, per, unit, free, source }) => [
      what,
      `${usd} for ${per === 1 ? 'each of' : per.toLocaleString('en-US')} ${unit}`,
      free ? `${free.quantity.toLocaleString('en-US')} (${free.lasts})` : '',
      `<${source.page}>`,
      source.seen,
    ]),
  })

const createAssumptionTable = (): string =>
  formatMarkdown({
    head: ['assumed', ''],
    rows: Object.entries(ASSUMPTIONS).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`),
      String(Math.round(value * 10_000) / 10_000),
    ]),
  })

/** The page; the same each time, until prices, assumptions or units change. */
export const createCostPage = (): string => {
  const shop = createBill({ visitors: 20_000, books: 10_000 }, 'prod')
  return `# What CloudShelf costs on AWS

Written by \`npm run cost\`, which measures what the shop consumes; \`npx cloudshelf cost --help\` counts for your own numbers.
US dollars a month in ${PRICE_LIST.region}, prices of ${PRICE_LIST.asOf}. ${PRICE_LIST.note}

## The specification's three levels

Its estimates are for DynamoDB. A write is an item written; what that takes here is measured below.

${formatMarkdown(createLevelsTable())}

${LEVELS_NOTES.join('\n')}

## A shop that nobody visits

What is charged for being there stands in \`data/standing-charges.json\`; the rest is the sweeper, each five minutes.

${formatMarkdown(createIdleTable())}

## A shop with 20,000 visits a month

${formatMarkdown(createBillTable(shop))}

${createBillNotes(shop).join('\n')}

## What each thing takes

${formatMarkdown(createMeasuredTable(units.actions))}

${MEASURED_NOTES.join('\n')}

## What is assumed

Everything that is neither said nor measured, from \`tools/cost/usage.ts\`, where each has its reason. Nothing here was measured on AWS.

${createAssumptionTable()}

## Where the prices come from

${createPriceTable()}
`
}

/** The page docs/cost.md, from the prices, the assumptions and what was measured. */
import units from '../../data/measured-units.json' with { type: 'json' }
import { billFor } from './bill.ts'
import { priceList } from './prices.ts'
import {
  billNotes,
  billTable,
  idleTable,
  levelsNotes,
  levelsTable,
  markdown,
  measuredNotes,
  measuredTable,
} from './tables.ts'
import { assumed } from './usage.ts'

const prices = (): string =>
  markdown({
    head: ['price', 'US dollars', 'free a month', 'from', 'seen'],
    rows: priceList.prices.map(({ what, usd, per, unit, free, source }) => [
      what,
      `${usd} for ${per === 1 ? 'each of' : per.toLocaleString('en-US')} ${unit}`,
      free ? `${free.quantity.toLocaleString('en-US')} (${free.lasts})` : '',
      `<${source.page}>`,
      source.seen,
    ]),
  })

const assumptions = (): string =>
  markdown({
    head: ['assumed', ''],
    rows: Object.entries(assumed).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`),
      String(Math.round(value * 10_000) / 10_000),
    ]),
  })

/** The page; the same each time, until prices, assumptions or units change. */
export const costPage = (): string => {
  const shop = billFor({ visitors: 20_000, books: 10_000 }, 'prod')
  return `# What CloudShelf costs on AWS

Written by \`npm run cost\`, which measures what the shop consumes; \`npx cloudshelf cost --help\` counts for your own numbers.
US dollars a month in ${priceList.region}, prices of ${priceList.asOf}. ${priceList.note}

## The specification's three levels

Its estimates are for DynamoDB. A write is an item written; what that takes here is measured below.

${markdown(levelsTable())}

${levelsNotes.join('\n')}

## A shop that nobody visits

What is charged for being there stands in \`data/standing-charges.json\`; the rest is the sweeper, each five minutes.

${markdown(idleTable())}

## A shop with 20,000 visits a month

${markdown(billTable(shop))}

${billNotes(shop).join('\n')}

## What each thing takes

${markdown(measuredTable(units.actions))}

${measuredNotes.join('\n')}

## What is assumed

Everything that is neither said nor measured, from \`tools/cost/usage.ts\`, where each has its reason. Nothing here was measured on AWS.

${assumptions()}

## Where the prices come from

${prices()}
`
}

/** `cloudshelf cost`: what the shop costs on AWS in a month, and what each thing in it takes. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Bill, createBill, createIdleBill, LEVELS } from '../../tools/cost/bill.ts'
import { measure } from '../../tools/cost/measure.ts'
import { type Line, listOptions, PRICE_LIST, STAGES, type Stage } from '../../tools/cost/prices.ts'
import { parseCount, parseGigabytes } from '../../tools/cost/quantity.ts'
import {
  createBillNotes,
  createBillTable,
  createIdleTable,
  createLevelsTable,
  createMeasuredTable,
  formatText,
  LEVELS_NOTES,
  MEASURED_NOTES,
  type Table,
} from '../../tools/cost/tables.ts'
import type { UsageInput } from '../../tools/cost/usage.ts'
import { note, print, printJson } from './output.ts'

type Options = UsageInput & {
  readonly stage: Stage
  readonly with?: readonly string[]
  readonly measure?: boolean
  readonly json?: boolean
}

const count = (text: string): number => {
  const parsed = parseCount(text)
  if (parsed !== undefined) return parsed
  throw new InvalidArgumentError('It must be a number such as 500, 20k or 1.5M.')
}

const gigabytes = (text: string): number => {
  const parsed = parseGigabytes(text)
  if (parsed !== undefined) return parsed
  throw new InvalidArgumentError('It must be a size such as 512MB, 10GB or 1TB.')
}

const linesOf = (lines: readonly Line[]) =>
  lines.map(({ price: { id, what, unit }, quantity, usd, freeUsd }) => ({
    id,
    what,
    quantity,
    unit,
    usd,
    free_usd: freeUsd,
  }))

const billJson = ({ stage, usage, lines, usd, withFreeTier, dominating, remaining }: Bill) => ({
  stage,
  demand: usage,
  lines: linesOf(lines),
  usd,
  with_free_tier_usd: withFreeTier,
  dominating: dominating.price.id,
  dominating_after_free_tier: remaining?.price.id,
})

const { region, currency, asOf } = PRICE_LIST

const section = (title: string, table: Table, notes: readonly string[] = []): void => {
  print(`${title}\n\n${formatText(table)}\n`)
  for (const line of notes) print(line)
  if (notes.length > 0) print('')
}

const showMeasured = async (json: boolean | undefined): Promise<void> => {
  const measured = await measure(note)
  if (json) printJson({ units: measured, prices: { region, currency, as_of: asOf } })
  else section('What each thing takes', createMeasuredTable(measured), MEASURED_NOTES)
}

const inJson = (bill: Bill | undefined, stage: Stage, options: readonly string[]) => ({
  prices: { region, currency, as_of: asOf },
  ...(bill ? { bill: billJson(bill) } : {}),
  levels: LEVELS.map(({ name, estimate, stage: of, ...level }) => ({
    name,
    estimate,
    ...billJson(createBill(level, of)),
  })),
  idle: STAGES.map(of => billJson(createIdleBill(of, of === stage ? options : []))),
})

const showBill = (bill: Bill | undefined): void => {
  if (bill) section('A month of this shop on AWS', createBillTable(bill), createBillNotes(bill))
  section('The specification’s three levels, beside its estimates', createLevelsTable(), LEVELS_NOTES)
  section('A shop that nobody visits', createIdleTable())
  if (!bill) print('Say what your shop does: --visitors 20k, or --reads 1M --writes 500k --storage 10GB')
}

const cost = async (options: Options, command: Command): Promise<void> => {
  const { stage, with: chosen = [], measure: measures, json } = options
  const { reads, writes, storage, books, orders, visitors } = options
  const said = Object.fromEntries(
    Object.entries({ reads, writes, storage, books, orders, visitors }).filter(
      ([, value]) => value !== undefined,
    ),
  ) as UsageInput
  if (measures) {
    if (Object.keys(said).length > 0) command.error('error: --measure counts by itself: give it no numbers')
    return showMeasured(json)
  }
  const unknown = chosen.find(option => !listOptions(stage).includes(option))
  if (unknown !== undefined)
    command.error(
      `error: stage ${stage} has no option ${unknown}; it has ${listOptions(stage).join(', ') || 'none'}`,
    )
  if ((orders ?? 0) > (visitors ?? Number.POSITIVE_INFINITY))
    command.error('error: there cannot be more --orders than --visitors')
  const bill = Object.keys(said).length > 0 ? createBill(said, stage, chosen) : undefined
  if (json) printJson(inJson(bill, stage, chosen))
  else showBill(bill)
}

const HELP = `
What is not said follows from the rest: visitors from writes, orders from visitors, reads and writes from both. What that rests
on, and where each price comes from, is in docs/cost.md. Nothing is asked of AWS.

Examples:
  $ cloudshelf cost --visitors 20k --books 10k
  $ cloudshelf cost --reads 1M --writes 500k --storage 10GB
  $ cloudshelf cost --orders 400 --stage prod --with waf domain
  $ cloudshelf cost --measure`

export const costCommand = (): Command =>
  new Command('cost')
    .description('what the shop costs on AWS in a month')
    .option('--reads <n>', 'items read from DynamoDB', count)
    .option('--writes <n>', 'items written to DynamoDB', count)
    .option('--storage <size>', 'what lies in the tables: 10GB', gigabytes)
    .option('--books <n>', 'books on the shelf (10k)', count)
    .option('--orders <n>', 'orders a month', count)
    .option('--visitors <n>', 'visits a month', count)
    .addOption(new Option('--stage <stage>', 'which stage’s bill').choices(STAGES).default('prod'))
    .option('--with <option...>', 'options of the stage that are switched on: waf, domain')
    .option(
      '--measure',
      'count what each thing takes of DynamoDB, in a shop of its own that is gone afterwards',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(cost)

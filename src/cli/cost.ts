/** `cloudshelf cost`: the monthly bill of the shop on AWS, computed from its traffic, and the DynamoDB usage of each operation. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Bill, createBill, createIdleBill, LEVELS } from '../../tools/cost/bill.ts'
import { measure } from '../../tools/cost/measure.ts'
import {
  type Line,
  listDefaultOptions,
  listOptions,
  PRICE_LIST,
  STAGES,
  type Stage,
} from '../../tools/cost/prices.ts'
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

type CostOptions = UsageInput & {
  readonly stage: Stage
  readonly with?: readonly string[]
  readonly without?: readonly string[]
  readonly measure?: boolean
  readonly json?: boolean
}

const parseCountOption = (text: string): number => {
  const parsed = parseCount(text)
  if (parsed !== undefined) return parsed
  throw new InvalidArgumentError('It must be a number, for example 500, 20k or 1.5M.')
}

const parseSizeOption = (text: string): number => {
  const parsed = parseGigabytes(text)
  if (parsed !== undefined) return parsed
  throw new InvalidArgumentError('It must be a size, for example 512MB, 10GB or 1TB.')
}

const linesJson = (lines: readonly Line[]) =>
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
  lines: linesJson(lines),
  usd,
  with_free_tier_usd: withFreeTier,
  dominating: dominating.price.id,
  dominating_after_free_tier: remaining?.price.id,
})

const { region, currency, asOf } = PRICE_LIST

const printTable = (title: string, table: Table, notes: readonly string[] = []): void => {
  print(`${title}\n\n${formatText(table)}\n`)
  for (const line of notes) print(line)
  if (notes.length > 0) print('')
}

const measureUsage = async (json: boolean | undefined): Promise<void> => {
  const measured = await measure(note)
  if (json) printJson({ units: measured, prices: { region, currency, as_of: asOf } })
  else printTable('DynamoDB usage of each operation', createMeasuredTable(measured), MEASURED_NOTES)
}

const resultJson = (bill: Bill | undefined, stage: Stage, options: readonly string[]) => ({
  prices: { region, currency, as_of: asOf },
  ...(bill ? { bill: billJson(bill) } : {}),
  levels: LEVELS.map(({ name, estimate, stage: of, ...level }) => ({
    name,
    estimate,
    ...billJson(createBill(level, of)),
  })),
  idle: STAGES.map(of => billJson(createIdleBill(of, of === stage ? options : undefined))),
})

const printBill = (bill: Bill | undefined): void => {
  if (bill) printTable('Monthly bill of this shop on AWS', createBillTable(bill), createBillNotes(bill))
  printTable('Usage levels of the specification, with its estimates', createLevelsTable(), LEVELS_NOTES)
  printTable('Shop without visitors', createIdleTable())
  if (!bill) print('For your own numbers, use --visitors 20k, or --reads 1M --writes 500k --storage 10GB')
}

const cost = async (options: CostOptions, command: Command): Promise<void> => {
  const { stage, with: added = [], without = [], measure: measures, json } = options
  const chosen = [...new Set([...listDefaultOptions(stage), ...added])].filter(one => !without.includes(one))
  const { reads, writes, storage, books, orders, visitors } = options
  const said = Object.fromEntries(
    Object.entries({ reads, writes, storage, books, orders, visitors }).filter(
      ([, value]) => value !== undefined,
    ),
  ) as UsageInput
  if (measures) {
    if (Object.keys(said).length > 0) command.error('error: --measure takes no numbers: it measures them')
    return measureUsage(json)
  }
  const unknown = [...added, ...without].find(option => !listOptions(stage).includes(option))
  if (unknown !== undefined)
    command.error(
      `error: stage ${stage} has no option ${unknown}: it has ${listOptions(stage).join(', ') || 'none'}`,
    )
  if ((orders ?? 0) > (visitors ?? Number.POSITIVE_INFINITY))
    command.error('error: --orders must not be more than --visitors')
  const bill = Object.keys(said).length > 0 ? createBill(said, stage, chosen) : undefined
  if (json) printJson(resultJson(bill, stage, chosen))
  else printBill(bill)
}

const HELP = `
Numbers that you leave out are derived from the others: visitors from writes,
orders from visitors, reads and writes from both. docs/cost.md has the
assumptions and the source of each price. No request is sent to AWS.

Examples:
  $ cloudshelf cost --visitors 20k --books 10k
  $ cloudshelf cost --reads 1M --writes 500k --storage 10GB
  $ cloudshelf cost --orders 400 --stage prod --with domain --without waf
  $ cloudshelf cost --measure`

export const costCommand = (): Command =>
  new Command('cost')
    .description('Estimate the monthly cost of the shop on AWS')
    .option('--reads <n>', 'Items read from DynamoDB per month', parseCountOption)
    .option('--writes <n>', 'Items written to DynamoDB per month', parseCountOption)
    .option('--storage <size>', 'Size of all tables, for example 10GB', parseSizeOption)
    .option('--books <n>', 'Books for sale, for example 10k', parseCountOption)
    .option('--orders <n>', 'Orders per month', parseCountOption)
    .option('--visitors <n>', 'Visits per month', parseCountOption)
    .addOption(new Option('--stage <stage>', 'Stage').choices(STAGES).default('prod'))
    .option('--with <option...>', 'Options of the stage, such as waf and domain')
    .option('--without <option...>', 'Options that the stage has by default, such as waf in production')
    .option('--measure', 'Measure the DynamoDB usage of each operation, in a temporary shop')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(cost)

/** `cloudshelf import`: books from a file. */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { parseColumnMap } from '../catalog/import/feed/attributes.ts'
import { csvLine } from '../catalog/import/feed/csv-cell.ts'
import { type Feed, openFeed } from '../catalog/import/feed/open-feed.ts'
import { importBooks, type Outcome } from '../catalog/import/import-books.ts'
import { CategoryName, MAX_STOCK } from '../catalog/schema.ts'
import { type Cents, parseDecimal } from '../core/money.ts'
import { withDeps } from './open.ts'
import { CommandError, counted, FAILED, messageOf, note, print, printJson } from './output.ts'
import { startProgress } from './progress.ts'

type Options = {
  readonly map: readonly string[]
  readonly encoding?: string
  readonly category?: string
  readonly price?: Cents
  readonly stock?: number
  readonly demoPrices?: boolean
  readonly setStock?: boolean
  readonly dryRun?: boolean
  readonly report?: string
  readonly json?: boolean
}

const SHOWN_LINES = 20

type Counts = Record<Outcome['kind'], number>
/** A line of the report: a row that was refused, or something about it that was not taken. */
type Remark = {
  readonly line: number
  readonly book_id?: string
  readonly refused: boolean
  readonly reason: string
}

const remarksOf = ({ line, book_id, kind, reason, warnings }: Outcome): Remark[] => {
  const about = { line, ...(book_id === undefined ? {} : { book_id }) }
  const warned = warnings.map(warning => ({ ...about, refused: false, reason: warning }))
  return kind === 'refused' ? [{ ...about, refused: true, reason: reason ?? 'refused' }] : warned
}

const remarkText = ({ line, book_id, refused, reason }: Remark): string =>
  `line ${line}${book_id === undefined ? '' : `, ${book_id}`}: ${refused ? '' : 'taken, but '}${reason}`

/** A file that is written as the remarks come. */
const reportTo = async (file: string) => {
  const stream = createWriteStream(file)
  await once(stream, 'open').catch((error: Error) => {
    throw new CommandError(`cannot write ${file}: ${error.message}`)
  })
  stream.write(csvLine(['line', 'book_id', 'refused', 'reason']))
  return {
    add: ({ line, book_id = '', refused, reason }: Remark): void =>
      void stream.write(csvLine([String(line), book_id, refused ? 'yes' : 'no', reason])),
    close: async (): Promise<void> => {
      stream.end()
      await once(stream, 'finish')
    },
  }
}

type Report = {
  readonly counts: Counts
  /** All of them with --json, else as many as are shown. */
  readonly remarks: readonly Remark[]
  readonly warnings: number
  readonly withoutStock: number
}

const run = async (feed: Feed, options: Options): Promise<Report> => {
  const file = options.report === undefined ? undefined : await reportTo(options.report)
  const counts: Counts = { new: 0, changed: 0, moved: 0, unchanged: 0, refused: 0 }
  const remarks: Remark[] = []
  let warnings = 0
  let withoutStock = 0
  const progress = startProgress(feed.bytes)
  try {
    await withDeps(async deps => {
      const importing = { ...options, decimalComma: feed.decimalComma }
      for await (const outcome of importBooks(deps, feed.rows(progress.read), importing)) {
        counts[outcome.kind]++
        if (outcome.withoutStock) withoutStock++
        for (const remark of remarksOf(outcome)) {
          if (!remark.refused) warnings++
          if (options.json || remarks.length < SHOWN_LINES) remarks.push(remark)
          file?.add(remark)
        }
        progress.done(1)
      }
    })
  } finally {
    progress.end()
    await file?.close()
  }
  return { counts, remarks, warnings, withoutStock }
}

const say = ({ counts, remarks, warnings, withoutStock }: Report, { dryRun, report }: Options): void => {
  const said = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`)
  print(
    `${dryRun ? 'would be: ' : ''}${said.join(', ')}${warnings > 0 ? `; ${counted(warnings, 'warning')}` : ''}`,
  )
  for (const remark of remarks) print(`  ${remarkText(remark)}`)
  const more = counts.refused + warnings - remarks.length
  if (more > 0) print(`  and ${more} more${report ? '' : ': --report FILE writes all of them'}`)
  if (report) print(`all of them in ${report}`)
  if (withoutStock > 0)
    note(
      `cloudshelf: ${withoutStock} new books have no stock in the file and are sold out: --stock N gives them one`,
    )
}

const importFile = async (file: string, options: Options): Promise<void> => {
  const feed = await openFeed(file, options)
  if (!options.json) print(feed.summary)
  const report = await run(feed, options)
  const { refused, ...taken } = report.counts
  if (refused > 0 && Object.values(taken).every(count => count === 0)) process.exitCode = FAILED
  if (!options.json) return say(report, options)
  const { counts, remarks, warnings } = report
  printJson({ dry_run: options.dryRun ?? false, ...counts, warnings, lines: remarks })
}

const amount = (text: string): Cents => {
  const price = parseDecimal(text)
  if (price === undefined || price <= 0) throw new InvalidArgumentError('It is no price such as 12.50.')
  return price
}

const copies = (text: string): number => {
  if (/^\d{1,7}$/.test(text) && Number(text) <= MAX_STOCK) return Number(text)
  throw new InvalidArgumentError(`It is no number from 0 to ${MAX_STOCK}.`)
}

const categoryName = (text: string): string => {
  const parsed = CategoryName.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError('It is no name of 1 to 60 characters.')
}

const mapping = (entry: string, others: readonly string[]): string[] => {
  try {
    parseColumnMap([entry])
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error) ?? String(error))
  }
  return [...others, entry]
}

const HELP = `
Reads CSV with a header (delimiter and encoding are told from the file) or the JSON lines of an export.
A second run writes only what differs in the file; what the file lacks is never taken away, and --category, --price,
--stock and --demo-prices are for new books alone. A run that was cut off is finished by running it again.
Without a column for the category and without --category, the first genre is the category: young-adult, Young Adult.
A refused row does not stop the others; the exit code is 1 when not one row was taken, or file or shop cannot be read.

Examples:
  $ cloudshelf import books.csv --dry-run
  $ cloudshelf import books-10k.csv --demo-prices
  $ cloudshelf import supplier.csv --map "Verlag=" --map "Preis=price" --stock 5 --report refused.csv
  $ cloudshelf import counted.csv --set-stock`

export const importCommand = (): Command =>
  new Command('import')
    .description('put the books of a CSV file into the shop, or change those that are there')
    .argument('<file>', 'CSV with a header, or JSON lines')
    .option(
      '--map <column=attribute>',
      'what a column means; "column=" leaves it out (may be repeated)',
      mapping,
      [],
    )
    .option('--category <name>', 'category of new books whose row names none', categoryName)
    .option('--price <amount>', 'price of new books whose row has none', amount)
    .option('--stock <copies>', 'stock of new books whose row has none', copies)
    .option('--demo-prices', 'made-up prices and stock, always the same, for new books whose row has none')
    .option('--set-stock', "also set the stock of books that are there to the file's")
    .option('--encoding <name>', 'such as windows-1252; otherwise told from the bytes')
    .option('--dry-run', 'say what would happen, write nothing')
    .option('--report <file>', 'write every refused line and every warning to a CSV file')
    .option('--json', 'counts and all refused lines as JSON')
    .addHelpText('after', HELP)
    .action(importFile)

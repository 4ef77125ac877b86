/** `cloudshelf import`: adds and updates books from a CSV or JSON file. */
import { basename } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { parseColumnMap } from '../catalog/import/feed/attributes.ts'
import { type Feed, openFeed } from '../catalog/import/feed/open-feed.ts'
import { importBooks, type Outcome } from '../catalog/import/import-books.ts'
import type { MinorUnits } from '../core/money.ts'
import { explainError, FAILED } from './errors.ts'
import {
  type BookChanges,
  changesOf,
  changesText,
  openReportFile,
  type Remark,
  remarksOn,
  remarkText,
} from './import-report.ts'
import { parseCategory, parsePrice, parseStock } from './option-values.ts'
import { counted, note, print, printJson } from './output.ts'
import { startProgress } from './progress.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type ImportOptions = {
  readonly map?: readonly string[]
  readonly encoding?: string
  readonly category?: string
  readonly price?: MinorUnits
  readonly stock?: number
  readonly demoPrices?: boolean
  readonly setStock?: boolean
  readonly dryRun?: boolean
  readonly report?: string
  readonly json?: boolean
}

/** Maximum number of lines printed of each: refusals and warnings, and changes. */
const SHOWN = 20

type Result = {
  readonly counts: Record<Outcome['kind'], number>
  /** All of them with --json, else as many as are printed. */
  readonly remarks: readonly Remark[]
  readonly warnings: number
  readonly withoutStock: number
  /** As the remarks; those of existing books and those of new ones. */
  readonly changes: readonly BookChanges[]
  readonly created: readonly BookChanges[]
}

const runImport = async (file: string, feed: Feed, options: ImportOptions): Promise<Result> => {
  const report = options.report === undefined ? undefined : await openReportFile(options.report)
  const counts: Result['counts'] = { new: 0, changed: 0, moved: 0, unchanged: 0, refused: 0 }
  const remarks: Remark[] = []
  const changes: BookChanges[] = []
  const created: BookChanges[] = []
  const isKept = (found: readonly unknown[]): boolean => options.json === true || found.length < SHOWN
  let warnings = 0
  let withoutStock = 0
  const progress = startProgress(feed.bytes)
  try {
    await withDeps(async deps => {
      const source = { actor: commandLineActor(), file: basename(file) }
      const importOptions = { ...options, decimalComma: feed.decimalComma, source }
      for await (const outcome of importBooks(deps, feed.rows(progress.read), importOptions)) {
        counts[outcome.kind]++
        if (outcome.withoutStock) withoutStock++
        for (const remark of remarksOn(outcome)) {
          if (!remark.refused) warnings++
          if (isKept(remarks)) remarks.push(remark)
        }
        const changed = changesOf(outcome)
        const list = outcome.kind === 'new' ? created : changes
        if (changed && isKept(list)) list.push(changed)
        report?.add(outcome)
        progress.done(1)
      }
      // Closing the database takes a moment, in which nothing is imported any more.
      progress.end()
    })
  } finally {
    progress.end()
    await report?.close()
  }
  return { counts, remarks, warnings, withoutStock, changes, created }
}

const printResult = (
  { counts, remarks, warnings, withoutStock, changes, created }: Result,
  { dryRun, report }: ImportOptions,
): void => {
  const summary = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`)
  if (warnings > 0) summary.push(counted(warnings, 'warning'))
  print(`${dryRun ? 'dry run: ' : ''}${summary.join(', ')}`)
  const printSome = (lines: readonly string[], total: number): void => {
    for (const line of lines) print(`  ${line}`)
    const more = total - lines.length
    if (more > 0) print(`  … and ${more} more${report ? '' : ': --report <file> writes all of them'}`)
  }
  printSome(remarks.map(remarkText), counts.refused + warnings)
  printSome(changes.map(changesText), counts.changed + counts.moved)
  printSome(created.map(changesText), counts.new)
  if (report) print(`full report: ${report}`)
  if (withoutStock > 0)
    note(
      `cloudshelf: ${counted(withoutStock, 'new book has', 'new books have')} no stock in the file and ` +
        'will show as sold out: use --stock <copies> to set a stock',
    )
}

const importFile = async (file: string, options: ImportOptions): Promise<void> => {
  const feed = await openFeed(file, options)
  if (!options.json) print(feed.summary)
  const result = await runImport(file, feed, options)
  const { counts, remarks, warnings, changes, created } = result
  const { refused, ...imported } = counts
  if (refused > 0 && Object.values(imported).every(count => count === 0)) process.exitCode = FAILED
  if (!options.json) return printResult(result, options)
  printJson({
    dry_run: options.dryRun ?? false,
    ...counts,
    warnings,
    lines: remarks,
    changes: [...changes, ...created].sort((a, b) => a.line - b.line),
  })
}

const collectMapping = (entry: string, others: readonly string[] = []): string[] => {
  try {
    parseColumnMap([entry])
  } catch (error) {
    throw new InvalidArgumentError(explainError(error) ?? String(error))
  }
  return [...others, entry]
}

const HELP = `
The file is a CSV file with a header row, in any common delimiter and encoding,
or JSON: an array of objects, or one object per line.

Product exports of Shopify and WooCommerce are read as they are. Each variant (such
as a paperback and a hardcover) becomes a book of its own, with its option behind
the title; the vendor or the attribute Author is the author; the product type, or
else the first tag or category, is the category.

Importing the same file again writes only what has changed, so an interrupted
import is completed by running it again. Values that the file leaves empty stay
as they are. --category, --price, --stock and --demo-prices apply to new books
only. Without a category column and --category, the first genre of a book is its
category.

A row is an existing book if its column book_id says so, or if its ISBN is that of
exactly one book. The id or sku of another shop becomes the id of a new book, but
never matches an existing book: where it collides, the row is refused. If such a
column holds the ids of this shop, use --map "<column>=book_id". A row whose
book_id and ISBN are different books is refused.

Products that another shop hides (draft, private, archived, Published 0) become
retired books. Amounts in another currency than the shop's are refused.

What changes is listed field by field, with the values before and after: some of
it on the terminal, all of it with --report or --json. The audit has it too.

Refused rows do not stop the import. The exit code is 1 if every row was refused
or the file cannot be read.

Examples:
  $ cloudshelf import books.csv --dry-run
  $ cloudshelf import books-10k.csv --demo-prices
  $ cloudshelf import supplier.csv --map "Verlag=" --map "Preis=price" --stock 5
  $ cloudshelf import inventory.csv --set-stock --report refused.csv`

export const importCommand = (): Command =>
  new Command('import')
    .description('Import books from a CSV or JSON file, or update them')
    .argument('<file>', 'CSV with a header row, or JSON')
    .option(
      '--map <column=attribute>',
      'Which attribute a column is; "column=" ignores the column. Can be repeated',
      collectMapping,
    )
    .option('--category <name>', 'Category of new books that have none in the file', parseCategory)
    .option('--price <amount>', 'Price of new books that have none in the file', parsePrice)
    .option('--stock <copies>', 'Stock of new books that have none in the file', parseStock)
    .option('--demo-prices', 'Made-up prices and stock for new books that have none in the file')
    .option('--set-stock', 'Set the stock of existing books to that in the file')
    .option('--encoding <name>', 'Encoding, for example windows-1252 (default: detected)')
    .option('--dry-run', 'Show what would happen, without writing anything')
    .option('--report <file>', 'Write all changes, refused rows and warnings to a CSV file')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(importFile)

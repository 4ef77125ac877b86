/** `cloudshelf export`: all books as a file that `import` reads. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { type ExportFormat, exportBooks } from '../catalog/import/export.ts'
import { CommandError } from './errors.ts'
import { counted, note } from './output.ts'
import { withDeps } from './with-deps.ts'

const formatFor = (file: string | undefined, chosen: ExportFormat | undefined): ExportFormat =>
  chosen ?? (file !== undefined && /\.(jsonl|ndjson|json)$/i.test(file) ? 'jsonl' : 'csv')

/** Writes the whole file or none: it gets its name when it is complete. */
const writeFile = async (text: AsyncIterable<string>, file: string): Promise<void> => {
  const partial = `${file}.partial`
  try {
    await pipeline(Readable.from(text), createWriteStream(partial))
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    if (error instanceof Error && 'syscall' in error)
      throw new CommandError(`cannot write ${file}: ${error.message}`)
    throw error
  }
}

const writeStdout = async (text: AsyncIterable<string>): Promise<void> => {
  try {
    await pipeline(Readable.from(text), process.stdout, { end: false })
  } catch (error) {
    // The reader of a pipe, such as `head`, may close it before the end.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
  }
}

/** Excel takes a CSV file without it for the code page of the computer. */
async function* withByteOrderMark(text: AsyncIterable<string>): AsyncGenerator<string> {
  yield '\ufeff'
  yield* text
}

type ExportOptions = { readonly format?: ExportFormat; readonly bom?: boolean }

const exportFile = (file: string | undefined, { format: chosen, bom }: ExportOptions): Promise<void> => {
  const format = formatFor(file, chosen)
  if (bom && format !== 'csv') throw new CommandError('--bom is for CSV: JSON must not begin with it')
  return withDeps(async deps => {
    const exported = exportBooks(deps, format, invalid =>
      note(
        `cloudshelf: skipped ${counted(invalid, 'invalid item')} of the books table; \`cloudshelf doctor\` lists them`,
      ),
    )
    const text = bom ? withByteOrderMark(exported) : exported
    if (file === undefined) await writeStdout(text)
    else await writeFile(text, file)
  })
}

const HELP = `
Books are sorted by category and ID and have all their attributes, so importing
the file again changes nothing. Cells that begin with = + - or @ are written as
they are: open the file as text in a spreadsheet. With --bom Excel shows letters such
as é right; import reads such a file too.

Examples:
  $ cloudshelf export books.csv
  $ cloudshelf export for-excel.csv --bom
  $ cloudshelf export --format jsonl | gzip > books.jsonl.gz`

export const exportCommand = (): Command =>
  new Command('export')
    .description('Export all books, with their stock, as CSV or JSON Lines')
    .argument('[file]', 'File to write (default: standard output)')
    .addOption(
      new Option('--format <format>', 'Format (default: by the file name, else csv)').choices([
        'csv',
        'jsonl',
      ] as const),
    )
    .option('--bom', 'Begin the CSV with a byte order mark, for Excel')
    .addHelpText('after', HELP)
    .action(exportFile)

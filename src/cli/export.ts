/** `cloudshelf export`: all books as a file that `import` takes back. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { type ExportFormat, exportBooks } from '../catalog/import/export.ts'
import { withDeps } from './open.ts'
import { CommandError, note } from './output.ts'

const formatOf = (file: string | undefined, asked: ExportFormat | undefined): ExportFormat =>
  asked ?? (file !== undefined && /\.(jsonl|ndjson|json)$/i.test(file) ? 'jsonl' : 'csv')

/** The whole file or none: it takes its name when it is complete. */
const toFile = async (text: AsyncIterable<string>, file: string): Promise<void> => {
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

const toStdout = async (text: AsyncIterable<string>): Promise<void> => {
  try {
    await pipeline(Readable.from(text), process.stdout, { end: false })
  } catch (error) {
    // Whoever reads us has seen enough, as `head` does.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
  }
}

const exportFile = (file: string | undefined, { format }: { format?: ExportFormat }): Promise<void> =>
  withDeps(async ({ books }) => {
    const text = exportBooks(books, formatOf(file, format), unreadable =>
      note(`cloudshelf: ${unreadable} rows are no books and are left out: \`cloudshelf doctor\` names them`),
    )
    if (file === undefined) await toStdout(text)
    else await toFile(text, file)
  })

const HELP = `
Ordered by category and id, with every attribute: an import of it finds nothing to change.
Cells are written as they are, also those that begin with = + - or @: in a spreadsheet, open the file as text.

Examples:
  $ cloudshelf export books.csv
  $ cloudshelf export --format jsonl | gzip > books.jsonl.gz`

export const exportCommand = (): Command =>
  new Command('export')
    .description('write all books, with stock, as CSV or JSON lines')
    .argument('[file]', 'where to; stdout otherwise')
    .addOption(
      new Option('--format <format>', "by the file's ending, else csv").choices(['csv', 'jsonl'] as const),
    )
    .addHelpText('after', HELP)
    .action(exportFile)

/** Report of an import: the refused rows of a file, and the warnings about rows that were imported. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { csvLine } from '../catalog/import/feed/csv-cell.ts'
import type { Outcome } from '../catalog/import/import-books.ts'
import { CommandError } from './errors.ts'

/** A line of the report, as `import --json` prints it. */
export type Remark = {
  readonly line: number
  readonly book_id?: string
  readonly refused: boolean
  readonly reason: string
}

/** Why the row was refused, or the warnings about it. */
export const remarksOn = ({ line, book_id, kind, reason, warnings }: Outcome): Remark[] => {
  const row = { line, ...(book_id === undefined ? {} : { book_id }) }
  return kind === 'refused'
    ? [{ ...row, refused: true, reason: reason ?? 'refused' }]
    : warnings.map(warning => ({ ...row, refused: false, reason: warning }))
}

export const remarkText = ({ line, book_id, refused, reason }: Remark): string =>
  `line ${line}${book_id === undefined ? '' : `, ${book_id}`}: ${refused ? '' : 'warning: '}${reason}`

export type ReportFile = {
  readonly add: (remark: Remark) => void
  readonly close: () => Promise<void>
}

/** Opens a CSV file that is written while the import runs. Throws CommandError when it cannot be written. */
export const openReportFile = async (file: string): Promise<ReportFile> => {
  const stream = createWriteStream(file)
  await once(stream, 'open').catch((error: Error) => {
    throw new CommandError(`cannot write ${file}: ${error.message}`)
  })
  stream.write(csvLine(['line', 'book_id', 'refused', 'reason']))
  return {
    add: ({ line, book_id = '', refused, reason }) =>
      void stream.write(csvLine([String(line), book_id, refused ? 'yes' : 'no', reason])),
    close: async () => {
      stream.end()
      await once(stream, 'finish')
    },
  }
}

/** Report of an import: what changes, the refused rows of a file, and the warnings about rows that were imported. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { FieldChange } from '../catalog/import/changes.ts'
import type { Outcome } from '../catalog/import/import-books.ts'
import { csvLine } from '../core/csv.ts'
import { CommandError } from './errors.ts'

/** A refusal or a warning, as `import --json` prints it. */
export type Remark = {
  readonly line: number
  readonly book_id?: string
  readonly refused: boolean
  readonly reason: string
}

/** The changes of a book, as `import --json` prints them. */
export type BookChanges = {
  readonly line: number
  readonly book_id: string
  readonly kind: Outcome['kind']
  readonly fields: readonly FieldChange[]
}

/** Why the row was refused, or the warnings about it. */
export const remarksOn = ({ line, book_id, kind, reason, warnings }: Outcome): Remark[] => {
  const row = { line, ...(book_id === undefined ? {} : { book_id }) }
  return kind === 'refused'
    ? [{ ...row, refused: true, reason: reason ?? 'refused' }]
    : warnings.map(warning => ({ ...row, refused: false, reason: warning }))
}

/** What a row changes; undefined for nothing. */
export const changesOf = ({ line, book_id, kind, changes }: Outcome): BookChanges | undefined =>
  book_id === undefined || changes.length === 0 ? undefined : { line, book_id, kind, fields: changes }

export const remarkText = ({ line, book_id, refused, reason }: Remark): string =>
  `line ${line}${book_id === undefined ? '' : `, ${book_id}`}: ${refused ? '' : 'warning: '}${reason}`

const MAX_CELL = 60
const shortCell = (cell: string): string => {
  const text = cell.replace(/\s+/g, ' ')
  const letters = [...text]
  return letters.length > MAX_CELL ? `${letters.slice(0, MAX_CELL).join('')}…` : text
}

const fieldText = ({ field, before, after }: FieldChange): string =>
  `${field} ${before === '' ? '(none)' : shortCell(before)} → ${after === '' ? '(none)' : shortCell(after)}`

/** For example: line 2, tech-001: price 42.99 → 12.50; title Clean Code → Dirty Code */
export const changesText = ({ line, book_id, kind, fields }: BookChanges): string => {
  const texts =
    kind === 'new'
      ? fields.map(({ field, after }) => `${field} ${shortCell(after)}`)
      : fields.map(one => fieldText(one))
  return `line ${line}, ${book_id}${kind === 'new' ? ' (new)' : ''}: ${texts.join('; ')}`
}

export type ReportFile = {
  readonly add: (outcome: Outcome) => void
  readonly close: () => Promise<void>
}

const COLUMNS = ['line', 'book_id', 'refused', 'reason', 'change', 'field', 'before', 'after']

const reportLines = (outcome: Outcome): string[] => {
  const { line, book_id = '', kind, changes } = outcome
  return [
    ...remarksOn(outcome).map(({ refused, reason }) =>
      csvLine([String(line), book_id, refused ? 'yes' : 'no', reason, '', '', '', '']),
    ),
    ...changes.map(({ field, before, after }) =>
      csvLine([String(line), book_id, 'no', '', kind, field, before, after]),
    ),
  ]
}

/** Opens a CSV file that is written while the import runs. Throws CommandError when it cannot be written. */
export const openReportFile = async (file: string): Promise<ReportFile> => {
  const stream = createWriteStream(file)
  await once(stream, 'open').catch((error: Error) => {
    throw new CommandError(`cannot write ${file}: ${error.message}`)
  })
  stream.write(csvLine(COLUMNS))
  return {
    add: outcome => void stream.write(reportLines(outcome).join('')),
    close: async () => {
      stream.end()
      await once(stream, 'finish')
    },
  }
}

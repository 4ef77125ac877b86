/** A CSV feed with a header, as rows with their line numbers. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, type Info, type Options, parse } from 'csv-parse'
import { parse as parseSync } from 'csv-parse/sync'
import { type ColumnMap, type Columns, cellsOf, FeedError, type FeedRow, recognise } from './attributes.ts'

const DELIMITERS = [',', ';', '\t']
/** One record: more than any book needs, and an end to what a quote that is never closed can swallow. */
const MAX_RECORD = 2_000_000

const options = (delimiter: string) =>
  ({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD,
  }) satisfies Options

export type CsvHeader = {
  readonly delimiter: string
  readonly header: readonly string[]
  readonly columns: Columns
}

/** How the file is written, told from its beginning: the delimiter under which most columns make sense. Throws FeedError. */
export const readCsvHeader = (start: string, mapped: ColumnMap): CsvHeader => {
  const readings = DELIMITERS.map((delimiter): CsvHeader => {
    let header: string[] = []
    try {
      header = parseSync(start, { ...options(delimiter), to: 1 })[0] ?? []
    } catch {
      // no header under this delimiter
    }
    return { delimiter, header, columns: recognise(header, mapped) }
  })
  const sense = ({ columns, header }: CsvHeader) => columns.places.size * 1_000 + header.length
  const best = readings.reduce((a, b) => (sense(b) > sense(a) ? b : a))
  if (best.columns.places.size === 0)
    throw new FeedError(
      'its first line names no column that is known, such as title, author, isbn or price: add a header, or use --map',
    )
  return best
}

const CRLF = /\r\n/g
const LINE_END = /\r\n|\r|\n/g
const count = (record: readonly string[], pattern: RegExp): number =>
  record.reduce((sum, cell) => sum + (cell.match(pattern)?.length ?? 0), 0)

const tooWide = (record: readonly string[], header: readonly string[]): string | undefined =>
  record.slice(header.length).some(cell => cell.trim() !== '')
    ? `has ${record.length} cells where the header has ${header.length}: a cell with a delimiter in it needs quotes`
    : undefined

const asFeedError = (error: unknown): unknown =>
  error instanceof CsvError
    ? new FeedError(
        error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
          ? `a quote is opened and never closed: ${error.message}`
          : error.message,
      )
    : error

/** The rows after the header. Throws FeedError where the file stops making sense. */
export async function* csvRows(
  text: AsyncIterable<string>,
  { delimiter, header, columns }: CsvHeader,
): AsyncGenerator<FeedRow> {
  const parser = parse({ ...options(delimiter), info: true })
  const feeding = pipeline(Readable.from(text), parser)
  feeding.catch(() => {}) // reading the parser throws it too
  // The parser counts a CRLF inside quotes as two lines.
  let miscounted = 0
  let isHeader = true
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      miscounted += count(record, CRLF)
      if (isHeader) {
        isHeader = false
        continue
      }
      if (record.every(cell => cell.trim() === '')) continue
      const line = info.lines - miscounted - count(record, LINE_END)
      const problem = tooWide(record, header)
      yield { line, cells: cellsOf(record, columns), ...(problem === undefined ? {} : { problem }) }
    }
  } catch (error) {
    throw asFeedError(error)
  }
}

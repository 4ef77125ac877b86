/** Reader of CSV with a header, as rows with their line numbers. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, type Info, type Options, parse } from 'csv-parse'
import { parse as parseSync } from 'csv-parse/sync'
import { type ColumnMap, type Columns, FeedError, type FeedRow, readColumns, toCells } from './attributes.ts'

const DELIMITERS = [',', ';', '\t']
/** More than any book needs, and a limit to what an unclosed quote can swallow. */
const MAX_RECORD_SIZE = 2_000_000

const parserOptions = (delimiter: string) =>
  ({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_SIZE,
  }) satisfies Options

export type CsvHeader = {
  readonly delimiter: string
  readonly header: readonly string[]
  readonly columns: Columns
}

/** The header of a file from its beginning, with the delimiter that gives the most known columns. Throws FeedError. */
export const readCsvHeader = (start: string, mapped: ColumnMap): CsvHeader => {
  const headers = DELIMITERS.map((delimiter): CsvHeader => {
    let header: string[] = []
    try {
      header = parseSync(start, { ...parserOptions(delimiter), to: 1 })[0] ?? []
    } catch {
      // Not a header with this delimiter.
    }
    return { delimiter, header, columns: readColumns(header, mapped) }
  })
  const score = ({ columns, header }: CsvHeader) => columns.places.size * 1_000 + header.length
  const best = headers.reduce((a, b) => (score(b) > score(a) ? b : a))
  if (best.columns.places.size === 0)
    throw new FeedError(
      'its first line must name known columns, for example title, author, isbn and price: add a header, or use --map',
    )
  return best
}

const CRLF = /\r\n/g
const LINE_END = /\r\n|\r|\n/g
const countMatches = (record: readonly string[], pattern: RegExp): number =>
  record.reduce((sum, cell) => sum + (cell.match(pattern)?.length ?? 0), 0)

const widthProblem = (record: readonly string[], header: readonly string[]): string | undefined =>
  record.slice(header.length).some(cell => cell.trim() !== '')
    ? `has ${record.length} cells, but the header has ${header.length}: quote cells that contain the delimiter`
    : undefined

const toFeedError = (error: unknown): unknown =>
  error instanceof CsvError
    ? new FeedError(
        error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
          ? `a quote is never closed: ${error.message}`
          : error.message,
      )
    : error

/** The rows after the header. Throws FeedError where the file is not valid CSV. */
export async function* csvRows(
  text: AsyncIterable<string>,
  { delimiter, header, columns }: CsvHeader,
): AsyncGenerator<FeedRow> {
  const parser = parse({ ...parserOptions(delimiter), info: true })
  const feeding = pipeline(Readable.from(text), parser)
  feeding.catch(() => {}) // also thrown by reading the parser
  // The parser counts a CRLF inside quotes as two lines.
  let extraLines = 0
  let isHeader = true
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      extraLines += countMatches(record, CRLF)
      if (isHeader) {
        isHeader = false
        continue
      }
      if (record.every(cell => cell.trim() === '')) continue
      const line = info.lines - extraLines - countMatches(record, LINE_END)
      const problem = widthProblem(record, header)
      yield { line, cells: toCells(record, columns), ...(problem === undefined ? {} : { problem }) }
    }
  } catch (error) {
    throw toFeedError(error)
  }
}

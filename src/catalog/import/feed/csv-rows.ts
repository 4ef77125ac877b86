/** Reader of CSV with a header, as rows with their line numbers. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, type Info, type Options, parse } from 'csv-parse'
import { parse as parseSync } from 'csv-parse/sync'
import { type ColumnMap, type Columns, FeedError, type FeedRow, readColumns, toCells } from './attributes.ts'
import type { CsvRecord, ProductReader } from './products.ts'
import { createShopifyReader } from './shopify-products.ts'
import { createWooCommerceReader } from './woocommerce-products.ts'

const DELIMITERS = [',', ';', '\t', '|']
/** Lines before the header, such as a report's title or `sep=;`, are skipped; the header is looked for among so many records. */
const HEADER_WITHIN = 20
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
  /** Records before the header. */
  readonly skipped: number
  /** Of another shop's export in which the variants of a product are rows; its columns are those of the header then. */
  readonly products?: ProductReader
}

const createProductReader = (header: readonly string[], columns: Columns): ProductReader | undefined => {
  if (columns.source === 'shopify') return createShopifyReader(header, columns)
  return columns.source === 'woocommerce' ? createWooCommerceReader(header, columns) : undefined
}

/** The first records of a file as far as they can be read with this delimiter. */
const firstRecords = (start: string, delimiter: string): readonly string[][] => {
  try {
    return parseSync(start, { ...parserOptions(delimiter), to: HEADER_WITHIN })
  } catch {
    // One that cannot be read may be cut off: try the first alone.
  }
  try {
    return parseSync(start, { ...parserOptions(delimiter), to: 1 })
  } catch {
    return []
  }
}

/**
 * The header of a file from its beginning: the record with the most known columns among the first, with the delimiter that gives
 * the most. Throws FeedError.
 */
export const readCsvHeader = (start: string, mapped: ColumnMap): CsvHeader => {
  const headers = DELIMITERS.flatMap(delimiter =>
    firstRecords(start, delimiter).map((header, skipped): CsvHeader => {
      return { delimiter, header, columns: readColumns(header, mapped), skipped }
    }),
  )
  const score = ({ columns: { places }, header, skipped }: CsvHeader): number =>
    places.size * 1_000 + (skipped === 0 ? header.length : 0)
  const [first, ...others] = headers
  if (!first) throw new FeedError('its first lines cannot be read as CSV: a quote may never be closed')
  const best = others.reduce((a, b) => (score(b) > score(a) ? b : a), first)
  if (best.columns.places.size === 0)
    throw new FeedError(
      'its first line must name known columns, for example title, author, isbn and price: add a header, or use --map',
    )
  const products = createProductReader(best.header, best.columns)
  return products ? { ...best, products, columns: products.columns } : best
}

const CRLF = /\r\n/g
const LINE_END = /\r\n|\r|\n/g
const countMatches = (record: readonly string[], pattern: RegExp): number =>
  record.reduce((sum, cell) => sum + (cell.match(pattern)?.length ?? 0), 0)

const widthProblem = (record: readonly string[], header: readonly string[]): string | undefined =>
  record.slice(header.length).some(cell => cell.trim() !== '')
    ? `has ${record.length} cells, but the header has ${header.length}: quote cells that contain the delimiter`
    : undefined

type Parsed = { readonly record: string[]; readonly info: Info; readonly raw: string }

const toFeedError = (error: unknown): unknown =>
  error instanceof CsvError
    ? new FeedError(
        error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
          ? `a quote is never closed: ${error.message}`
          : error.message,
      )
    : error

/** One line as a record: with its quotes where they are right, else with quotes as characters. */
const parseLine = (text: string, delimiter: string): string[] => {
  try {
    const [record, ...more] = parseSync(text, { ...parserOptions(delimiter), relax_quotes: false })
    if (record && more.length === 0) return record
  } catch {
    // Read again below.
  }
  return parseSync(text, { ...parserOptions(delimiter), quote: false })[0] ?? []
}

const isStrict = (raw: string, delimiter: string): boolean => {
  try {
    parseSync(raw, { ...parserOptions(delimiter), relax_quotes: false })
    return true
  } catch {
    return false
  }
}

/**
 * The records that a quote which is never closed has merged into one over several lines; undefined where the record is as it was
 * meant. Lines that have all columns each by themselves are rows: a description over several lines does not look like that.
 */
const splitMerged = (raw: string, { delimiter, header }: CsvHeader): readonly string[][] | undefined => {
  const lines = raw.split(LINE_END).filter(text => text.trim() !== '')
  if (lines.length < 2 || header.length < 3) return undefined
  const areRows = lines.every(text => text.split(delimiter).length === header.length)
  return areRows ? lines.map(text => parseLine(text, delimiter)) : undefined
}

/** The records after the header. Throws FeedError where the file is not valid CSV. */
async function* csvRecords(text: AsyncIterable<string>, csv: CsvHeader): AsyncGenerator<CsvRecord> {
  const { delimiter, header } = csv
  const parser = parse({ ...parserOptions(delimiter), info: true, raw: true })
  // Reads hardly ahead of what is imported: the progress counts what has been read.
  const feeding = pipeline(Readable.from(text, { highWaterMark: 1 }), parser)
  feeding.catch(() => {}) // also thrown by reading the parser
  // The parser counts a CRLF inside quotes as two lines.
  let extraLines = 0
  let before = csv.skipped + 1
  try {
    for await (const { record, info, raw } of parser as AsyncIterable<Parsed>) {
      extraLines += countMatches(record, CRLF)
      if (before > 0) {
        before--
        continue
      }
      if (record.every(cell => cell.trim() === '')) continue
      const breaks = countMatches(record, LINE_END)
      const line = info.lines - extraLines - breaks
      const merged = breaks > 0 ? splitMerged(raw, csv) : undefined
      if (merged) {
        for (const [i, one] of merged.entries()) yield { line: line + i, cells: one }
        continue
      }
      const problem =
        breaks > 0 && !isStrict(raw, delimiter)
          ? `has a quote that is not closed on its line, and would take in ${breaks} more: close it, or double quotes inside a cell`
          : widthProblem(record, header)
      yield { line, cells: record, ...(problem === undefined ? {} : { problem }) }
    }
  } catch (error) {
    throw toFeedError(error)
  }
}

/** The rows of the books after the header. Throws FeedError where the file is not valid CSV. */
export async function* csvRows(text: AsyncIterable<string>, csv: CsvHeader): AsyncGenerator<FeedRow> {
  const records = csvRecords(text, csv)
  for await (const { cells, ...row } of csv.products?.read(records) ?? records)
    yield { ...row, cells: toCells(cells, csv.columns) }
}

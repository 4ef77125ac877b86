/** Opened feed: detects the format, delimiter and encoding of a file of books, and yields its rows one at a time. */

import { statSync } from 'node:fs'
import { truncate } from '../../../core/truncate.ts'
import { ATTRIBUTES, assertMapped, FeedError, type FeedRow, parseColumnMap } from './attributes.ts'
import { csvRows, readCsvHeader } from './csv-rows.ts'
import { explainFileKind } from './file-kind.ts'
import { jsonArrayRows, jsonRows } from './json-rows.ts'
import { detectEncoding, GUESSED_ENCODING, readBytes, readText } from './text.ts'

const START_BYTES = 256 * 1024
/** An ONIX message may begin with comments and a long document type. */
const KIND_BYTES = 4_096

export type FeedOptions = {
  /** Entries `column=attribute`, for columns with unknown names. */
  readonly map?: readonly string[]
  /** Detected from the bytes by default. */
  readonly encoding?: string | undefined
}

export type Feed = {
  readonly bytes: number
  /** One line that says how the file is read. */
  readonly summary: string
  /** Whether amounts have a decimal comma. */
  readonly decimalComma: boolean
  readonly rows: (onBytes?: (bytes: number) => void) => AsyncGenerator<FeedRow>
}

const readStart = async (file: string, encoding: string): Promise<string> => {
  let start = ''
  for await (const text of readText(file, encoding, { end: START_BYTES - 1 })) start += text
  return start
}

const SAMPLE_LENGTH = 40

/** Says that a code page is a guess, with some of the text that shows whether it is right. */
const guessNote = (encoding: string, start: string): string => {
  if (encoding !== GUESSED_ENCODING) return ''
  const at = start.search(/[^\p{ASCII}]/u)
  const around = at < 0 ? [] : truncate(start.slice(Math.max(0, at - 10)), SAMPLE_LENGTH + 10).split(/[\r\n]/)
  const sample = around.find(text => /[^\p{ASCII}]/u.test(text))?.trim() ?? 'the text'
  return ` (a guess: if “${sample}” looks wrong, use --encoding, for example windows-1250)`
}

/** Throws FeedError for a file that is no table of books, whatever its name says. */
const assertTable = async (file: string): Promise<void> => {
  for await (const start of readBytes(file, KIND_BYTES - 1)) {
    const kind = explainFileKind(start)
    if (kind !== undefined) throw new FeedError(`${file} is ${kind}`)
    return
  }
}

/** Opens a CSV file with a header, or JSON. Throws FeedError when it cannot be read or is neither. */
export const openFeed = async (file: string, { map = [], encoding }: FeedOptions = {}): Promise<Feed> => {
  const mapped = parseColumnMap(map)
  await assertTable(file)
  const used = encoding ?? (await detectEncoding(file))
  const start = await readStart(file, used)
  if (start.trim() === '') throw new FeedError(`${file} is empty`)
  const { size: bytes } = statSync(file)
  if (/^\s*[{[]/.test(start)) {
    const isArray = /^\s*\[/.test(start)
    // Read as JSON lines, an object over several lines would be refused line by line.
    if (!isArray && /^\s*\{\s*\n/.test(start))
      throw new FeedError(
        `${file} is one JSON object: it must be an array of books, [{…}, {…}], or one object per line; if the books are in a part of ` +
          `it, take that out first, for example with: jq '.books' ${file}`,
      )
    return {
      bytes,
      summary: `JSON ${isArray ? 'array' : 'lines'}, ${used}${encoding === undefined ? guessNote(used, start) : ''}`,
      decimalComma: false,
      rows: onBytes =>
        (isArray ? jsonArrayRows : jsonRows)(readText(file, used, onBytes ? { onBytes } : {}), mapped),
    }
  }
  const csv = readCsvHeader(start, mapped)
  assertMapped(csv.header, mapped, map)
  const { places, unused } = csv.columns
  const delimiter = { ',': 'comma', ';': 'semicolon', '|': 'pipe' }[csv.delimiter] ?? 'tab'
  const meanings = ATTRIBUTES.flatMap(attribute => {
    const names = places.get(attribute)?.flatMap(column => csv.header[column]?.trim() ?? [])
    if (!names) return []
    return names.length === 0 || names.join() === attribute
      ? [attribute]
      : [`${attribute} (${names.join(', ')})`]
  })
  const shop = csv.products ? `, ${csv.products.shop} export with a book for each variant` : ''
  return {
    bytes,
    summary: `CSV, ${delimiter}, ${used}${encoding === undefined ? guessNote(used, start) : ''}${shop}: ${meanings.join(', ')}${unused.length > 0 ? `; ignored: ${unused.join(', ')}` : ''}`,
    decimalComma: csv.delimiter === ';',
    rows: onBytes => csvRows(readText(file, used, onBytes ? { onBytes } : {}), csv),
  }
}

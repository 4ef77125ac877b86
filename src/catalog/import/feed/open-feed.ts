/** Opened feed: detects the format, delimiter and encoding of a file of books, and yields its rows one at a time. */

import { statSync } from 'node:fs'
import { truncate } from '../../../core/truncate.ts'
import { ATTRIBUTES, assertMapped, FeedError, type FeedRow, parseColumnMap } from './attributes.ts'
import { csvRows, readCsvHeader } from './csv-rows.ts'
import { jsonRows } from './json-rows.ts'
import { detectEncoding, GUESSED_ENCODING, readText } from './text.ts'

const START_BYTES = 256 * 1024

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

/** Opens a CSV file with a header, or JSON lines. Throws FeedError when it cannot be read or is neither. */
export const openFeed = async (file: string, { map = [], encoding }: FeedOptions = {}): Promise<Feed> => {
  const mapped = parseColumnMap(map)
  const used = encoding ?? (await detectEncoding(file))
  const start = await readStart(file, used)
  if (start.trim() === '') throw new FeedError(`${file} is empty`)
  const { size: bytes } = statSync(file)
  if (/^\s*[{[]/.test(start)) {
    // Read as JSON lines, a document over several lines would be refused line by line.
    if (/^\s*(\[|\{\s*\n)/.test(start))
      throw new FeedError(`${file} is one JSON document: it must be JSON lines, one object per line`)
    return {
      bytes,
      summary: `JSON lines, ${used}${encoding === undefined ? guessNote(used, start) : ''}`,
      decimalComma: false,
      rows: onBytes => jsonRows(readText(file, used, onBytes ? { onBytes } : {}), mapped),
    }
  }
  const csv = readCsvHeader(start, mapped)
  assertMapped(csv.header, mapped, map)
  const { places, unused } = csv.columns
  const delimiter = { ',': 'comma', ';': 'semicolon', '|': 'pipe' }[csv.delimiter] ?? 'tab'
  const meanings = ATTRIBUTES.flatMap(attribute => {
    const names = places.get(attribute)?.map(column => csv.header[column]?.trim() ?? '')
    if (!names) return []
    return names.join() === attribute ? [attribute] : [`${attribute} (${names.join(', ')})`]
  })
  return {
    bytes,
    summary: `CSV, ${delimiter}, ${used}${encoding === undefined ? guessNote(used, start) : ''}: ${meanings.join(', ')}${unused.length > 0 ? `; ignored: ${unused.join(', ')}` : ''}`,
    decimalComma: csv.delimiter === ';',
    rows: onBytes => csvRows(readText(file, used, onBytes ? { onBytes } : {}), csv),
  }
}

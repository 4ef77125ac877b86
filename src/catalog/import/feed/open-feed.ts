/** A file of books, opened: how it is written is told from its bytes, and its rows come one at a time. */
import { statSync } from 'node:fs'
import { assertMapped, attributes, FeedError, type FeedRow, readColumnMap } from './attributes.ts'
import { csvRows, readCsvHeader } from './csv-rows.ts'
import { jsonRows } from './json-rows.ts'
import { detectEncoding, textOf } from './text.ts'

const START_BYTES = 256 * 1024

export type FeedOptions = {
  /** `column=attribute`, for columns whose names are not known. */
  readonly map?: readonly string[]
  /** Otherwise told from the bytes. */
  readonly encoding?: string | undefined
}

export type Feed = {
  readonly bytes: number
  /** How the file is understood, in one line. */
  readonly understood: string
  /** Whether amounts are written with a decimal comma. */
  readonly decimalComma: boolean
  readonly rows: (onBytes?: (bytes: number) => void) => AsyncGenerator<FeedRow>
}

const startOf = async (file: string, encoding: string): Promise<string> => {
  let start = ''
  for await (const text of textOf(file, encoding, { end: START_BYTES - 1 })) start += text
  return start
}

/** Opens a CSV file with a header, or JSON lines. Throws FeedError when it cannot be read or makes no sense. */
export const openFeed = async (file: string, { map = [], encoding }: FeedOptions = {}): Promise<Feed> => {
  const mapped = readColumnMap(map)
  const used = encoding ?? (await detectEncoding(file))
  const start = await startOf(file, used)
  if (start.trim() === '') throw new FeedError(`${file} is empty`)
  const { size: bytes } = statSync(file)
  if (/^\s*[{[]/.test(start)) {
    // A document that is spread over lines would be refused line by line.
    if (/^\s*(\[|\{\s*\n)/.test(start))
      throw new FeedError(`${file} is one JSON document: only JSON lines can be read, an object a line`)
    return {
      bytes,
      understood: `JSON lines, ${used}`,
      decimalComma: false,
      rows: onBytes => jsonRows(textOf(file, used, onBytes ? { onBytes } : {}), mapped),
    }
  }
  const csv = readCsvHeader(start, mapped)
  assertMapped(csv.header, mapped, map)
  const { places, unused } = csv.columns
  const delimiter = { ',': 'comma', ';': 'semicolon' }[csv.delimiter] ?? 'tab'
  const meanings = attributes.flatMap(attribute => {
    const names = places.get(attribute)?.map(column => csv.header[column]?.trim() ?? '')
    if (!names) return []
    return names.join() === attribute ? [attribute] : [`${attribute} (${names.join(', ')})`]
  })
  return {
    bytes,
    understood: `CSV, ${delimiter}, ${used}: ${meanings.join(', ')}${unused.length > 0 ? `; not read: ${unused.join(', ')}` : ''}`,
    decimalComma: csv.delimiter === ';',
    rows: onBytes => csvRows(textOf(file, used, onBytes ? { onBytes } : {}), csv),
  }
}

/** Reader of JSON lines, one object per line, as rows with their line numbers. */
import { type ColumnMap, FeedError, type FeedRow, readColumns, toCells } from './attributes.ts'

const MAX_LINE_LENGTH = 2_000_000

/** Splits at line feeds only: a JSON string may contain U+2028, which other splitters treat as a line end. */
async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of text) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_LENGTH)
      throw new FeedError(`a line is longer than ${MAX_LINE_LENGTH} characters: is this JSON lines?`)
    yield* lines
  }
  yield rest
}

const toCell = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const parseObject = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** A line that is not an object becomes a row with that problem. Throws FeedError for a line that is too long. */
export async function* jsonRows(text: AsyncIterable<string>, mapped: ColumnMap): AsyncGenerator<FeedRow> {
  let number = 0
  for await (const line of splitLines(text)) {
    number++
    if (line.trim() === '') continue
    const object = parseObject(line)
    if (!object) {
      yield { line: number, cells: new Map(), problem: 'must be a JSON object' }
      continue
    }
    yield {
      line: number,
      cells: toCells(Object.values(object).map(toCell), readColumns(Object.keys(object), mapped)),
    }
  }
}

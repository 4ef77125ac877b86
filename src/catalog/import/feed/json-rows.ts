/** A feed of JSON lines, one object a line, as rows with their line numbers. */
import { type ColumnMap, cellsOf, FeedError, type FeedRow, recognise } from './attributes.ts'

const MAX_LINE = 2_000_000

/** Lines end with a line feed alone: a string in JSON may hold U+2028, at which other splitters break. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of text) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE)
      throw new FeedError(`a line is longer than ${MAX_LINE} characters: is this JSON lines?`)
    yield* lines
  }
  yield rest
}

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const objectIn = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** A line that holds no object becomes a row that says so. Throws FeedError for a line without end. */
export async function* jsonRows(text: AsyncIterable<string>, mapped: ColumnMap): AsyncGenerator<FeedRow> {
  let number = 0
  for await (const line of linesOf(text)) {
    number++
    if (line.trim() === '') continue
    const object = objectIn(line)
    if (!object) {
      yield { line: number, cells: new Map(), problem: 'is no JSON object' }
      continue
    }
    yield {
      line: number,
      cells: cellsOf(Object.values(object).map(cellOf), recognise(Object.keys(object), mapped)),
    }
  }
}

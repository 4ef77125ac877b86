/** Reader of JSON as rows with their line numbers: JSON lines, one object per line, or an array of objects. */
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

const isText = (one: unknown): one is string => typeof one === 'string'

/** Several authors are joined as the trade writes them; other lists stay JSON, which the parser of genres reads. */
const toCell = (value: unknown, isAuthor: boolean): string => {
  if (value === null || value === undefined) return ''
  if (isAuthor && Array.isArray(value) && value.every(isText)) return value.join('; ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const parseObject = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** An object as a row; text that is none becomes a row with that problem. */
const toRow = (text: string, line: number, mapped: ColumnMap): FeedRow => {
  const object = parseObject(text)
  if (!object) return { line, cells: new Map(), problem: 'must be a JSON object' }
  const columns = readColumns(Object.keys(object), mapped)
  const authors = new Set(columns.places.get('author'))
  const record = Object.values(object).map((value, column) => toCell(value, authors.has(column)))
  return { line, cells: toCells(record, columns) }
}

/** Rows of JSON lines. Throws FeedError for a line that is too long. */
export async function* jsonRows(text: AsyncIterable<string>, mapped: ColumnMap): AsyncGenerator<FeedRow> {
  let line = 0
  for await (const one of splitLines(text)) {
    line++
    if (one.trim() !== '') yield toRow(one, line, mapped)
  }
}

type Element = { readonly text: string; readonly line: number }

/** The elements of an array as texts, which are read as they come: a file may be larger than the memory. */
async function* splitArray(text: AsyncIterable<string>): AsyncGenerator<Element> {
  let depth = 0
  let line = 1
  let begunAt = 0
  let isString = false
  let isEscaped = false
  let element = ''
  for await (const piece of text)
    for (const sign of piece) {
      if (sign === '\n') line++
      const wasString = isString
      if (isEscaped) isEscaped = false
      else if (isString && sign === '\\') isEscaped = true
      else if (sign === '"') isString = !isString
      if (!wasString && (sign === '[' || sign === '{') && depth++ === 0) continue
      const closes = !wasString && (sign === ']' || sign === '}') && --depth === 0
      if (closes || (depth === 1 && !wasString && sign === ',')) {
        if (element !== '') yield { text: element, line: begunAt }
        element = ''
        if (closes) return
        continue
      }
      if (element === '' && sign.trim() === '') continue
      if (element === '') begunAt = line
      element += sign
      if (element.length > MAX_LINE_LENGTH)
        throw new FeedError(`line ${begunAt}: an element is longer than ${MAX_LINE_LENGTH} characters`)
    }
  throw new FeedError('the JSON array is not closed: the file may be cut off')
}

/** Rows of an array of objects. Throws FeedError for one that is cut off. */
export async function* jsonArrayRows(
  text: AsyncIterable<string>,
  mapped: ColumnMap,
): AsyncGenerator<FeedRow> {
  for await (const { text: element, line } of splitArray(text)) yield toRow(element, line, mapped)
}

/** A row of a feed as a book with an id, each attribute with its cell, what it says and whether it can be taken. */
import { type Attribute, attributes, type FeedRow } from './attributes.ts'
import { type Reading, readCell } from './cells.ts'

export type Given = Reading<unknown> & { readonly cell: string }

export type FeedBook = {
  readonly line: number
  readonly book_id: string
  /** What the row says of each attribute that it has; the id is not among them. */
  readonly given: ReadonlyMap<Attribute, Given>
}

export type RefusedRow = { readonly line: number; readonly book_id?: string; readonly reason: string }

const SHOWN = 40
const shown = (cell: string): string =>
  JSON.stringify(cell.length > SHOWN ? `${cell.slice(0, SHOWN)}…` : cell)

/** 'price "abc" is no price such as 12.50' */
export const problemText = (
  attribute: Attribute,
  { cell }: { readonly cell: string },
  problem: string,
): string => `${attribute} ${shown(cell)} ${problem}`

/** The first of several cells that can be taken (an ISBN stands in up to two columns), else the first. */
const readGiven = (
  attribute: Attribute,
  cells: readonly string[],
  decimalComma: boolean,
): Given | undefined => {
  let first: Given | undefined
  for (const cell of cells) {
    const reading = readCell[attribute](cell, decimalComma)
    if (reading && 'value' in reading) return { ...reading, cell }
    if (reading) first ??= { ...reading, cell }
  }
  return first
}

const idOf = (
  given: Map<Attribute, Given>,
  ids: ReadonlyMap<string, string>,
): string | { readonly reason: string } => {
  const id = given.get('book_id')
  if (id) return 'value' in id ? String(id.value) : { reason: problemText('book_id', id, id.problem) }
  const isbn = given.get('isbn')
  if (isbn && 'value' in isbn) return ids.get(String(isbn.value)) ?? `isbn-${isbn.value}`
  return { reason: isbn ? 'has no id, and its ISBN is not valid' : 'has neither an id nor an ISBN' }
}

/** Reads a row; one without an id has that of the book with its ISBN in `ids`, else one made of its ISBN, or is refused. */
export const readFeedRow = (
  row: FeedRow,
  decimalComma: boolean,
  ids: ReadonlyMap<string, string> = new Map(),
): FeedBook | RefusedRow => {
  const { line, problem } = row
  if (problem !== undefined) return { line, reason: problem }
  const given = new Map<Attribute, Given>()
  for (const attribute of attributes) {
    const cells = row.cells.get(attribute)
    const one = cells && readGiven(attribute, cells, decimalComma)
    if (one) given.set(attribute, one)
  }
  const id = idOf(given, ids)
  if (typeof id !== 'string') return { line, ...id }
  given.delete('book_id')
  return { line, book_id: id, given }
}

export const isRefused = (book: FeedBook | RefusedRow): book is RefusedRow => 'reason' in book

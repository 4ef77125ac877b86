/** Row of a feed as a book with an id; each attribute has its cell, and the value of that or what is wrong with it. */
import { ATTRIBUTES, type Attribute, type FeedRow } from './attributes.ts'
import { type Parsed, READ_CELL } from './cells.ts'

export type Given = Parsed<unknown> & { readonly cell: string }

export type FeedBook = {
  readonly line: number
  readonly book_id: string
  /** The attributes that the row has, without the id. */
  readonly given: ReadonlyMap<Attribute, Given>
}

export type RefusedRow = { readonly line: number; readonly book_id?: string; readonly reason: string }

const MAX_SHOWN = 40
const quoteCell = (cell: string): string =>
  JSON.stringify(cell.length > MAX_SHOWN ? `${cell.slice(0, MAX_SHOWN)}…` : cell)

/** For example: price "abc" must be a price, for example 12.50 */
export const problemText = (
  attribute: Attribute,
  { cell }: { readonly cell: string },
  problem: string,
): string => `${attribute} ${quoteCell(cell)} ${problem}`

/** The first valid one of several cells (an ISBN may be in two columns), else the first. */
const readGiven = (
  attribute: Attribute,
  cells: readonly string[],
  decimalComma: boolean,
): Given | undefined => {
  let first: Given | undefined
  for (const cell of cells) {
    const parsed = READ_CELL[attribute](cell, decimalComma)
    if (parsed && 'value' in parsed) return { ...parsed, cell }
    if (parsed) first ??= { ...parsed, cell }
  }
  return first
}

const readId = (
  given: Map<Attribute, Given>,
  ids: ReadonlyMap<string, string>,
): string | { readonly reason: string } => {
  const id = given.get('book_id')
  if (id) return 'value' in id ? String(id.value) : { reason: problemText('book_id', id, id.problem) }
  const isbn = given.get('isbn')
  if (isbn && 'value' in isbn) return ids.get(String(isbn.value)) ?? `isbn-${isbn.value}`
  return { reason: isbn ? 'has no id, and its ISBN is not valid' : 'has neither an id nor an ISBN' }
}

/**
 * Reads a row. Without an id it is the book with its ISBN in `ids`, or a new one whose id is made from the ISBN; without both it is
 * refused.
 */
export const readFeedRow = (
  row: FeedRow,
  decimalComma: boolean,
  ids: ReadonlyMap<string, string> = new Map(),
): FeedBook | RefusedRow => {
  const { line, problem } = row
  if (problem !== undefined) return { line, reason: problem }
  const given = new Map<Attribute, Given>()
  for (const attribute of ATTRIBUTES) {
    const cells = row.cells.get(attribute)
    const cell = cells && readGiven(attribute, cells, decimalComma)
    if (cell) given.set(attribute, cell)
  }
  const id = readId(given, ids)
  if (typeof id !== 'string') return { line, ...id }
  given.delete('book_id')
  return { line, book_id: id, given }
}

export const isRefused = (book: FeedBook | RefusedRow): book is RefusedRow => 'reason' in book

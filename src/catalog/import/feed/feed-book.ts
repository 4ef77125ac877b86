/** Row of a feed as a book with an id; each attribute has its cell, and the value of that or what is wrong with it. */
import { ATTRIBUTES, type Attribute, type FeedRow } from './attributes.ts'
import { type Parsed, READ_CELL } from './cells.ts'
import { createIsbnIndex, type Identity, type IsbnIndex, identify, identifyingIsbn } from './identity.ts'

export type Given = Parsed<unknown> & { readonly cell: string }

export type FeedBook = {
  readonly line: number
  readonly book_id: string
  readonly identity: Identity
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

/** The id of another shop, where it can be an id here. */
const readForeignId = (cells: readonly string[] = []): string | undefined => {
  const given = readGiven('book_id', cells, false)
  return given && 'value' in given ? String(given.value) : undefined
}

const validIsbn = (given: Given | undefined): string | undefined =>
  given && 'value' in given ? identifyingIsbn(String(given.value)) : undefined

const readIdentity = (
  given: ReadonlyMap<Attribute, Given>,
  foreignId: string | undefined,
  index: IsbnIndex,
): Identity | { readonly reason: string } => {
  const id = given.get('book_id')
  if (id && !('value' in id)) return { reason: problemText('book_id', id, id.problem) }
  const isbn = given.get('isbn')
  const ids = { bookId: id && String(id.value), foreignId, isbn: validIsbn(isbn) }
  if (isbn && Object.values(ids).every(one => one === undefined))
    return { reason: 'has no book_id, and its ISBN is not valid' }
  return identify(ids, index)
}

/**
 * Reads a row. Without a book_id it is the book with its ISBN in the index, or a new one whose id is that of the other shop or made
 * from the ISBN; without any of them it is refused.
 */
export const readFeedRow = (
  row: FeedRow,
  decimalComma: boolean,
  index: IsbnIndex = createIsbnIndex(),
): FeedBook | RefusedRow => {
  const { line, problem } = row
  if (problem !== undefined) return { line, reason: problem }
  const given = new Map<Attribute, Given>()
  for (const attribute of ATTRIBUTES) {
    const cells = row.cells.get(attribute)
    const cell = cells && readGiven(attribute, cells, decimalComma)
    if (cell) given.set(attribute, cell)
  }
  const identity = readIdentity(given, readForeignId(row.cells.get('foreign_id')), index)
  if ('reason' in identity) return { line, ...identity }
  given.delete('book_id')
  return { line, book_id: identity.book_id, identity, given }
}

export const isRefused = (book: FeedBook | RefusedRow): book is RefusedRow => 'reason' in book

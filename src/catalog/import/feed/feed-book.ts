/** Row of a feed as a book with an id; each attribute has its cell, and the value of that or what is wrong with it. */
import type { Currency } from '../../../core/currency.ts'
import { truncate } from '../../../core/truncate.ts'
import { ATTRIBUTES, type Attribute, type FeedRow } from './attributes.ts'
import type { Parsed } from './cell.ts'
import { READ_CELL } from './cells.ts'
import { createIsbnIndex, type Identity, type IsbnIndex, identify, identifyingIsbn } from './identity.ts'
import { currenciesOf, currencyProblem, readPriceCell } from './price-cell.ts'
import { readVisibility } from './status-cell.ts'

export type Given = Parsed<unknown> & { readonly cell: string }

export type FeedBook = {
  readonly line: number
  readonly book_id: string
  readonly identity: Identity
  /** The attributes that the row has, without the id. */
  readonly given: ReadonlyMap<Attribute, Given>
}

export type RefusedRow = { readonly line: number; readonly book_id?: string; readonly reason: string }

export type ReadOptions = {
  readonly decimalComma?: boolean | undefined
  /** The currency of the shop; amounts in others are problems. */
  readonly currency: Currency
}

const MAX_SHOWN = 40
const quoteCell = (cell: string): string =>
  JSON.stringify(cell.length > MAX_SHOWN ? `${truncate(cell, MAX_SHOWN)}…` : cell)

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
  { decimalComma = false, currency }: ReadOptions,
): Given | undefined => {
  let first: Given | undefined
  for (const cell of cells) {
    const parsed =
      attribute === 'price'
        ? readPriceCell(cell, decimalComma, currency)
        : READ_CELL[attribute](cell, decimalComma)
    if (parsed && 'value' in parsed) return { ...parsed, cell }
    if (parsed) first ??= { ...parsed, cell }
  }
  return first
}

const ISBN_13 = /^97[89][\d -]{10,14}$/

/** The id of another shop, where it can be an id here. */
const readForeignId = (cells: readonly string[] = [], options: ReadOptions): string | undefined => {
  const given = readGiven(
    'book_id',
    cells.filter(cell => !ISBN_13.test(cell.trim())),
    options,
  )
  return given && 'value' in given ? String(given.value) : undefined
}

/** The price with the currency that another column gives. */
const withCurrency = (price: Given, [currency]: readonly string[], shopCurrency: Currency): Given => {
  const currencies = currency === undefined ? undefined : currenciesOf(currency.trim())
  const problem = currencies && currencyProblem(currencies, shopCurrency)
  return problem === undefined ? price : { cell: `${price.cell} ${currency}`, problem }
}

/** What columns that are no attributes say about the book. */
const addHelperColumns = (given: Map<Attribute, Given>, { cells }: FeedRow, options: ReadOptions): void => {
  const price = given.get('price')
  if (price) given.set('price', withCurrency(price, cells.get('currency') ?? [], options.currency))
  const visible = cells.get('visibility') ?? []
  const status = readVisibility(visible)
  if (status === 'retired' || (status !== undefined && !given.has('status')))
    given.set('status', { value: status, cell: visible.join(', ') })
  // Many shops keep the ISBN of a book as its sku.
  const skus = (cells.get('foreign_id') ?? []).filter(cell => ISBN_13.test(cell.trim()))
  const isbn = given.get('isbn')
  const sku = isbn && 'value' in isbn ? undefined : readGiven('isbn', skus, options)
  if (sku && 'value' in sku) given.set('isbn', sku)
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
  options: ReadOptions,
  index: IsbnIndex = createIsbnIndex(),
): FeedBook | RefusedRow => {
  const { line, problem } = row
  if (problem !== undefined) return { line, reason: problem }
  const given = new Map<Attribute, Given>()
  for (const attribute of ATTRIBUTES) {
    const cells = row.cells.get(attribute)
    const cell = cells && readGiven(attribute, cells, options)
    if (cell) given.set(attribute, cell)
  }
  addHelperColumns(given, row, options)
  const identity = readIdentity(given, readForeignId(row.cells.get('foreign_id'), options), index)
  if ('reason' in identity) return { line, ...identity }
  given.delete('book_id')
  return { line, book_id: identity.book_id, identity, given }
}

export const isRefused = (book: FeedBook | RefusedRow): book is RefusedRow => 'reason' in book

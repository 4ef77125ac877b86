/** Browsing and searching: from the index, or while it is loading, as much as the table can answer. */

import type { Currency } from '../core/currency.ts'
import { ShopError } from '../core/errors.ts'
import { fromDecimal } from '../core/money.ts'
import { type BookPage, type BrowseParams, type Suggestion, TITLES_PER_PART } from './api.ts'
import { authorKey, authorNames } from './author-names.ts'
import { decadeOf } from './decade.ts'
import type { BrowseDeps } from './deps.ts'
import { isForSale } from './find.ts'
import { indexMissing } from './missing-index.ts'
import { type Book, UNKNOWN_TIME } from './schema.ts'
import type { BookIndex, BookSearch, BrowseQuery, FacetValue } from './search/book-index.ts'
import type { CategoryPage } from './table.ts'
import { toFoundBook, toListedBook, toSuggestion, toSummary } from './views.ts'

const DEFAULT_LIMIT = 24

/** The engine that answers now. */
const searchOf = ({ searchSwitch }: BrowseDeps, { search }: BookIndex): BookSearch =>
  searchSwitch?.over(search) ?? search

/** What a cursor is bound to: the list with its filters, whatever the page size. */
const cursorScope = ({
  limit: _limit,
  page: _page,
  facet_limit: _facets,
  cursor: _cursor,
  ...filters
}: BrowseParams): string => `books ${JSON.stringify(Object.entries(filters).sort())}`

/** A page of books for these parameters. Throws bad_cursor, index_not_ready, index_too_large. */
export const browse = async (deps: BrowseDeps, params: BrowseParams): Promise<BookPage> => {
  if (params.page !== undefined && params.cursor !== undefined)
    throw new ShopError('invalid_request', 'query.page: must not be given together with a cursor')
  const scope = cursorScope(params)
  const opened = params.cursor === undefined ? undefined : deps.cursors.open(scope, params.cursor)
  const index = await deps.liveIndex.waitForIndex()
  // A page from the table cannot follow one from the index: the client has to wait for the index.
  if (!index && isPosition(opened)) throw indexMissing(deps.liveIndex)
  if (index && !isTableCursor(opened)) {
    try {
      return await browseIndex(deps, params, scope, isPosition(opened) ? opened : undefined)
    } catch (error) {
      // A defect of the index must not make the catalogue unavailable.
      deps.report(error)
      if (isPosition(opened)) throw indexMissing(deps.liveIndex)
    }
  }
  return browseTable(deps, params, scope, isTableCursor(opened) ? opened.id : undefined)
}

/** Where a page ended: its last book, and the position after it in case that book is removed. */
type Position = { readonly after: string; readonly offset: number }
const isPosition = (cursor: unknown): cursor is Position =>
  typeof cursor === 'object' && cursor !== null && 'after' in cursor
const isTableCursor = (cursor: unknown): cursor is { readonly id: string } =>
  typeof cursor === 'object' && cursor !== null && 'id' in cursor

const toQuery = (params: BrowseParams, position: Position | undefined, currency: Currency): BrowseQuery => ({
  ...(params.q === undefined ? {} : { q: params.q }),
  ...(params.category === undefined ? {} : { category: params.category }),
  ...(params.author === undefined ? {} : { author: params.author }),
  ...(params.language === undefined ? {} : { language: params.language }),
  ...(params.decade === undefined ? {} : { decade: params.decade }),
  ...(params.min_rating === undefined ? {} : { min_rating: Number(params.min_rating) }),
  ...(params.facet_limit === undefined ? {} : { facetLimit: params.facet_limit }),
  ...(params.min_price === undefined ? {} : { min_price: fromDecimal(params.min_price, currency) }),
  ...(params.max_price === undefined ? {} : { max_price: fromDecimal(params.max_price, currency) }),
  ...(params.in_stock ? { in_stock: true } : {}),
  sort: params.sort ?? 'relevance',
  offset: position?.offset ?? ((params.page ?? 1) - 1) * (params.limit ?? DEFAULT_LIMIT),
  ...(position ? { after: position.after } : {}),
  limit: params.limit ?? DEFAULT_LIMIT,
})

const browseIndex = async (
  deps: BrowseDeps,
  params: BrowseParams,
  scope: string,
  position: Position | undefined,
): Promise<BookPage> => {
  const { index } = deps.liveIndex
  if (!index) throw indexMissing(deps.liveIndex)
  const query = toQuery(params, position, deps.currency)
  const { from, items, total, match = null, facets } = await searchOf(deps, index).browse(query)
  const last = items.at(-1)
  const offset = from + items.length
  return {
    items: items.map(book => toFoundBook(book, deps.currency)),
    total,
    pages: Math.ceil(total / query.limit),
    match,
    facets: {
      category: [...facets.category],
      author: [...facets.author],
      price: [...facets.price],
      availability: [...facets.availability],
      language: [...facets.language],
      decade: [...facets.decade],
      rating: [...facets.rating],
    },
    next_cursor:
      last && offset < total
        ? deps.cursors.seal(scope, { after: last.book_id, offset } satisfies Position)
        : null,
  }
}

const NO_FACETS = {
  category: [],
  author: [],
  price: [],
  availability: [],
  language: [],
  decade: [],
  rating: [],
}

const browseTable = async (
  deps: BrowseDeps,
  params: BrowseParams,
  scope: string,
  after: string | undefined,
): Promise<BookPage> => {
  const { books, next } = await readTable(deps, params, after)
  const matching = books.filter(book => isForSale(book) && matches(book, params, deps.currency))
  return {
    items: matching.map(book => toSummary(toListedBook(book), deps.currency)),
    total: null,
    pages: null,
    match: null,
    facets: NO_FACETS,
    next_cursor: next === undefined ? null : deps.cursors.seal(scope, { id: next }),
  }
}

const readTable = async (
  deps: BrowseDeps,
  params: BrowseParams,
  after: string | undefined,
): Promise<CategoryPage> => {
  const { books, liveIndex } = deps
  const title = params.q?.trim()
  if (title) {
    const found = await books.getByTitle(title)
    // Where search will not come back, "nothing found" would say that the shop does not have the book.
    if (found.length === 0 && liveIndex.tooLarge) throw indexMissing(liveIndex)
    return { books: found, next: undefined }
  }
  const { category: [category, ...others] = [], limit = DEFAULT_LIMIT, page = 1 } = params
  if (category !== undefined && others.length === 0 && page === 1)
    return books.getCategoryPage(category, limit, after)
  throw indexMissing(deps.liveIndex)
}

/** Whether a book has all names of one of these author lines. */
const isByOneOf = (book: Book, lines: readonly string[]): boolean => {
  const keys = authorNames(book.author).map(authorKey)
  return lines.some(line => authorNames(line).every(name => keys.includes(authorKey(name))))
}

const matches = (book: Book, params: BrowseParams, currency: Currency): boolean => {
  const { category, author, language, decade, min_rating, min_price, max_price, in_stock } = params
  return (
    (category === undefined || category.includes(book.category)) &&
    (author === undefined || isByOneOf(book, author)) &&
    (language === undefined || (book.language !== undefined && language.includes(book.language))) &&
    (decade === undefined ||
      (book.published_year !== undefined && decade.includes(decadeOf(book.published_year)))) &&
    (min_rating === undefined || (book.average_rating ?? 0) >= Number(min_rating)) &&
    (min_price === undefined || book.price >= fromDecimal(min_price, currency)) &&
    (max_price === undefined || book.price <= fromDecimal(max_price, currency)) &&
    (!in_stock || book.stock_quantity > 0)
  )
}

/** Suggestions for an incomplete `q`, at most `limit`. Throws index_not_ready, index_too_large. */
export const suggest = async (deps: BrowseDeps, q: string, limit: number): Promise<Suggestion[]> => {
  const { liveIndex, currency } = deps
  const index = await liveIndex.waitForIndex()
  if (!index) throw indexMissing(liveIndex)
  return (await searchOf(deps, index).suggest(q, limit)).map(found => toSuggestion(found, currency))
}

/** One part of all ids, titles and last edits, counted from 1; a part after the last one is empty. Throws index_not_ready, index_too_large. */
export const titles = async ({ liveIndex }: BrowseDeps, part: number) => {
  const index = await liveIndex.waitForIndex()
  if (!index) throw indexMissing(liveIndex)
  const first = (part - 1) * TITLES_PER_PART
  const items: { book_id: string; title: string; updated_at?: string }[] = []
  let at = 0
  for (const { book_id, title, created_at, updated_at = created_at } of index.rows.all()) {
    if (at >= first + TITLES_PER_PART) break
    if (at++ >= first) items.push({ book_id, title, ...(updated_at === UNKNOWN_TIME ? {} : { updated_at }) })
  }
  return { parts: Math.max(1, Math.ceil(index.rows.size / TITLES_PER_PART)), items }
}

/** All categories that have books, with their numbers of books. Throws index_not_ready, index_too_large. */
export const categories = async (deps: BrowseDeps): Promise<readonly FacetValue[]> => {
  const { liveIndex } = deps
  const index = await liveIndex.waitForIndex()
  if (index) return searchOf(deps, index).categories()
  // As they were counted when the index was found to be too large: at most a day ago.
  if (liveIndex.tooLarge) return liveIndex.tooLarge.categories
  throw indexMissing(liveIndex)
}

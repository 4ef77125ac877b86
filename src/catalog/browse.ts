/** Browsing and searching: from the index, or, while there is none, as much as the table itself can answer. */
import { ShopError } from '../core/errors.ts'
import type { Cents } from '../core/money.ts'
import type { CursorSeal } from '../http/cursor.ts'
import { type BookPage, type BrowseParams, TITLES_PER_PART } from './api.ts'
import { isForSale } from './find.ts'
import type { LiveIndex } from './index/live-index.ts'
import type { Book } from './schema.ts'
import type { BrowseQuery, FacetValue, Suggestion } from './search/book-index.ts'
import type { BookTable } from './table.ts'
import { listedBook, summaryOf } from './views.ts'

export type BrowseDeps = {
  readonly books: BookTable
  readonly liveIndex: LiveIndex
  readonly cursors: CursorSeal
  readonly report: (error: unknown) => void
}

const PAGE = 24

const notReady = () =>
  new ShopError(
    'index_not_ready',
    'The search is not ready yet. Categories and exact titles can be had already.',
  )

const scopeOf = ({ limit: _limit, cursor: _cursor, ...asked }: BrowseParams): string =>
  `books ${JSON.stringify(Object.entries(asked).sort())}`

/** A page of books for these parameters (prices in whole cents). Throws bad_cursor, index_not_ready. */
export const browse = async (deps: BrowseDeps, params: BrowseParams): Promise<BookPage> => {
  const scope = scopeOf(params)
  const opened = params.cursor === undefined ? undefined : deps.cursors.open(scope, params.cursor)
  const index = await deps.liveIndex.indexSoon()
  // A page of the table cannot follow one of the index: whoever was in the midst of it begins anew, later.
  if (!index && isPosition(opened)) throw notReady()
  if (index && !isTableCursor(opened)) {
    try {
      return await fromIndex(deps, params, scope, isPosition(opened) ? opened : undefined)
    } catch (error) {
      // A broken index must not close the shop.
      deps.report(error)
      if (isPosition(opened)) throw notReady()
    }
  }
  return fromTable(deps, params, scope, isTableCursor(opened) ? opened.id : undefined)
}

/** Where a page ended: the book that came last, and its place, should that book be gone. */
type Position = { readonly after: string; readonly offset: number }
const isPosition = (cursor: unknown): cursor is Position =>
  typeof cursor === 'object' && cursor !== null && 'after' in cursor
const isTableCursor = (cursor: unknown): cursor is { readonly id: string } =>
  typeof cursor === 'object' && cursor !== null && 'id' in cursor

const queryOf = (params: BrowseParams, position: Position | undefined): BrowseQuery => ({
  ...(params.q === undefined ? {} : { q: params.q }),
  ...(params.category === undefined ? {} : { category: params.category }),
  ...(params.author === undefined ? {} : { author: params.author }),
  ...(params.min_price === undefined ? {} : { min_price_cents: params.min_price }),
  ...(params.max_price === undefined ? {} : { max_price_cents: params.max_price }),
  ...(params.in_stock ? { in_stock: true } : {}),
  sort: params.sort ?? 'relevance',
  offset: position?.offset ?? 0,
  ...(position ? { after: position.after } : {}),
  limit: params.limit ?? PAGE,
})

const fromIndex = async (
  deps: BrowseDeps,
  params: BrowseParams,
  scope: string,
  position: Position | undefined,
): Promise<BookPage> => {
  const { index } = deps.liveIndex
  if (!index) throw notReady()
  const query = queryOf(params, position)
  const { from, items, total, facets } = await index.search.browse(query)
  const last = items.at(-1)
  const offset = from + items.length
  return {
    items: items.map(summaryOf),
    total,
    facets: {
      category: [...facets.category],
      author: [...facets.author],
      price: [...facets.price],
      availability: [...facets.availability],
    },
    next_cursor:
      last && offset < total
        ? deps.cursors.seal(scope, { after: last.book_id, offset } satisfies Position)
        : null,
  }
}

const noFacets = { category: [], author: [], price: [], availability: [] }

const fromTable = async (
  deps: BrowseDeps,
  params: BrowseParams,
  scope: string,
  after: string | undefined,
): Promise<BookPage> => {
  const { books, next } = await tableBooks(deps, params, after)
  const wanted = books.filter(book => isForSale(book) && matches(book, params))
  return {
    items: wanted.map(book => summaryOf(listedBook(book))),
    total: null,
    facets: noFacets,
    next_cursor: next === undefined ? null : deps.cursors.seal(scope, { id: next }),
  }
}

const tableBooks = async (
  { books }: BrowseDeps,
  params: BrowseParams,
  after: string | undefined,
): Promise<{ books: readonly Book[]; next?: string | undefined }> => {
  const title = params.q?.trim()
  if (title) return { books: await books.withTitle(title) }
  if (params.category !== undefined) return books.inCategory(params.category, params.limit ?? PAGE, after)
  throw notReady()
}

const matches = (book: Book, { category, author, min_price, max_price, in_stock }: BrowseParams): boolean =>
  (category === undefined || book.category === category) &&
  (author === undefined || book.author === author) &&
  (min_price === undefined || book.price >= (min_price as Cents)) &&
  (max_price === undefined || book.price <= (max_price as Cents)) &&
  (!in_stock || book.stock_quantity > 0)

/** What could be meant by `q`, at most `limit` things. Throws index_not_ready. */
export const suggest = async (
  { liveIndex }: BrowseDeps,
  q: string,
  limit: number,
): Promise<readonly Suggestion[]> => {
  const index = await liveIndex.indexSoon()
  if (!index) throw notReady()
  return index.search.suggest(q, limit)
}

/** One part of all ids and titles, from 1; one that is past the last is empty. Throws index_not_ready. */
export const titles = async ({ liveIndex }: BrowseDeps, part: number) => {
  const index = await liveIndex.indexSoon()
  if (!index) throw notReady()
  const first = (part - 1) * TITLES_PER_PART
  const items: { book_id: string; title: string }[] = []
  let at = 0
  for (const { book_id, title } of index.rows.all()) {
    if (at >= first + TITLES_PER_PART) break
    if (at++ >= first) items.push({ book_id, title })
  }
  return { parts: Math.max(1, Math.ceil(index.rows.size / TITLES_PER_PART)), items }
}

/** Throws index_not_ready. */
export const categories = async ({ liveIndex }: BrowseDeps): Promise<readonly FacetValue[]> => {
  const index = await liveIndex.indexSoon()
  if (!index) throw notReady()
  return index.search.categories()
}

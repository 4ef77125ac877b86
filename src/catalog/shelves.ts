/** Shelves: the books of the front page, and those related to a book. One that cannot be read is reported and left out. */
import { authorNames } from './author-names.ts'
import type { BrowseDeps } from './deps.ts'
import { isForSale } from './find.ts'
import { getBook, locateBook } from './lookup.ts'
import { indexMissing } from './missing-index.ts'
import type { Book, BookSummary } from './schema.ts'
import type { BookIndex, BrowseQuery, FoundBook } from './search/book-index.ts'
import type { FrontPage, RelatedBooks } from './shelves-api.ts'
import { bookNotFound } from './table-writes.ts'
import { toListedBook, toSummary } from './views.ts'

/** Books of a shelf. */
const SHELF = 6
/** Categories that have a shelf on the front page, the largest ones. */
const CATEGORY_SHELVES = 8

/**
 * Books that are read at first for a shelf, of which some are sold out or not for sale. Lists are read without a filter but the
 * category, because the index keeps those.
 */
const BATCH = 4 * SHELF

type List = Pick<BrowseQuery, 'category' | 'author'> & Partial<Pick<BrowseQuery, 'sort'>>

/** The first books of a list that the shelf `takes`. */
const readShelf = async (
  { currency }: BrowseDeps,
  { search }: BookIndex,
  list: List,
  takes: (book: FoundBook) => boolean,
): Promise<BookSummary[]> => {
  const found: FoundBook[] = []
  let [offset, limit, end] = [0, BATCH, BATCH]
  while (found.length < SHELF && offset < end) {
    const { items, total } = await search.browse({ sort: 'relevance', ...list, offset, limit })
    found.push(...items.filter(takes))
    end = items.length === 0 ? 0 : total
    offset += limit
    limit *= BATCH
  }
  return found.slice(0, SHELF).map(book => toSummary(book, currency))
}

const readCategories = async ({ search }: BookIndex): Promise<string[]> =>
  (await search.categories()).slice(0, CATEGORY_SHELVES).map(({ value }) => value)

/** What was read; undefined, and a report, where it cannot be. */
const orReport = <T>({ report }: BrowseDeps, reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    report(error)
    return undefined
  })

/** The shelf of a category from the table, where the index is too large. */
const readTableShelf = async (
  { books, currency }: BrowseDeps,
  category: string,
  isShown: (book: Book) => boolean,
): Promise<BookSummary[]> => {
  const page = await books.getCategoryPage(category, BATCH)
  const shown = page.books.filter(book => isForSale(book) && isShown(book)).slice(0, SHELF)
  return shown.map(book => toSummary(toListedBook(book), currency))
}

type Shelf = Omit<FrontPage['shelves'][number], 'items'> & { readonly items?: BookSummary[] | undefined }

/** The shelves that could be read and have books. Throws index_not_ready, index_too_large where none could be read. */
const toFrontPage = ({ liveIndex }: BrowseDeps, shelves: readonly Shelf[]): FrontPage => {
  const found = shelves.flatMap(({ items, ...shelf }) => (items === undefined ? [] : [{ ...shelf, items }]))
  if (found.length === 0 && shelves.length > 0) throw indexMissing(liveIndex)
  return {
    shelves: found.filter(({ items }) => items.length > 0),
    complete: found.length === shelves.length,
  }
}

/** The shelves of categories alone, where the index is too large: the table has no order for the others. */
const readTableFrontPage = async (
  deps: BrowseDeps,
  categories: readonly { readonly value: string }[],
): Promise<FrontPage> => {
  const shelves = await Promise.all(
    categories.slice(0, CATEGORY_SHELVES).map(async ({ value: category }) => ({
      kind: 'category' as const,
      category,
      items: await orReport(
        deps,
        readTableShelf(deps, category, ({ stock_quantity }) => stock_quantity > 0),
      ),
    })),
  )
  return toFrontPage(deps, shelves)
}

/** All shelves of the front page that have books. Sold-out ones are left to the lists. Throws index_not_ready. */
export const readFrontPage = async (deps: BrowseDeps): Promise<FrontPage> => {
  const index = await deps.liveIndex.waitForIndex()
  const { tooLarge } = deps.liveIndex
  if (tooLarge) return readTableFrontPage(deps, tooLarge.categories)
  if (!index) throw indexMissing(deps.liveIndex)
  const read = (list: List) =>
    orReport(
      deps,
      readShelf(deps, index, list, ({ availability }) => availability !== 'sold_out'),
    )
  const names = await orReport(deps, readCategories(index))
  const [newest, rated] = [await read({ sort: 'newest' }), await read({ sort: 'rating' })]
  const shelves: Shelf[] = [
    { kind: 'newest', items: newest },
    { kind: 'top_rated', items: rated?.filter(book => book.average_rating !== undefined) },
  ]
  for (const category of names ?? [])
    shelves.push({ kind: 'category', category, items: await read({ category: [category] }) })
  const page = toFrontPage(deps, shelves)
  return { ...page, complete: page.complete && names !== undefined }
}

/** Books of the same category alone, where the index is too large. */
const readTableRelated = async (deps: BrowseDeps, idOrIsbn: string): Promise<RelatedBooks> => {
  const { book_id, category, author } = await getBook(deps, await locateBook(deps, idOrIsbn))
  const in_category = await readTableShelf(deps, category, other => other.book_id !== book_id)
  return { author: authorNames(author)[0] ?? author, by_author: [], in_category, complete: true }
}

/** At most six books each, without the book itself. Throws book_not_found, index_not_ready. */
export const readRelatedBooks = async (deps: BrowseDeps, idOrIsbn: string): Promise<RelatedBooks> => {
  const index = await deps.liveIndex.waitForIndex()
  if (deps.liveIndex.tooLarge) return readTableRelated(deps, idOrIsbn)
  if (!index) throw indexMissing(deps.liveIndex)
  const book = index.rows.get(idOrIsbn) ?? index.rows.getByIsbn(idOrIsbn)
  if (!book) throw bookNotFound(idOrIsbn)
  const [author = book.author] = authorNames(book.author)
  const byAuthor = await orReport(
    deps,
    readShelf(deps, index, { author: [author] }, ({ book_id }) => book_id !== book.book_id),
  )
  const shown = new Set([book.book_id, ...(byAuthor ?? []).map(({ book_id }) => book_id)])
  const inCategory = await orReport(
    deps,
    readShelf(deps, index, { category: [book.category] }, ({ book_id }) => !shown.has(book_id)),
  )
  return {
    author,
    by_author: byAuthor ?? [],
    in_category: inCategory ?? [],
    complete: byAuthor !== undefined && inCategory !== undefined,
  }
}

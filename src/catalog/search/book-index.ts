/**
 * The catalogue's index, and the only file of this folder that others import: `rows` by key, which stay in memory, and
 * `search`, which another search engine could answer.
 */
import type { ByteReader } from '../../core/byte-reader.ts'
import type { PriceBand } from '../price-bands.ts'
import type { ListedBook } from '../schema.ts'
import { createBookRows } from './book-rows.ts'
import { BookStore } from './book-store.ts'
import { createIsbnLookup } from './isbn-lookup.ts'
import { createMemorySearch } from './memory-search.ts'
import { packIndex, unpackIndex } from './snapshot.ts'
import { TextIndex } from './text-index.ts'

/**
 * Sort order of a list. `relevance` without `q` is popularity, with sold-out books last; `newest` is by `created_at`, then
 * by year; `title` ignores case, accents, punctuation and a leading article, and sorts numbers as numbers. Ties are broken by
 * `book_id`.
 */
export type Sort = 'relevance' | 'price_asc' | 'price_desc' | 'newest' | 'title' | 'rating'

/**
 * Filters are combined with AND, the values of one filter with OR; prices are in minor units, both ends included. A blank `q`
 * is ignored; one without any letter or digit matches nothing. An `author` is one name, or several joined by semicolons that
 * must all be present. `in_stock` true leaves sold-out books out, false returns them alone.
 */
export type BrowseQuery = {
  readonly q?: string
  readonly category?: readonly string[]
  readonly author?: readonly string[]
  readonly language?: readonly string[]
  /** As `decadeOf` writes them. */
  readonly decade?: readonly string[]
  readonly min_rating?: number
  readonly min_price?: number
  readonly max_price?: number
  readonly in_stock?: boolean
  readonly sort: Sort
  readonly offset: number
  /** The last book of the previous page: this page starts after it, wherever it is now, or at `offset` if it is gone. */
  readonly after?: string
  readonly limit: number
  /** How many authors the facet has at the most, chosen ones aside; 20 if not given. */
  readonly facetLimit?: number
}

/**
 * How a book matches a query: it has every telling word as typed, or as the beginning of a longer one, or it is the closest
 * that there is, with words that were misspelled, joined, split or left out.
 */
export type Match = 'exact' | 'prefix' | 'fuzzy'

/** A row that was found; `match` only by a query. */
export type FoundBook = ListedBook & { readonly match?: Match }

export type FacetValue = { readonly value: string; readonly count: number }

/**
 * Fuzzy matches come after exact ones in every order, and after those by prefix in every order but `relevance`. `total` counts
 * all matches; facets count what each value would give with the other filters kept. Categories, languages and the
 * top authors are sorted by count, decades from the latest, and never have 0 unless chosen; price bands, availabilities and
 * least ratings are all listed, in a fixed order.
 */
export type BrowseResult = {
  /** Position of the first item among all matches. */
  readonly from: number
  readonly items: readonly FoundBook[]
  readonly total: number
  /** The best match among all of them, on this page or not; absent without a query and without a match. */
  readonly match?: Match
  readonly facets: {
    readonly category: readonly FacetValue[]
    readonly author: readonly FacetValue[]
    readonly price: readonly FacetValue[]
    readonly availability: readonly FacetValue[]
    readonly language: readonly FacetValue[]
    readonly decade: readonly FacetValue[]
    readonly rating: readonly FacetValue[]
  }
}

/** A book by its title, or the name of an author or a category. */
export type Suggestion =
  | { readonly kind: 'book'; readonly text: string; readonly book: ListedBook }
  | { readonly kind: 'author' | 'category'; readonly text: string }

/** Books by key. Synchronous, because carts, book pages and the comparison with the table need them without waiting. */
export type BookRows = {
  readonly size: number
  readonly get: (bookId: string) => ListedBook | undefined
  /** By ISBN-13 or ISBN-10 in any spelling (hyphens, spaces, lower-case x). */
  readonly getByIsbn: (isbn: string) => ListedBook | undefined
  /** Every row, in no particular order. */
  readonly all: () => IterableIterator<ListedBook>
  /** Adds or replaces a book. Returns whether anything that the public sees has changed. */
  readonly put: (book: ListedBook) => boolean
  /** Removes a book. Returns false when it was not there. */
  readonly remove: (bookId: string) => boolean
}

/** Search engine over the books. Asynchronous, so that a database can take the place of the one in memory. */
export type BookSearch = {
  /** `offset` and `limit` are whole numbers from 0 that the caller has bounded. */
  readonly browse: (query: BrowseQuery) => Promise<BrowseResult>
  /** Suggestions for an incomplete `q`: at most `limit` categories, authors and books. */
  readonly suggest: (q: string, limit: number) => Promise<readonly Suggestion[]>
  /** All categories that have books, by count. */
  readonly categories: () => Promise<readonly FacetValue[]>
}

/** What the memory of an index depends on: the number of its books, and the letters of their titles and authors. */
export type IndexExtent = { readonly books: number; readonly letters: number }

export type BookIndex = {
  readonly rows: BookRows
  readonly search: BookSearch
  readonly extent: IndexExtent
  /** Everything that `restoreBookIndex` needs to make the same index again, as it is at the call; made while it is read. */
  readonly toSnapshot: () => AsyncIterable<Uint8Array>
}

/** An index over these rows and the words of their titles and authors. */
const indexOver = (store: BookStore, text: TextIndex): BookIndex => {
  const isbns = createIsbnLookup(store)
  const { search, listener } = createMemorySearch(store, text, isbns)
  return {
    rows: createBookRows(store, isbns, listener),
    search,
    get extent() {
      return { books: store.size, letters: store.letters }
    },
    toSnapshot: () => packIndex(store, text),
  }
}

/** An empty index, whose price facet has these bands. */
export const createBookIndex = (bands: readonly PriceBand[]): BookIndex =>
  indexOver(new BookStore(bands), new TextIndex())

/**
 * The index that a snapshot holds; undefined for bytes that are damaged, truncated or of another version. Throws what their source
 * throws.
 */
export const restoreBookIndex = async (
  snapshot: ByteReader,
  bands: readonly PriceBand[],
): Promise<BookIndex | undefined> => {
  const unpacked = await unpackIndex(snapshot, bands)
  return unpacked && indexOver(unpacked.store, unpacked.text)
}

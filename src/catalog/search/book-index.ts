/** The index over the shelf: what browsing, searching and suggesting ask, whoever answers it. */
import type { Availability, ListedBook } from '../schema.ts'

/**
 * `relevance` without `q` is popularity; `newest` is by `created_at`, then by year; `title` does not regard case,
 * accents and punctuation. What compares equal goes by `book_id`.
 */
export type Sort = 'relevance' | 'price_asc' | 'price_desc' | 'newest' | 'title' | 'rating'

/**
 * Fields are combined with AND; prices are whole cents, both ends included. A `q` of blanks only counts as none; one
 * without any letter or digit matches nothing. `author` is one name, or several joined by semicolons that all must
 * be there. `in_stock` true leaves sold-out books out, false asks for them alone.
 */
export type BrowseQuery = {
  readonly q?: string
  readonly category?: string
  readonly author?: string
  readonly min_price_cents?: number
  readonly max_price_cents?: number
  readonly in_stock?: boolean
  readonly sort: Sort
  readonly offset: number
  /** The book that the page before ended with: the page begins behind it, wherever it is by now; `offset` where it is gone. */
  readonly after?: string
  readonly limit: number
}

export type FacetValue = { readonly value: string; readonly count: number }

/**
 * `total` counts all matches; facets count what each value would give with the other filters kept. Categories and
 * the top 20 authors come biggest first and never with 0, price bands and availabilities always all in their order.
 */
export type BrowseResult = {
  /** The place of the first item among all matches. */
  readonly from: number
  readonly items: readonly ListedBook[]
  readonly total: number
  readonly facets: {
    readonly category: readonly FacetValue[]
    readonly author: readonly FacetValue[]
    readonly price: readonly FacetValue[]
    readonly availability: readonly FacetValue[]
  }
}

export type Suggestion = {
  readonly kind: 'book' | 'author' | 'category'
  readonly text: string
  readonly book_id?: string
}

/** Questions are asynchronous, so that a database can stand in for the index in memory; rows by key are always at hand. */
export interface BookIndex {
  readonly size: number
  /** Adds or replaces a book. Resolves to whether anything that the public sees changed. */
  put(book: ListedBook): boolean
  /** Takes a book out; false when it was not there. */
  remove(bookId: string): boolean
  get(bookId: string): ListedBook | undefined
  /** By ISBN-13 or ISBN-10 in any spelling (hyphens, blanks, lower-case x). */
  getByIsbn(isbn: string): ListedBook | undefined
  /** `offset` and `limit` are whole numbers from 0 that the caller has bounded. */
  browse(query: BrowseQuery): Promise<BrowseResult>
  /** For a half-typed `q`: at most `limit` categories, authors and books. */
  suggest(q: string, limit: number): Promise<readonly Suggestion[]>
  categories(): Promise<readonly FacetValue[]>
  /** Every row, for the comparison with the table. */
  books(): IterableIterator<ListedBook>
}

export const priceBands = ['under-10', '10-20', '20-30', '30-50', 'over-50'] as const
export const availabilities: readonly Availability[] = ['in_stock', 'few_left', 'sold_out']

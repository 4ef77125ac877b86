/** What of the CDN's cache shows a change of a book, and the paths by which it is purged. */
import { isDeepStrictEqual } from 'node:util'
import { isForSale } from '../catalog/find.ts'
import type { Book } from '../catalog/schema.ts'
import { toDetail, toListedBook } from '../catalog/views.ts'
import type { Currency } from '../core/currency.ts'

/** What has to be purged. */
export type Scope = {
  /** Everything, also pages that show no book, such as after a deployment. */
  readonly everything?: boolean
  /** All pages that list books, the pages of books too: each shows others of its category. */
  readonly lists: boolean
  /** Ids of books of which only their own page has changed. */
  readonly books: readonly string[]
}

export type Change = Scope & {
  /** Whether the CDN may show something that can no longer be bought. */
  readonly isUrgent: boolean
}

/** CloudFront has no tags: a path that ends in a wildcard is how it purges several, and counts as one. */
export const EVERYTHING = '/*'
/** The lists: front page, data of the front page, search, categories, books, and the API. */
const LISTS = ['/', '/_*', '/search*', '/category/*', '/books/*', '/api/*'] as const
/** More pages of single books than this are purged by one path for all of them. */
const MAX_BOOKS = 4

/** Paths that purge this scope, at most six, of which at most five have a wildcard. */
export const pathsOf = ({ everything = false, lists, books }: Scope): readonly string[] => {
  if (everything) return [EVERYTHING]
  if (lists) return LISTS
  if (books.length === 0) return []
  const pages = books.length > MAX_BOOKS ? ['/books/*'] : books.map(id => `/books/${id}*`)
  return [...pages, '/api/books*']
}

export const mergeScopes = (scopes: readonly Scope[]): Scope => ({
  everything: scopes.some(({ everything }) => everything),
  lists: scopes.some(({ lists }) => lists),
  books: [...new Set(scopes.flatMap(({ books }) => books))],
})

const LISTED = { lists: true, books: [] } as const

/**
 * The change that the public sees between two states of a book; undefined where a state is no book that is for sale. Undefined where
 * it sees none: a sale that leaves the availability as it is, an edit of the stock, another `updated_at`.
 */
export const changeOf = (
  bookBefore: Book | undefined,
  bookAfter: Book | undefined,
  currency: Currency,
): Change | undefined => {
  const before = bookBefore && isForSale(bookBefore) ? toDetail(bookBefore, currency) : undefined
  const after = bookAfter && isForSale(bookAfter) ? toDetail(bookAfter, currency) : undefined
  if (!after) return before && { ...LISTED, isUrgent: true }
  if (!before) return { ...LISTED, isUrgent: false }
  const isSoldOut = after.availability === 'sold_out'
  if (isSoldOut !== (before.availability === 'sold_out')) return { ...LISTED, isUrgent: isSoldOut }
  // Lists are sorted by `created_at` too.
  const listed = (book: Book) => ({
    ...toListedBook(book),
    availability: undefined,
    updated_at: undefined,
  })
  if (bookBefore && bookAfter && !isDeepStrictEqual(listed(bookBefore), listed(bookAfter)))
    return { ...LISTED, isUrgent: false }
  const shown = (book: typeof before) => ({ ...book, updated_at: undefined })
  if (isDeepStrictEqual(shown(before), shown(after))) return undefined
  // Few left: lists may say it later, but from now on the book's own page is shared briefly, since it may sell out at any moment.
  return { lists: false, books: [after.book_id], isUrgent: before.availability !== after.availability }
}

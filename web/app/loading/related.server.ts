/** Related books: more by the author, and more of the category. */
import { browseBooks } from '#src/catalog/api.ts'
import type { BookDetail } from '#src/catalog/schema.ts'
import { type BookCardData, toCards } from './cards.server.ts'
import type { PageContext } from './page-context.ts'

const MAX_BOOKS = 6

/** At most six books each, without the book itself and without duplicates; none if the API fails. */
export const readRelated = async (ctx: PageContext, book: BookDetail) => {
  const [author = book.author] = book.authors
  const fetchBooks = (query: { author?: string[]; category?: string[] }): Promise<readonly BookCardData[]> =>
    ctx.call(browseBooks, { query: { ...query, limit: String(2 * MAX_BOOKS + 1) } }).then(
      ({ items }) => toCards(ctx, items),
      () => [],
    )
  const [byAuthor, inCategory] = await Promise.all([
    fetchBooks({ author: [author] }),
    fetchBooks({ category: [book.category] }),
  ])
  const more = byAuthor.filter(({ book_id }) => book_id !== book.book_id).slice(0, MAX_BOOKS)
  const seen = new Set([book.book_id, ...more.map(({ book_id }) => book_id)])
  return {
    author,
    byAuthor: more,
    inCategory: inCategory.filter(({ book_id }) => !seen.has(book_id)).slice(0, MAX_BOOKS),
  }
}

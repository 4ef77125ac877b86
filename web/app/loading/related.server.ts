/** What stands beside a book: more by its author, more from its shelf. */
import { browseBooks } from '#src/catalog/api.ts'
import type { BookDetail } from '#src/catalog/schema.ts'
import { type Card, cardOf } from './cards.server.ts'
import type { Visit } from './visit.ts'

const SHOWN = 6

/** At most six books each, never the book itself, and none twice. A shop that cannot tell shows none. */
export const readRelated = async ({ change }: Visit, book: BookDetail) => {
  const [author = book.author] = book.author.split(';').map(name => name.trim())
  const ask = (query: { author?: string; category?: string }): Promise<readonly Card[]> =>
    change(browseBooks, { query: { ...query, limit: String(2 * SHOWN + 1) } }).then(
      ({ items }) => items.map(cardOf),
      () => [],
    )
  const [byAuthor, ofShelf] = await Promise.all([ask({ author }), ask({ category: book.category })])
  const more = byAuthor.filter(({ book_id }) => book_id !== book.book_id).slice(0, SHOWN)
  const seen = new Set([book.book_id, ...more.map(({ book_id }) => book_id)])
  return {
    author,
    byAuthor: more,
    ofShelf: ofShelf.filter(({ book_id }) => !seen.has(book_id)).slice(0, SHOWN),
  }
}

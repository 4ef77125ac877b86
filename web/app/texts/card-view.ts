/** What a book card shows, as text and addresses. */
import { bookPath } from '#src/core/book-path.ts'
import { coverUrl } from '../covers/cover-url.ts'
import type { BookCardData } from '../loading/cards.server.ts'
import { authorsLine, money } from './format.ts'

/**
 * Everything of a card that is computed. A loader calls it first, so that one bad book cannot fail a page.
 */
export const cardView = (book: BookCardData, currency: string) => ({
  path: bookPath(book),
  cover: coverUrl(book),
  authors: authorsLine(book.author),
  price: money(book.price, currency),
})

/** Views of a book: the row of the index, and what the API shows the public and staff. */
import type { Currency } from '../core/currency.ts'
import { type MinorUnits, toDecimal } from '../core/money.ts'
import type { Suggestion } from './api.ts'
import { authorNames } from './author-names.ts'
import {
  availabilityOf,
  type Book,
  type BookDetail,
  type BookSummary,
  type FoundBook,
  type ListedBook,
  type StaffBook,
} from './schema.ts'
import type { FoundBook as SearchedBook, Suggestion as SearchSuggestion } from './search/book-index.ts'

type Optional = Pick<
  ListedBook,
  'isbn' | 'average_rating' | 'ratings_count' | 'published_year' | 'language' | 'image_url'
>

/** The attributes that every view has when the book has them. */
const optionalAttributes = (
  book: { readonly [name in keyof Optional]: Optional[name] | undefined },
): Optional => ({
  ...(book.isbn === undefined ? {} : { isbn: book.isbn }),
  ...(book.average_rating === undefined ? {} : { average_rating: book.average_rating }),
  ...(book.ratings_count === undefined ? {} : { ratings_count: book.ratings_count }),
  ...(book.published_year === undefined ? {} : { published_year: book.published_year }),
  ...(book.language === undefined ? {} : { language: book.language }),
  ...(book.image_url === undefined ? {} : { image_url: book.image_url }),
})

/** The row of the index. */
export const toListedBook = (book: Book): ListedBook => ({
  book_id: book.book_id,
  category: book.category,
  title: book.title,
  author: book.author,
  price: book.price,
  availability: availabilityOf(book.stock_quantity),
  ...optionalAttributes(book),
  created_at: book.created_at,
  ...(book.updated_at === book.created_at ? {} : { updated_at: book.updated_at }),
})

/** A book in a list. */
export const toSummary = (book: ListedBook, currency: Currency): BookSummary => ({
  book_id: book.book_id,
  category: book.category,
  title: book.title,
  author: book.author,
  price: toDecimal(book.price as MinorUnits, currency),
  availability: book.availability,
  ...optionalAttributes(book),
})

/** A book in the result of a search. */
export const toFoundBook = (book: SearchedBook, currency: Currency): FoundBook => ({
  ...toSummary(book, currency),
  ...(book.match === undefined ? {} : { match: book.match }),
})

/** A suggestion: a book with what tells it from others of its title, or a name. */
export const toSuggestion = (found: SearchSuggestion, currency: Currency): Suggestion => {
  if (found.kind !== 'book') return found
  const { book_id, author, category, price, availability, image_url } = toSummary(found.book, currency)
  const shown = { book_id, author, category, price, availability }
  return { kind: found.kind, text: found.text, ...shown, ...(image_url === undefined ? {} : { image_url }) }
}

/** A book on its own page. */
export const toDetail = (book: Book, currency: Currency): BookDetail => ({
  ...toSummary(toListedBook(book), currency),
  authors: authorNames(book.author),
  ...(book.description === undefined ? {} : { description: book.description }),
  ...(book.pages === undefined ? {} : { pages: book.pages }),
  ...(book.genres === undefined ? {} : { genres: book.genres }),
  created_at: book.created_at,
  updated_at: book.updated_at,
})

/** A book for staff, with its stock. */
export const toStaffView = (book: Book, currency: Currency): StaffBook => ({
  ...toDetail(book, currency),
  stock_quantity: book.stock_quantity,
  ...(book.status === undefined ? {} : { status: book.status }),
})

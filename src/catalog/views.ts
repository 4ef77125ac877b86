/** A book as the index, the public and staff see it. */
import { type Cents, toDecimal } from '../core/money.ts'
import {
  availabilityOf,
  type Book,
  type BookDetail,
  type BookSummary,
  type ListedBook,
  type StaffBook,
} from './schema.ts'

type Optional = Pick<ListedBook, 'isbn' | 'average_rating' | 'ratings_count' | 'published_year' | 'image_url'>

/** What every view has when the book has it. */
const optionalOf = (book: { readonly [name in keyof Optional]: Optional[name] | undefined }): Optional => ({
  ...(book.isbn === undefined ? {} : { isbn: book.isbn }),
  ...(book.average_rating === undefined ? {} : { average_rating: book.average_rating }),
  ...(book.ratings_count === undefined ? {} : { ratings_count: book.ratings_count }),
  ...(book.published_year === undefined ? {} : { published_year: book.published_year }),
  ...(book.image_url === undefined ? {} : { image_url: book.image_url }),
})

/** The row of the index. */
export const listedBook = (book: Book): ListedBook => ({
  book_id: book.book_id,
  category: book.category,
  title: book.title,
  author: book.author,
  price_cents: book.price,
  availability: availabilityOf(book.stock_quantity),
  ...optionalOf(book),
  created_at: book.created_at,
})

export const summaryOf = (book: ListedBook): BookSummary => ({
  book_id: book.book_id,
  category: book.category,
  title: book.title,
  author: book.author,
  price: toDecimal(book.price_cents as Cents),
  availability: book.availability,
  ...optionalOf(book),
})

export const detailOf = (book: Book): BookDetail => ({
  ...summaryOf(listedBook(book)),
  ...(book.description === undefined ? {} : { description: book.description }),
  ...(book.language === undefined ? {} : { language: book.language }),
  ...(book.pages === undefined ? {} : { pages: book.pages }),
  ...(book.genres === undefined ? {} : { genres: book.genres }),
  created_at: book.created_at,
  updated_at: book.updated_at,
})

export const staffViewOf = (book: Book): StaffBook => ({
  ...detailOf(book),
  stock_quantity: book.stock_quantity,
  ...(book.status === undefined ? {} : { status: book.status }),
})

/** Rows of a book: the book, its authors, and its price as it was seen. */
import { authorNames } from '../catalog/author-names.ts'
import { isForSale } from '../catalog/find.ts'
import type { Book } from '../catalog/schema.ts'
import { toDocument } from '../catalog/search/sql/document.ts'
import { isBook, parseBook } from '../catalog/table.ts'
import { toListedBook } from '../catalog/views.ts'
import { amount, instant, int, type MapItem, optionalText, text, Unmappable } from './mapping.ts'

/** Keys are exact: one that PostgreSQL cannot hold is none. */
const exact = (key: string): string => {
  if (text(key) === key) return key
  throw new Unmappable('the key has a character that PostgreSQL does not hold')
}

/** The book with texts that PostgreSQL holds. */
const held = (book: Book): Book => {
  const texts = Object.entries(book).map(([name, value]) => [
    name,
    typeof value === 'string' ? text(value) : value,
  ])
  return { ...book, ...Object.fromEntries(texts) }
}

const searchDocument = (book: Book) => {
  const { description, ...row } = held(book)
  return toDocument(toListedBook(row), description)
}

export const mapBook: MapItem = (item, { currency }) => {
  const book = parseBook(item, currency)
  if (!isBook(book)) throw new Unmappable(book.problem)
  return {
    row: {
      category: exact(book.category),
      book_id: exact(book.book_id),
      title: text(book.title),
      author: text(book.author),
      isbn: optionalText(book.isbn),
      price_minor: amount(book.price),
      currency: currency.code,
      stock: int(book.stock_quantity),
      status: book.status ?? 'active',
      language: optionalText(book.language),
      published_year: book.published_year ?? null,
      pages: book.pages ?? null,
      created_at: instant(book.created_at),
      updated_at: instant(book.updated_at),
    },
    ...(isForSale(book) && { search: searchDocument(book) }),
    children: {
      book_authors: authorNames(text(book.author)).map((name, place) => ({ place, name })),
    },
  }
}

/** Sample books for the tests of the index: well-known ones, few enough to know each expected result. */

import type { ListedBook } from '#src/catalog/schema.ts'
import {
  type BookIndex,
  type BrowseQuery,
  createBookIndex,
  restoreBookIndex,
} from '#src/catalog/search/book-index.ts'
import { createByteReader } from '#src/core/byte-reader.ts'
import { USD_BANDS } from './currencies.ts'

type Row = readonly [
  title: string,
  author: string,
  category: string,
  cents: number,
  ratings: number,
  isbn?: string,
]

const ROWS: readonly Row[] = [
  [
    'The Hunger Games (The Hunger Games, #1)',
    'Suzanne Collins',
    'Young Adult',
    1099,
    4780653,
    '9780439023481',
  ],
  ['Mockingjay (The Hunger Games, #3)', 'Suzanne Collins', 'Young Adult', 1299, 1719760],
  [
    "Harry Potter and the Sorcerer's Stone (Harry Potter, #1)",
    'J.K. Rowling; Mary GrandPré',
    'Fantasy',
    899,
    4602479,
  ],
  ['To Kill a Mockingbird', 'Harper Lee', 'Fiction', 1499, 3198671, '9780061120084'],
  ['The Great Gatsby', 'F. Scott Fitzgerald', 'Fiction', 999, 2683664, '9780743273565'],
  ['The Hobbit', 'J.R.R. Tolkien', 'Fantasy', 1499, 2071616],
  ['One Hundred Years of Solitude', 'Gabriel García Márquez; Gregory Rabassa', 'Fiction', 1599, 490000],
  ['Suite Française', 'Irène Némirovsky; Sandra Smith', 'Fiction', 1599, 50000],
  ['Midnight in Chernobyl', 'Adam Higginbotham', 'History', 2899, 40000],
  ['Towers of Midnight (Wheel of Time, #13)', 'Robert Jordan; Brandon Sanderson', 'Fantasy', 2599, 90000],
  ['The Princess Bride', 'William Goldman', 'Fantasy', 1199, 600000],
  ['Madeline', 'Ludwig Bemelmans', 'Children', 799, 90000],
  ['Matilda', 'Roald Dahl; Quentin Blake', 'Children', 799, 400000, '9780142410370'],
  [
    'Quiet: The Power of Introverts in a World That Can’t Stop Talking',
    'Susan Cain',
    'Business',
    1899,
    180000,
  ],
  ['The Bourne Identity (Jason Bourne, #1)', 'Robert Ludlum', 'Mystery', 999, 300000],
  ['Gone Girl', 'Gillian Flynn', 'Mystery', 1399, 1300000],
  ['The Girl on the Train', 'Paula Hawkins', 'Mystery', 1399, 1000000],
  ['Emma', 'Jane Austen; Fiona Stafford', 'Fiction', 599, 450000],
  ['Pride and Prejudice', 'Jane Austen', 'Fiction', 699, 2000000],
  ['The Jane Austen Book Club', 'Karen Joy Fowler', 'Fiction', 1299, 60000],
  ['Elizabeth Is Missing', 'Emma Healey', 'Mystery', 1199, 20000],
  ['A Wolf at the Table', 'Augusten Burroughs', 'Biography', 1699, 20000],
  ['Room', 'Emma Donoghue', 'Fiction', 1099, 450000],
  ['A Room with a View', 'E.M. Forster', 'Fiction', 899, 110000],
  ['Clean Code: A Handbook of Agile Software Craftsmanship', 'Robert C. Martin', 'Technology', 4499, 10000],
  ['The Pragmatic Programmer', 'Andrew Hunt; David Thomas', 'Technology', 4999, 12000],
  ['Designing Data-Intensive Applications', 'Martin Kleppmann', 'Technology', 5499, 8000],
  ['1984', 'George Orwell; Erich Fromm', 'Fiction', 999, 1900000, '9780451524935'],
  ['Animal Farm', 'George Orwell', 'Fiction', 899, 1800000],
  ['It', 'Stephen King', 'Horror', 1999, 450000],
  ['三体', '刘慈欣', 'Science Fiction', 2199, 5000],
]

/** The books, numbered b00, b01 … in the order in which they were created. */
export const SAMPLE_BOOKS: readonly ListedBook[] = ROWS.map(
  ([title, author, category, cents, count, isbn], i) => ({
    book_id: `b${String(i).padStart(2, '0')}`,
    category,
    title,
    author,
    ...(isbn === undefined ? {} : { isbn }),
    price: cents,
    availability: i % 10 === 9 ? 'sold_out' : i % 7 === 6 ? 'few_left' : 'in_stock',
    average_rating: 3.5 + (i % 10) / 10,
    ratings_count: count,
    created_at: new Date(Date.UTC(2026, 0, 1 + i)).toISOString(),
  }),
)

export const createIndex = (books: Iterable<ListedBook>): BookIndex => {
  const index = createBookIndex(USD_BANDS)
  for (const book of books) index.rows.put(book)
  return index
}

/** The first page of 24 by relevance, except for the given parameters. */
export const browseQuery = (query: Partial<BrowseQuery> = {}): BrowseQuery => ({
  sort: 'relevance',
  offset: 0,
  limit: 24,
  ...query,
})

/** The titles that a query finds, best first. */
export const searchTitles = async (index: BookIndex, query: Partial<BrowseQuery>): Promise<string[]> => {
  const { items } = await index.search.browse(browseQuery(query))
  return items.map(item => item.title)
}

/** All values of an iterable. */
export const collect = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

/** The snapshot of an index as it is now, in one piece. */
export const snapshotOf = async (index: BookIndex): Promise<Buffer> =>
  Buffer.concat(await collect(index.toSnapshot()))

/** The index of a snapshot that is read in parts of so many bytes. */
export const restoreFrom = (snapshot: Uint8Array, partBytes = 10_000): Promise<BookIndex | undefined> => {
  async function* parts() {
    for (let at = 0; at < snapshot.length; at += partBytes) yield snapshot.subarray(at, at + partBytes)
  }
  return restoreBookIndex(createByteReader(parts()), USD_BANDS)
}

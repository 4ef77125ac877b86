/** Lookup of single books: where a book is stored, and the book as the table has it now. */
import type { Item } from '../core/dynamo/write.ts'
import { sha256 } from '../core/ids.ts'
import type { LookupDeps } from './deps.ts'
import { isForSale } from './find.ts'
import { normalizeIsbn } from './isbn.ts'
import { indexMissing } from './missing-index.ts'
import { type Book, BookId } from './schema.ts'
import { type BookKey, isBook } from './table.ts'
import { bookNotFound } from './table-writes.ts'

/** A book, and the item that it was parsed from with all attributes that we do not know. */
export type StoredBook = { readonly book: Book; readonly item: Item }

/** The key of a book: by its id, else by its ISBN in any spelling. Throws book_not_found, index_not_ready, index_too_large. */
export const locateBook = async ({ liveIndex, books }: LookupDeps, idOrIsbn: string): Promise<BookKey> => {
  const row = liveIndex.index?.rows.get(idOrIsbn)
  if (row) return row
  if (BookId.safeParse(idOrIsbn).success) {
    const category = (await books.categoriesOf([idOrIsbn])).get(idOrIsbn)
    if (category !== undefined) return { category, book_id: idOrIsbn }
  }
  if (normalizeIsbn(idOrIsbn) !== undefined) {
    const index = await liveIndex.waitForIndex()
    // The table cannot tell whether there is such a book.
    if (!index) throw indexMissing(liveIndex)
    const byIsbn = index.rows.getByIsbn(idOrIsbn)
    if (byIsbn) return byIsbn
  }
  throw bookNotFound(idOrIsbn)
}

const readStored = async ({ books }: LookupDeps, key: BookKey): Promise<StoredBook | undefined> => {
  const item = await books.getItem(key)
  const book = item && books.parse(item)
  return item && book && isBook(book) ? { book, item } : undefined
}

/** A book that another process has just moved: its pointer is current before our index is. */
const readMoved = async (
  deps: LookupDeps,
  { category, book_id }: BookKey,
): Promise<StoredBook | undefined> => {
  const current = (await deps.books.categoriesOf([book_id])).get(book_id)
  return current === undefined || current === category
    ? undefined
    : readStored(deps, { category: current, book_id })
}

/** The book of this key, or where it has been moved to, retired or not. Throws book_not_found. */
export const getStoredBook = async (deps: LookupDeps, key: BookKey): Promise<StoredBook> => {
  const stored = (await readStored(deps, key)) ?? (await readMoved(deps, key))
  if (!stored) throw bookNotFound(key.book_id)
  return stored
}

/** One book for the public, as the table has it. Throws book_not_found, also for one that is retired. */
export const getBook = async (deps: LookupDeps, key: BookKey): Promise<Book> => {
  const { book } = await getStoredBook(deps, key)
  if (!isForSale(book)) throw bookNotFound(key.book_id)
  return book
}

/** One book for staff, retired or not. Throws book_not_found. */
export const getStaffBook = async (deps: LookupDeps, idOrIsbn: string): Promise<Book> =>
  (await getStoredBook(deps, await locateBook(deps, idOrIsbn))).book

/** The ETag of a book as staff see it: a new one after any edit, sale or return. */
export const etagOf = (book: Book): string =>
  `"${sha256(`${book.updated_at}\n${book.stock_quantity}`).slice(0, 32)}"`

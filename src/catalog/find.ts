/** Books exactly as the table has them now; the memory only tells where they lie. */
import type { Book, PricedBook } from './schema.ts'
import type { BookKey, BookTable, ReadPriced } from './table.ts'

export type BookFinder = {
  readonly books: BookTable
  /** The category of a book as far as the memory knows; undefined asks the pointer. */
  readonly categoryOf: (bookId: string) => string | undefined
}

/**
 * The books of these ids that exist and are for sale or not, by id. `hints` are categories known from elsewhere, such as
 * a cart's lines; a book that has moved since is found through its pointer. `read` is how they are read: alone, unless said
 * otherwise.
 */
export const findBooks = async (
  { books, categoryOf }: BookFinder,
  bookIds: readonly string[],
  hints: ReadonlyMap<string, string> = new Map(),
  read: ReadPriced = books.getPriced,
): Promise<Map<string, PricedBook>> => {
  const keys: BookKey[] = []
  for (const book_id of bookIds) {
    const category = categoryOf(book_id) ?? hints.get(book_id)
    if (category !== undefined) keys.push({ category, book_id })
  }
  const found = await read(keys)
  const missing = bookIds.filter(id => !found.has(id))
  if (missing.length === 0) return found
  const categories = await books.categoriesOf(missing)
  const moved = await read([...categories].map(([book_id, category]) => ({ category, book_id })))
  return new Map([...found, ...moved])
}

export const isForSale = (book: Pick<Book, 'status'>): boolean => book.status !== 'retired'

/** Finder of books for carts and checkout: reads them from the table; the index only tells their categories. */
import type { Book, PricedBook } from './schema.ts'
import type { BookKey, BookTable, ReadPriced } from './table.ts'

export type BookFinder = {
  readonly books: BookTable
  /** The category of a book according to the index; undefined means that its pointer has to be read. */
  readonly categoryOf: (bookId: string) => string | undefined
}

/**
 * The books of these ids that exist, retired or not, by id. `hints` are categories known from elsewhere, such as the lines
 * of a cart; a book that has been moved since is found through its pointer. `read` reads the books of known keys.
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

/** Whether the public may see and buy a book; `status` may be missing in items of foreign clients. */
export const isForSale = (book: Pick<Book, 'status'>): boolean => book.status !== 'retired'

/** Export of all books as CSV or JSON lines, with exact values, in a stable order: by category, then by id. */

import { csvLine } from '../../core/csv.ts'
import type { Currency } from '../../core/currency.ts'
import { toDecimal } from '../../core/money.ts'
import type { Book } from '../schema.ts'
import { type BookTable, isBook } from '../table.ts'
import { ATTRIBUTES } from './feed/attributes.ts'
import { csvCell } from './feed/csv-cell.ts'

export type ExportFormat = 'csv' | 'jsonl'

const PAGE_SIZE = 200

/** The categories that have books, sorted, and how many rows are not valid books. */
const listCategories = async (books: BookTable): Promise<{ categories: string[]; unreadable: number }> => {
  const categories = new Set<string>()
  let unreadable = 0
  for await (const rows of books.rows())
    for (const row of rows)
      if (isBook(row)) categories.add(row.category)
      else unreadable++
  return { categories: [...categories].sort(), unreadable }
}

/** All books, a page at a time; `onUnreadable` receives the number of rows that are not valid books and are left out. */
export async function* orderedBooks(
  books: BookTable,
  onUnreadable: (rows: number) => void = () => {},
): AsyncGenerator<readonly Book[]> {
  const { categories, unreadable } = await listCategories(books)
  if (unreadable > 0) onUnreadable(unreadable)
  for (const category of categories)
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const page = await books.getCategoryPage(category, PAGE_SIZE, after)
      yield page.books
      after = page.next
    }
}

const jsonLine = (book: Book, currency: Currency): string => {
  const entries = ATTRIBUTES.flatMap(attribute => {
    const value = attribute === 'price' ? toDecimal(book.price, currency) : book[attribute]
    return value === undefined ? [] : [[attribute, value] as const]
  })
  return `${JSON.stringify(Object.fromEntries(entries))}\n`
}

/**
 * The text of the export, a page at a time; CSV begins with its header. Cells are written exactly as they are, also those
 * that a spreadsheet reads as formulas: an escape character would become part of the title at the next import.
 */
export async function* exportBooks(
  { books, currency }: { readonly books: BookTable; readonly currency: Currency },
  format: ExportFormat,
  onUnreadable?: (rows: number) => void,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(ATTRIBUTES)
  for await (const page of orderedBooks(books, onUnreadable)) {
    const lines = page.map(book =>
      format === 'csv'
        ? csvLine(ATTRIBUTES.map(attribute => csvCell(book, attribute, currency)))
        : jsonLine(book, currency),
    )
    if (lines.length > 0) yield lines.join('')
  }
}

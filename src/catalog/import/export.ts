/** All books of the shop as CSV or JSON lines, exactly as they are, in an order that never changes: by category, then by id. */
import { toDecimal } from '../../core/money.ts'
import type { Book } from '../schema.ts'
import { type BookTable, isBook } from '../table.ts'
import { attributes } from './feed/attributes.ts'
import { csvCell, csvLine } from './feed/csv-cell.ts'

export type ExportFormat = 'csv' | 'jsonl'

const PAGE = 200

/** The categories that have books, sorted, and how many rows are no books. */
const surveyOf = async (books: BookTable): Promise<{ categories: string[]; unreadable: number }> => {
  const categories = new Set<string>()
  let unreadable = 0
  for await (const rows of books.rows())
    for (const row of rows)
      if (isBook(row)) categories.add(row.category)
      else unreadable++
  return { categories: [...categories].sort(), unreadable }
}

/** All books a page at a time; `onUnreadable` is told how many rows are none and so are left out. */
export async function* orderedBooks(
  books: BookTable,
  onUnreadable: (rows: number) => void = () => {},
): AsyncGenerator<readonly Book[]> {
  const { categories, unreadable } = await surveyOf(books)
  if (unreadable > 0) onUnreadable(unreadable)
  for (const category of categories)
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const page = await books.inCategory(category, PAGE, after)
      yield page.books
      after = page.next
    }
}

const jsonLine = (book: Book): string => {
  const entries = attributes.flatMap(attribute => {
    const value = attribute === 'price' ? toDecimal(book.price) : book[attribute]
    return value === undefined ? [] : [[attribute, value] as const]
  })
  return `${JSON.stringify(Object.fromEntries(entries))}\n`
}

/**
 * The text of the export, a page at a time; CSV begins with its header. Cells are written exactly as they are, also those
 * that a spreadsheet would take for formulas: a guard before them would come back as part of a title.
 */
export async function* exportBooks(
  books: BookTable,
  format: ExportFormat,
  onUnreadable?: (rows: number) => void,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(attributes)
  for await (const page of orderedBooks(books, onUnreadable)) {
    const lines = page.map(book =>
      format === 'csv' ? csvLine(attributes.map(attribute => csvCell(book, attribute))) : jsonLine(book),
    )
    if (lines.length > 0) yield lines.join('')
  }
}

/** Creation of missing pointers, for books that foreign clients have put into the table without one. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Book } from './schema.ts'
import type { BookTable } from './table.ts'

export type PointerDeps = {
  readonly db: Dynamo
  readonly books: BookTable
  readonly report: (error: unknown) => void
}

/**
 * Creates the pointers that these books lack, and replaces those that lead to nothing. Of two books with one id, the one that
 * the pointer leads to keeps it. A write that is refused is reported: another process was faster.
 */
export const createMissingPointers = async (
  { db, books, report }: PointerDeps,
  found: readonly Book[],
): Promise<void> => {
  const byId = new Map(found.map(book => [book.book_id, book]))
  const categories = await books.categoriesOf([...byId.keys()])
  for (const [book_id, book] of byId) {
    const category = categories.get(book_id)
    const isCurrent =
      category === book.category ||
      (category !== undefined && (await books.getItem({ category, book_id })) !== undefined)
    if (!isCurrent) await db.write(books.makePointer(book, category)).catch(report)
  }
}

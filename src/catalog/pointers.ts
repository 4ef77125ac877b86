/** Pointers from ids to categories, for books that others put into the table without one. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Book } from './schema.ts'
import type { BookTable } from './table.ts'

export type PointerDeps = {
  readonly db: Dynamo
  readonly books: BookTable
  readonly report: (error: unknown) => void
}

/** Makes the pointers that these books lack. Of two books with one id, the one that the pointer names stays the one. */
export const createMissingPointers = async (
  { db, books, report }: PointerDeps,
  found: readonly Book[],
): Promise<void> => {
  const byId = new Map(found.map(book => [book.book_id, book]))
  const there = await books.categoriesOf([...byId.keys()])
  for (const [book_id, book] of byId) {
    const category = there.get(book_id)
    const holds =
      category === book.category ||
      (category !== undefined && (await books.getItem({ category, book_id })) !== undefined)
    if (!holds) await db.write(books.makePointer(book, category)).catch(report)
  }
}

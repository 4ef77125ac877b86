/** Change log of the catalogue: items of the control table by which one process learns which books another has changed. */
import { CONTROL_ROWS } from '../../core/control/rows.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import type { Write } from '../../core/dynamo/write.ts'
import { epochSeconds, newSortKey, sortKeyAt } from '../../core/ids.ts'
import type { TableNames } from '../../tables/definitions.ts'
import type { BookKey } from '../table.ts'

/** How long changes are kept: an index (or a snapshot) that is older must be built from the table. */
export const LOG_KEPT_MS = CONTROL_ROWS.catalogChange.ttl * 1000
/** How far each reading looks back: clocks differ, and a write is committed after it got its time. */
const OVERLAP_MS = 15_000
const BOOKS_PER_ENTRY = 500

export type ChangeLog = {
  /** The writes of entries that name these books as changed, moved (both keys) or removed. */
  readonly announce: (books: readonly BookKey[], now: Date) => Write[]
  /**
   * Entries since `from`, in the order of their sort keys, read consistently: the reader then is as current as it says. A few earlier ones come again, which is harmless to a reader that
   * reads the books from the table.
   */
  readonly since: (from: Date) => AsyncGenerator<{ readonly sk: string; readonly books: readonly BookKey[] }>
}

export const createChangeLog = (db: Dynamo, names: TableNames): ChangeLog => ({
  announce: (books, now) =>
    Array.from({ length: Math.ceil(books.length / BOOKS_PER_ENTRY) }, (_, i) => ({
      action: 'Put',
      table: names.control,
      item: {
        ...CONTROL_ROWS.catalogChange.key(newSortKey(now)),
        books: books
          .slice(i * BOOKS_PER_ENTRY, (i + 1) * BOOKS_PER_ENTRY)
          .map(({ category, book_id }) => ({ category, book_id })),
        expires_at: epochSeconds(new Date(now.getTime() + LOG_KEPT_MS)),
      },
    })),
  async *since(from) {
    const after = sortKeyAt(new Date(from.getTime() - OVERLAP_MS))
    const query = {
      table: names.control,
      where: 'pk = :pk AND sk >= :after',
      values: { ':pk': CONTROL_ROWS.catalogChange.pk, ':after': after },
      consistent: true,
    }
    for await (const items of db.pages(query))
      for (const item of items) yield { sk: String(item.sk), books: item.books as BookKey[] }
  },
})

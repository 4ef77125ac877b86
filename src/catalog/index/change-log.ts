/** The change log of the catalogue in control: how the memory of one process learns what another wrote. */
import { CONTROL_ROWS } from '../../core/control/rows.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import type { Write } from '../../core/dynamo/write.ts'
import { epochSeconds, newSortKey, sortKeyAt } from '../../core/ids.ts'
import type { TableNames } from '../../tables/definitions.ts'
import type { BookKey } from '../table.ts'

export type ChangeLog = ReturnType<typeof createChangeLog>

/** How long changes are kept: a memory (or a snapshot) older than this is built anew. */
export const LOG_KEPT_MS = CONTROL_ROWS.catalogChange.ttl * 1000
/** Clocks and commits are not in step: each reading looks back this far again. */
const OVERLAP_MS = 15_000
const BOOKS_PER_ROW = 500

export const createChangeLog = (db: Dynamo, names: TableNames) => {
  /** The rows that say that these books changed, moved (both keys) or went. */
  const announce = (books: readonly BookKey[], now: Date): Write[] =>
    Array.from({ length: Math.ceil(books.length / BOOKS_PER_ROW) }, (_, i) => ({
      action: 'Put',
      table: names.control,
      item: {
        ...CONTROL_ROWS.catalogChange.key(newSortKey(now)),
        books: books
          .slice(i * BOOKS_PER_ROW, (i + 1) * BOOKS_PER_ROW)
          .map(({ category, book_id }) => ({ category, book_id })),
        expires_at: epochSeconds(new Date(now.getTime() + LOG_KEPT_MS)),
      },
    }))

  /** Changes since `from`; a few of before come again, which does no harm to a reader that reads the books anew. */
  async function* since(
    from: Date,
  ): AsyncGenerator<{ readonly sk: string; readonly books: readonly BookKey[] }> {
    const after = sortKeyAt(new Date(from.getTime() - OVERLAP_MS))
    const query = {
      table: names.control,
      where: 'pk = :pk AND sk >= :after',
      values: { ':pk': CONTROL_ROWS.catalogChange.pk, ':after': after },
    }
    for await (const items of db.pages(query))
      for (const item of items) yield { sk: String(item.sk), books: item.books as BookKey[] }
  }

  return { announce, since }
}

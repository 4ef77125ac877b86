/** Comparison of the index with the whole table: finds what foreign clients have written, which no change log announces. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isForSale } from '../find.ts'
import { createMissingPointers, type PointerDeps } from '../pointers.ts'
import type { Book } from '../schema.ts'
import { type BadRow, isBook } from '../table.ts'
import { toListedBook } from '../views.ts'
import type { Refresher } from './refresh.ts'
import { type IndexState, listBadRows } from './state.ts'

export type Comparison = {
  /** How many rows of the index differed from the table. */
  readonly repaired: number
  readonly badRows: readonly BadRow[]
}

/** Whether the index has another row of this book than the table gives it. */
const differs = (state: IndexState, book: Book): boolean => {
  const row: Readonly<Record<string, unknown>> | undefined = state.index?.rows.get(book.book_id)
  if (!isForSale(book)) return row !== undefined
  const expected: Readonly<Record<string, unknown>> = toListedBook(book)
  return Object.keys({ ...row, ...expected }).some(name => row?.[name] !== expected[name])
}

/** Reads the whole table, refreshes the rows that differ, and creates the pointers that are missing. */
export const compareWithTable = async (
  state: IndexState,
  deps: PointerDeps,
  { refresh }: Pick<Refresher, 'refresh'>,
): Promise<Comparison> => {
  const bad: BadRow[] = []
  const seen = new Set<string>()
  let repaired = 0
  for await (const rows of deps.books.rows()) {
    const found = rows.filter(isBook)
    bad.push(...rows.filter((row): row is BadRow => !isBook(row)))
    for (const book of found) seen.add(book.book_id)
    const different = found.filter(book => differs(state, book))
    repaired += different.length
    if (different.length > 0) await refresh(different)
    const unchecked = [...different, ...found.filter(book => !state.withPointer.has(book.book_id))]
    await createMissingPointers(deps, unchecked)
    for (const { book_id } of unchecked) state.withPointer.add(book_id)
    // Lets requests be answered between two pages.
    await nextTurn()
  }
  const gone = [...(state.index?.rows.all() ?? [])].filter(row => !seen.has(row.book_id))
  if (gone.length > 0) await refresh(gone)
  state.badRows = listBadRows(bad)
  return { repaired: repaired + gone.length, badRows: state.badRows }
}

/** Load of the index at start: from the snapshot and the changes logged since, or from the whole table. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Blobs } from '../../core/blobs.ts'
import type { Currency } from '../../core/currency.ts'
import { isForSale } from '../find.ts'
import { priceBands } from '../price-bands.ts'
import { createBookIndex } from '../search/book-index.ts'
import { type BadRow, type BookTable, isBook } from '../table.ts'
import { toListedBook } from '../views.ts'
import { LOG_KEPT_MS } from './change-log.ts'
import type { ChangeReader } from './change-reader.ts'
import type { Refresher } from './refresh.ts'
import { readSnapshot } from './snapshot.ts'
import { type IndexState, listBadRows } from './state.ts'

/** A snapshot must be well within the time that the change log covers. */
const MAX_SNAPSHOT_AGE_MS = LOG_KEPT_MS / 2

type Deps = {
  readonly currency: Currency
  readonly books: BookTable
  readonly blobs: Blobs
  readonly now: () => Date
  readonly report: (error: unknown) => void
}

const buildFromTable = async (
  state: IndexState,
  { books, now, currency }: Deps,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const start = now()
  const built = createBookIndex(priceBands(currency))
  const bad: BadRow[] = []
  for await (const rows of books.rows()) {
    signal?.throwIfAborted()
    for (const row of rows)
      if (!isBook(row)) bad.push(row)
      else if (isForSale(row)) built.rows.put(toListedBook(row))
    // Lets requests be answered between two pages.
    await nextTurn()
  }
  state.index = built
  state.badRows = listBadRows(bad)
  state.asOf = start
  state.isUnsaved = true
}

/** Loads the index into the state. Throws what the store throws, and the reason of `signal` when that breaks off a build. */
export const loadIndexState = async (
  state: IndexState,
  deps: Deps,
  { readChanges, refreshMissed }: Pick<ChangeReader, 'readChanges'> & Pick<Refresher, 'refreshMissed'>,
  signal?: AbortSignal,
): Promise<void> => {
  const snapshot = await readSnapshot(deps.blobs, deps.currency).catch(deps.report)
  if (snapshot && deps.now().getTime() - snapshot.asOf.getTime() < MAX_SNAPSHOT_AGE_MS) {
    state.index = snapshot.index
    state.asOf = snapshot.asOf
    state.savedAt = snapshot.asOf
    await readChanges()
  } else await buildFromTable(state, deps, signal)
  await refreshMissed()
}

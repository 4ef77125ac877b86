/** Load of the index at start: from the snapshot and the changes logged since, or from the whole table. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Blobs } from '../../core/blobs.ts'
import type { Currency } from '../../core/currency.ts'
import { isForSale } from '../find.ts'
import { priceBands } from '../price-bands.ts'
import type { Book } from '../schema.ts'
import { type BookIndex, createBookIndex, type IndexExtent } from '../search/book-index.ts'
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

/** Counts the books of a table whose index would be too large: their extent, and their categories. */
const createBookCount = () => {
  const categories = new Map<string, number>()
  let letters = 0
  let books = 0
  return {
    add: (book: Book): void => {
      books++
      letters += book.title.length + book.author.length
      categories.set(book.category, (categories.get(book.category) ?? 0) + 1)
    },
    extent: (): IndexExtent => ({ books, letters }),
    categories: () =>
      [...categories].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count),
  }
}

/** Builds the index from the table; where it is too large, goes on only to count. */
const buildFromTable = async (
  state: IndexState,
  { books, now, currency }: Deps,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const start = now()
  let built: BookIndex | undefined = createBookIndex(priceBands(currency))
  const count = createBookCount()
  const bad: BadRow[] = []
  for await (const rows of books.rows()) {
    signal?.throwIfAborted()
    for (const row of rows)
      if (!isBook(row)) bad.push(row)
      else if (isForSale(row)) {
        count.add(row)
        built?.rows.put(toListedBook(row))
      }
    if (!state.fits(count.extent())) built = undefined
    // Lets requests be answered between two pages.
    await nextTurn()
  }
  state.badRows = listBadRows(bad)
  state.asOf = start
  if (built) {
    state.index = built
    state.tooLarge = undefined
    state.isUnsaved = true
  } else state.giveUp(count.extent(), count.categories())
}

export type LoadOptions = {
  /** Breaks off a build. */
  readonly signal?: AbortSignal
  /** Builds from the table, whatever the snapshot says. */
  readonly fromTable?: boolean
}

/** Loads the index into the state. Throws what the store throws, and the reason of `signal` when that breaks off a build. */
export const loadIndexState = async (
  state: IndexState,
  deps: Deps,
  { readChanges, refreshMissed }: Pick<ChangeReader, 'readChanges'> & Pick<Refresher, 'refreshMissed'>,
  { signal, fromTable = false }: LoadOptions = {},
): Promise<void> => {
  const snapshot = fromTable
    ? undefined
    : await readSnapshot(deps.blobs, deps.currency, state.fits).catch(deps.report)
  const isFresh = snapshot && deps.now().getTime() - snapshot.head.asOf.getTime() < MAX_SNAPSHOT_AGE_MS
  if (isFresh && snapshot.index) {
    state.index = snapshot.index
    state.tooLarge = undefined
    state.asOf = snapshot.head.asOf
    state.savedAt = snapshot.head.asOf
    await readChanges()
  } else if (isFresh && !state.fits(snapshot.head.extent)) {
    state.giveUp(snapshot.head.extent, snapshot.head.categories)
    state.isUnsaved = false
    state.asOf = snapshot.head.asOf
    state.savedAt = snapshot.head.asOf
  } else await buildFromTable(state, deps, signal)
  await refreshMissed()
}

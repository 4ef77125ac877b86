/**
 * Index in memory that follows the books table: own edits at once, other processes' changes through the change log, and what
 * foreign clients write through a comparison with the table.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Blobs } from '../../core/blobs.ts'
import type { Currency } from '../../core/currency.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import type { BookIndex } from '../search/book-index.ts'
import type { BadRow, BookKey, BookTable } from '../table.ts'
import type { ChangeLog } from './change-log.ts'
import { type ChangeReader, createChangeReader } from './change-reader.ts'
import { type Comparison, compareWithTable } from './compare.ts'
import type { TooLarge } from './index-memory.ts'
import { type LoadOptions, loadIndexState } from './load.ts'
import { createRefresher, type FoundBooks } from './refresh.ts'
import { writeSnapshot, writeWithoutIndex } from './snapshot.ts'
import { createIndexState, type ListVersion } from './state.ts'

export type LiveIndexDeps = {
  readonly currency: Currency
  readonly db: Dynamo
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly blobs: Blobs
  readonly now: () => Date
  /** Memory of the process, where it is limited: an index that does not fit into it is not loaded. */
  readonly memoryMegabytes?: number | undefined
  /** Receives errors of background work; the index goes on with what it has. */
  readonly report: (error: unknown) => void
}

export type LiveIndex = ChangeReader & {
  /** The index, once it is loaded. */
  readonly index: BookIndex | undefined
  /** Why there is no index and will be none: it is too large for this process. */
  readonly tooLarge: TooLarge | undefined
  /** Rows that are not valid books, as the last full read of the table found them. */
  readonly badRows: readonly BadRow[]
  /** The moment up to which other processes' changes are in the index. */
  readonly asOf: Date
  /** The `asOf` of the snapshot that this process last read or wrote. */
  readonly savedAt: Date
  readonly listVersion: ListVersion
  /** When the list version changed last, in milliseconds since 1970. */
  readonly changedAt: number
  readonly bookVersion: (bookId: string) => number
  /** Loads the index: from the snapshot and the changes since, or from the table. Afterwards there is either `index` or `tooLarge`. */
  readonly load: (options?: LoadOptions) => Promise<void>
  /** The index; while it is being loaded, waits for it, at most until a second after the load began. */
  readonly waitForIndex: () => Promise<BookIndex | undefined>
  /** Searches for a misspelled title, which builds what the search needs for typos before a customer waits for it. */
  readonly warmUp: () => Promise<void>
  /** Reads these books again and updates their rows. */
  readonly refresh: (keys: readonly BookKey[]) => Promise<void>
  /** After an edit by this process: updates the rows, starts new versions, and returns the books as they were read. */
  readonly onEdit: (keys: readonly BookKey[]) => Promise<FoundBooks>
  /** After a sale or a return: updates the rows within 50 ms, in the background. */
  readonly onSale: (keys: readonly BookKey[]) => void
  /** Compares the index with the whole table and repairs it, and creates missing pointers. */
  readonly compare: () => Promise<Comparison>
  /** Writes the snapshot if the index has changed since the last one, or `always`, to renew the moment it holds for. */
  readonly save: (options?: { readonly always?: boolean }) => Promise<void>
}

const MAX_WAIT_MS = 1_000

export const createLiveIndex = (deps: LiveIndexDeps): LiveIndex => {
  const state = createIndexState(deps.memoryMegabytes)
  const refresher = createRefresher(state, deps)
  const changeReader = createChangeReader(state, refresher, deps)

  /** Settles when the load under way has ended, or has taken a second. */
  let loadedOrLate: Promise<unknown> = Promise.resolve()

  return {
    ...changeReader,
    load: options => {
      const loading = loadIndexState(state, deps, { ...changeReader, ...refresher }, options)
      loadedOrLate = Promise.race([loading.catch(() => {}), sleep(MAX_WAIT_MS, undefined, { ref: false })])
      return loading
    },
    waitForIndex: async () => {
      if (!state.index) await loadedOrLate
      return state.index
    },
    warmUp: async () => {
      await state.index?.search.browse({ q: 'hary poter', sort: 'relevance', offset: 0, limit: 1 })
    },
    refresh: refresher.refresh,
    onEdit: async keys => {
      const found = await refresher.reread(keys)
      state.bumpEdited(keys.map(key => key.book_id))
      return found
    },
    onSale: refresher.refreshAfterSale,
    compare: () => compareWithTable(state, deps, refresher),
    save: async ({ always = false } = {}) => {
      const { index, tooLarge, asOf } = state
      if (!(index || tooLarge) || !(state.isUnsaved || always)) return
      state.isUnsaved = false
      try {
        if (index) await writeSnapshot(deps.blobs, index, asOf)
        else if (tooLarge) await writeWithoutIndex(deps.blobs, asOf, tooLarge)
      } catch (error) {
        state.isUnsaved = true
        throw error
      }
      state.savedAt = asOf
    },
    get index() {
      return state.index
    },
    get tooLarge() {
      return state.tooLarge
    },
    get badRows() {
      return state.badRows
    },
    get asOf() {
      return state.asOf
    },
    get savedAt() {
      return state.savedAt
    },
    get listVersion() {
      return state.listVersion()
    },
    get changedAt() {
      return state.changedAt()
    },
    bookVersion: state.bookVersion,
  }
}

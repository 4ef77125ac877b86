/** State of the live index that its parts share: the index itself, how current it is, and the versions of what it shows. */
import { isForSale } from '../find.ts'
import type { Book } from '../schema.ts'
import type { BookIndex } from '../search/book-index.ts'
import type { BadRow } from '../table.ts'
import { toListedBook } from '../views.ts'

/** Versions of all lists together, by which caches tell whether a list is still fresh. */
export type ListVersion = {
  /** Grows with each change that the public can see in a list. */
  readonly contentVersion: number
  /** Grows when books were edited, and the editor expects to see it at once. */
  readonly editVersion: number
}

export type IndexState = {
  /** undefined until it is loaded. */
  index: BookIndex | undefined
  /** The moment up to which other processes' changes are in the index. */
  asOf: Date
  /** The `asOf` of the snapshot that this process last read or wrote. */
  savedAt: Date
  /** Whether the index has changed since the last snapshot. */
  isUnsaved: boolean
  /** Rows that are not valid books, as the last full read of the table found them. */
  badRows: readonly BadRow[]
  /** Ids of books whose pointers are known to exist. */
  readonly withPointer: Set<string>
  /** Puts a book that is for sale into the index, and removes any other. */
  readonly putBook: (book: Book) => void
  readonly removeBook: (bookId: string) => void
  /** Starts new versions of these books and of all lists. */
  readonly bumpEdited: (bookIds: Iterable<string>) => void
  readonly listVersion: () => ListVersion
  readonly bookVersion: (bookId: string) => number
}

/** More rows than these are counted, but not listed. */
const MAX_BAD_ROWS = 1_000

/** The rows of a full read that are not valid books, as many as are listed. */
export const listBadRows = (rows: readonly BadRow[]): readonly BadRow[] => rows.slice(0, MAX_BAD_ROWS)

export const createIndexState = (): IndexState => {
  const bookVersions = new Map<string, number>()
  let contentVersion = 0
  let editVersion = 0

  const bumpBook = (bookId: string): void => {
    bookVersions.set(bookId, (bookVersions.get(bookId) ?? 0) + 1)
  }
  const recordChange = (bookId: string): void => {
    contentVersion++
    state.isUnsaved = true
    bumpBook(bookId)
  }

  const state: IndexState = {
    index: undefined,
    asOf: new Date(0),
    savedAt: new Date(0),
    isUnsaved: false,
    badRows: [],
    withPointer: new Set(),
    putBook: book => {
      const rows = state.index?.rows
      const hasChanged = isForSale(book) ? rows?.put(toListedBook(book)) : rows?.remove(book.book_id)
      if (hasChanged) recordChange(book.book_id)
    },
    removeBook: bookId => {
      state.withPointer.delete(bookId)
      if (state.index?.rows.remove(bookId)) recordChange(bookId)
    },
    bumpEdited: bookIds => {
      for (const bookId of bookIds) bumpBook(bookId)
      editVersion++
    },
    listVersion: () => ({ contentVersion, editVersion }),
    bookVersion: bookId => bookVersions.get(bookId) ?? 0,
  }
  return state
}

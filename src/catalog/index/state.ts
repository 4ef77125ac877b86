/** State of the live index that its parts share: the index itself, how current it is, and the versions of what it shows. */
import { isForSale } from '../find.ts'
import type { Book } from '../schema.ts'
import type { BookIndex, FacetValue, IndexExtent } from '../search/book-index.ts'
import type { BadRow } from '../table.ts'
import { toListedBook } from '../views.ts'
import { fitsInto, neededMegabytes, type TooLarge } from './index-memory.ts'

/** Versions of all lists together, by which caches tell whether a list is still fresh. */
export type ListVersion = {
  /** Grows with each change that the public can see in a list. */
  readonly contentVersion: number
  /** Grows when books were edited, and the editor expects to see it at once. */
  readonly editVersion: number
}

export type IndexState = {
  /** undefined until it is loaded, and where it is too large. */
  index: BookIndex | undefined
  /** Set instead of the index where the process has too little memory for it. */
  tooLarge: TooLarge | undefined
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
  /** Whether this process has the memory for an index of this extent. */
  readonly fits: (extent: IndexExtent) => boolean
  /** Does without the index from now on, because one of this extent does not fit. */
  readonly giveUp: (extent: IndexExtent, categories: readonly FacetValue[]) => void
  /** Starts new versions of these books and of all lists. */
  readonly bumpEdited: (bookIds: Iterable<string>) => void
  readonly listVersion: () => ListVersion
  /** When the last of these versions began, in milliseconds since 1970. */
  readonly changedAt: () => number
  readonly bookVersion: (bookId: string) => number
}

/** More rows than these are counted, but not listed. */
const MAX_BAD_ROWS = 1_000

/** The rows of a full read that are not valid books, as many as are listed. */
export const listBadRows = (rows: readonly BadRow[]): readonly BadRow[] => rows.slice(0, MAX_BAD_ROWS)

/** `availableMegabytes` is the memory of the process; undefined is no limit. */
export const createIndexState = (availableMegabytes: number | undefined): IndexState => {
  const bookVersions = new Map<string, number>()
  let contentVersion = 0
  let editVersion = 0
  let changedAt = 0

  const bumpBook = (bookId: string): void => {
    bookVersions.set(bookId, (bookVersions.get(bookId) ?? 0) + 1)
  }
  const recordChange = (bookId: string): void => {
    contentVersion++
    changedAt = Date.now()
    state.isUnsaved = true
    bumpBook(bookId)
  }

  const state: IndexState = {
    index: undefined,
    tooLarge: undefined,
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
    fits: extent => fitsInto(availableMegabytes, extent),
    giveUp: (extent, categories) => {
      state.index = undefined
      // What caches hold from the index is no longer kept current.
      editVersion++
      state.isUnsaved = true
      state.tooLarge = {
        extent,
        neededMegabytes: neededMegabytes(extent),
        availableMegabytes: availableMegabytes ?? Number.POSITIVE_INFINITY,
        categories,
      }
    },
    bumpEdited: bookIds => {
      for (const bookId of bookIds) bumpBook(bookId)
      editVersion++
      changedAt = Date.now()
    },
    listVersion: () => ({ contentVersion, editVersion }),
    changedAt: () => changedAt,
    bookVersion: bookId => bookVersions.get(bookId) ?? 0,
  }
  return state
}

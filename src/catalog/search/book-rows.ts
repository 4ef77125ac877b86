/** Rows of the index by key: reads and changes the store, and keeps the ISBN lookup and the search up to date. */
import type { ListedBook } from '../schema.ts'
import type { BookRows } from './book-index.ts'
import { type BookStore, sameRow } from './book-store.ts'
import { shownOf } from './duplicates.ts'
import type { IsbnLookup } from './isbn-lookup.ts'

/** Hears of each change while the store still has the old row, and again when it has the new one. */
export type RowListener = {
  /** Before `old` in this slot is replaced by `next`, or removed. */
  readonly beforeChange: (slot: number, old: ListedBook, next?: ListedBook) => void
  /** After `next` was put into this slot, in the place of `old` where there was one. */
  readonly afterChange: (slot: number, next: ListedBook, old?: ListedBook) => void
}

export const createBookRows = (store: BookStore, isbns: IsbnLookup, listener: RowListener): BookRows => {
  const get = (bookId: string): ListedBook | undefined => {
    const slot = store.slotOf(bookId)
    return slot < 0 ? undefined : store.row(slot)
  }

  const add = (book: ListedBook): void => {
    const slot = store.add(book)
    isbns.add(slot, book.isbn)
    listener.afterChange(slot, book)
  }

  const replace = (slot: number, old: ListedBook, book: ListedBook): void => {
    listener.beforeChange(slot, old, book)
    isbns.remove(slot, old.isbn)
    store.replace(slot, book)
    isbns.add(slot, book.isbn)
    listener.afterChange(slot, book, old)
  }

  return {
    get size() {
      return store.size
    },
    get,
    getByIsbn: isbn => {
      const shown = shownOf(isbns.exact(isbn), store)
      return shown === undefined ? undefined : store.row(shown)
    },
    all: () => store.books(),
    put: book => {
      const slot = store.slotOf(book.book_id)
      const old = slot < 0 ? undefined : store.row(slot)
      if (old === undefined) add(book)
      else if (sameRow(old, book)) return false
      else replace(slot, old, book)
      return true
    },
    remove: bookId => {
      const slot = store.slotOf(bookId)
      const old = slot < 0 ? undefined : store.row(slot)
      if (old === undefined) return false
      listener.beforeChange(slot, old)
      isbns.remove(slot, old.isbn)
      store.remove(slot)
      return true
    },
  }
}

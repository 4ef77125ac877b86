/**
 * Identity of a row: the book of the shop that it is about. Only our own `book_id` and a valid ISBN match an existing book. The id
 * of another shop may become the id of a new book, but does not identify an existing one by itself: two shops number their
 * products alike, and a row must never overwrite a stranger (decision 65).
 */
import { isPlaceholderIsbn, normalizeIsbn } from '../../isbn.ts'
import type { Book } from '../../schema.ts'

/** The ids of the books with each ISBN. */
export type IsbnIndex = {
  readonly idsWith: (isbn: string) => readonly string[]
  readonly add: (isbn: string, bookId: string) => void
}

export const createIsbnIndex = (): IsbnIndex => {
  // Nearly every ISBN has one book, which then needs no list of its own.
  const ids = new Map<string, string | readonly string[]>()
  const idsWith = (isbn: string): readonly string[] => {
    const found = ids.get(isbn) ?? []
    return typeof found === 'string' ? [found] : found
  }
  return {
    idsWith,
    add: (isbn, bookId) => {
      const others = idsWith(isbn)
      if (others.includes(bookId)) return
      ids.set(isbn, others.length === 0 ? bookId : [...others, bookId])
    },
  }
}

/** The ISBN by which a book can be recognized, as 13 digits; undefined for none, an invalid one, or a placeholder. */
export const identifyingIsbn = (isbn: string | undefined): string | undefined => {
  const normal = isbn === undefined ? undefined : normalizeIsbn(isbn)
  return normal === undefined || isPlaceholderIsbn(normal) ? undefined : normal
}

export type Identity = {
  readonly book_id: string
  /** What identifies the book. */
  readonly by: 'book_id' | 'isbn' | 'foreign_id'
  readonly isbn?: string | undefined
  /** Other books that have the ISBN of the row. */
  readonly sameIsbn: readonly string[]
}

type RowIds = {
  readonly bookId?: string | undefined
  readonly foreignId?: string | undefined
  readonly isbn?: string | undefined
}

/** The book that these ids of a row mean, or the reason to refuse the row. */
export const identify = (
  { bookId, foreignId, isbn }: RowIds,
  index: IsbnIndex,
): Identity | { readonly reason: string } => {
  const matches = isbn === undefined ? [] : index.idsWith(isbn)
  const identity = (by: Identity['by'], book_id: string): Identity => ({
    book_id,
    by,
    isbn,
    sameIsbn: matches.filter(id => id !== book_id),
  })
  if (bookId !== undefined) return identity('book_id', bookId)
  const [match] = matches
  if (matches.length > 1 && (foreignId === undefined || !matches.includes(foreignId)))
    return {
      reason: `ISBN ${isbn} is that of several books (${matches.join(', ')}): add a column book_id that says which`,
    }
  if (match !== undefined) return identity('isbn', matches.length > 1 && foreignId ? foreignId : match)
  if (foreignId !== undefined) return identity('foreign_id', foreignId)
  return isbn === undefined
    ? { reason: 'has neither a book_id nor an ISBN' }
    : identity('isbn', `isbn-${isbn}`)
}

const isSameText = (a: unknown, b: string): boolean =>
  typeof a === 'string' && a.trim().toLowerCase() === b.normalize('NFC').trim().toLowerCase()

/** Why the row must not change the existing book with its id; undefined when both are the same book. */
export const identityConflict = (
  { book_id, by, isbn, sameIsbn }: Identity,
  current: Book,
  { title, author }: { readonly title: unknown; readonly author: unknown },
): string | undefined => {
  const currentIsbn = identifyingIsbn(current.isbn)
  if (isbn !== undefined && isbn === currentIsbn) return undefined
  if (by === 'book_id')
    return sameIsbn.length === 0
      ? undefined
      : `book_id ${book_id} and ISBN ${isbn} are different books: the ISBN is that of ${sameIsbn.join(', ')}`
  if (by === 'isbn')
    return currentIsbn === undefined
      ? undefined
      : `ISBN ${isbn} leads to the book ${book_id}, whose ISBN is ${currentIsbn}: add a column book_id`
  const isSame = isSameText(title, current.title) && isSameText(author, current.author)
  if (isSame && (isbn === undefined || currentIsbn === undefined)) return undefined
  return (
    `id ${book_id} of another shop is the id of a different book here, ${JSON.stringify(current.title)}: ` +
    'ignore the column with --map "<column>=", or, if it does hold ids of this shop, use --map "<column>=book_id"'
  )
}

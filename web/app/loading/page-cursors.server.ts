/**
 * Page numbers on top of cursor pagination: caches known cursors, and walks from the nearest one otherwise.
 */
import type { BookPage } from '#src/catalog/api.ts'

export const PAGE_SIZE = 24
/** Step size of the walk. */
const TWO_PAGES = 2 * PAGE_SIZE
/** Highest page number, which bounds the walk. */
export const LAST_PAGE = 500
const MAX_LISTS = 500

/** Cursors of one list, by page number. */
type Cursors = Map<number, string>
const lists = new Map<string, Cursors>()

const cursorsFor = (list: string): Cursors => {
  const cursors = lists.get(list) ?? new Map<number, string>()
  lists.delete(list)
  lists.set(list, cursors)
  const [oldest] = lists.keys()
  if (lists.size > MAX_LISTS && oldest !== undefined) lists.delete(oldest)
  return cursors
}

type FetchBooks = (limit: number, cursor: string | undefined) => Promise<BookPage>

/** Reads a page (from 1) of a list; undefined after the last page. `list` is the cache key: its filters. */
export const readPage = async (
  list: string,
  page: number,
  fetchBooks: FetchBooks,
): Promise<BookPage | undefined> => {
  const cursors = cursorsFor(list)
  let at = page
  while (at > 1 && !cursors.has(at)) at--
  while (at < page) {
    const canSkip = at + 2 <= page
    const { next_cursor } = await fetchBooks(canSkip ? TWO_PAGES : PAGE_SIZE, cursors.get(at))
    if (next_cursor === null) return undefined
    at += canSkip ? 2 : 1
    cursors.set(at, next_cursor)
  }
  const found = await fetchBooks(PAGE_SIZE, cursors.get(page))
  if (found.next_cursor !== null) cursors.set(page + 1, found.next_cursor)
  return found
}

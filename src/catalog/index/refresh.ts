/** Refresh of single books: reads them from the table again and updates their rows in the index. */
import { isForSale } from '../find.ts'
import { availabilityOf, type Book } from '../schema.ts'
import type { BookKey, BookTable } from '../table.ts'
import type { IndexState } from './state.ts'

/** Books found, by id. */
export type FoundBooks = ReadonlyMap<string, Book>

export type Refresher = {
  /** Updates the rows of these books; while there is no index, they are noted for `refreshMissed`. */
  readonly refresh: (keys: readonly BookKey[]) => Promise<void>
  /** As `refresh`, and returns the books as they were read, also while there is no index. */
  readonly reread: (keys: readonly BookKey[]) => Promise<FoundBooks>
  /** After a sale or a return: collects the books for 50 ms and then refreshes those whose availability has changed. */
  readonly refreshAfterSale: (keys: readonly BookKey[]) => void
  /** Refreshes what changed before the index was there: the load may have read it before the change. */
  readonly refreshMissed: () => Promise<void>
}

const SALE_BATCH_MS = 50

/** A book that was moved is listed under both keys. */
const uniqueKeys = (keys: readonly BookKey[]): BookKey[] => [
  ...new Map(keys.map(key => [`${key.book_id}\n${key.category}`, key])).values(),
]

export const createRefresher = (
  state: IndexState,
  { books, report }: { readonly books: BookTable; readonly report: (error: unknown) => void },
): Refresher => {
  let queue: Promise<unknown> = Promise.resolve()
  /** One read after the other, so that an earlier read never overwrites a later one. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work)
    queue = done.catch(() => {})
    return done
  }

  let missed: BookKey[] = []
  /** Remembers books that changed while the index is loading; where it is too large, nothing will ask for them. */
  const note = (keys: readonly BookKey[]): void => {
    if (!state.tooLarge) missed.push(...keys)
  }

  const readAndUpdate = async (keys: readonly BookKey[]): Promise<FoundBooks> => {
    const unique = uniqueKeys(keys)
    const found = await books.getMany(unique)
    const { index } = state
    if (!index) {
      note(unique)
      return found
    }
    for (const { category, book_id } of unique)
      if (found.get(book_id)?.category !== category && index.rows.get(book_id)?.category === category)
        state.removeBook(book_id)
    for (const book of found.values()) state.putBook(book)
    if (!state.fits(index.extent)) state.giveUp(index.extent, await index.search.categories())
    return found
  }

  const update = async (keys: readonly BookKey[]): Promise<void> => {
    if (state.index) await readAndUpdate(keys)
    else note(keys)
  }

  /** Of these, the books whose availability has changed with their stock: few, however much is sold. */
  const visiblyChanged = async (keys: readonly BookKey[]): Promise<readonly BookKey[]> => {
    if (!state.index) return keys
    const unique = uniqueKeys(keys)
    const found = await books.getPriced(unique)
    return unique.filter(({ book_id }) => {
      const book = found.get(book_id)
      if (!book || !isForSale(book)) return true
      return state.index?.rows.get(book_id)?.availability !== availabilityOf(book.stock_quantity)
    })
  }

  const refresh = (keys: readonly BookKey[]): Promise<void> => inTurn(() => update(keys))

  let sold: BookKey[] = []
  const refreshAfterSale = (keys: readonly BookKey[]): void => {
    if (sold.length === 0)
      setTimeout(() => {
        const batch = sold
        sold = []
        inTurn(async () => update(await visiblyChanged(batch))).catch(report)
      }, SALE_BATCH_MS)
    sold.push(...keys)
  }

  const refreshMissed = async (): Promise<void> => {
    await refresh(missed)
    missed = []
  }

  return { refresh, reread: keys => inTurn(() => readAndUpdate(keys)), refreshAfterSale, refreshMissed }
}

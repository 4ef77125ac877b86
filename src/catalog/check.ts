/** Whether the books table and the pointers beside it agree, and how to make them agree. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { isForSale } from './find.ts'
import type { ChangeLog } from './index/change-log.ts'
import { type BadRow, type BookKey, type BookTable, isBook } from './table.ts'

export type CheckDeps = {
  readonly db: Dynamo
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly now: () => Date
}

export type CatalogCheck = {
  /** Every row that is a book. */
  readonly keys: readonly BookKey[]
  readonly forSale: number
  readonly badRows: readonly BadRow[]
  /** Ids that stand in more than one category. */
  readonly doubles: readonly { readonly book_id: string; readonly categories: readonly string[] }[]
  readonly withoutPointer: readonly BookKey[]
  /** Pointers to where there is no row. */
  readonly dangling: readonly BookKey[]
}

const textOf = ({ category, book_id }: BookKey): string => `${book_id}\n${category}`

/** Looks at every row and every pointer. What a shop at work has just moved is looked at twice before it is named. */
export const checkCatalog = async ({ books }: CheckDeps): Promise<CatalogCheck> => {
  const keys: BookKey[] = []
  const badRows: BadRow[] = []
  let forSale = 0
  for await (const rows of books.rows())
    for (const row of rows)
      if (!isBook(row)) badRows.push(row)
      else {
        keys.push({ category: row.category, book_id: row.book_id })
        if (isForSale(row)) forSale++
      }
  const pointers: BookKey[] = []
  for await (const some of books.pointers()) pointers.push(...some)

  const rows = new Set([...keys, ...badRows].map(textOf))
  const pointed = new Set(pointers.map(key => key.book_id))
  const isThere = async (key: BookKey) => (await books.getItem(key)) !== undefined
  return {
    keys,
    forSale,
    badRows,
    doubles: await doublesIn(keys, isThere),
    withoutPointer: await only(
      keys.filter(key => !pointed.has(key.book_id)),
      async key => (await isThere(key)) && !(await books.categoriesOf([key.book_id])).has(key.book_id),
    ),
    dangling: await only(
      pointers.filter(key => !rows.has(textOf(key))),
      async key =>
        !(await isThere(key)) && (await books.categoriesOf([key.book_id])).get(key.book_id) === key.category,
    ),
  }
}

const only = async <T>(list: readonly T[], holds: (one: T) => Promise<boolean>): Promise<T[]> => {
  const held: T[] = []
  for (const one of list) if (await holds(one)) held.push(one)
  return held
}

const doublesIn = async (keys: readonly BookKey[], isThere: (key: BookKey) => Promise<boolean>) => {
  const categories = new Map<string, string[]>()
  for (const { book_id, category } of keys)
    categories.set(book_id, [...(categories.get(book_id) ?? []), category])
  const doubles: { book_id: string; categories: string[] }[] = []
  for (const [book_id, all] of categories) {
    if (all.length < 2) continue
    const left = await only(all, category => isThere({ category, book_id }))
    if (left.length > 1) doubles.push({ book_id, categories: left.sort() })
  }
  return doubles
}

export type Repaired = { readonly made: number; readonly dropped: number }

/** Makes the pointers that are missing and takes away those that lead nowhere. What somebody mends meanwhile stays. */
export const repairPointers = async (
  { db, books }: CheckDeps,
  { withoutPointer, dangling, keys }: CatalogCheck,
): Promise<Repaired> => {
  const carriedOut = async (writes: readonly Write[]): Promise<number> => {
    try {
      await db.transact(writes)
      return 1
    } catch (error) {
      if (error instanceof TransactionRefused) return 0
      throw error
    }
  }
  let dropped = 0
  for (const key of dangling) dropped += await carriedOut(books.dropPointer(key))
  const astray = new Set(dangling.map(key => key.book_id))
  let made = 0
  for (const key of [...withoutPointer, ...keys.filter(key => astray.has(key.book_id))])
    made += await carriedOut([books.makePointer(key)])
  return { made, dropped }
}

const ANNOUNCED_AT_ONCE = 500

/** Tells every shop that follows the table to read all its books again. */
export const announceAll = async (
  { db, changes, now }: CheckDeps,
  keys: readonly BookKey[],
): Promise<void> => {
  for (let i = 0; i < keys.length; i += ANNOUNCED_AT_ONCE)
    await db.transact(changes.announce(keys.slice(i, i + ANNOUNCED_AT_ONCE), now()))
}

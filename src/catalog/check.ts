/** Consistency check of the books table and its pointers, and their repair; `cloudshelf doctor` runs both. */

import type { Currency } from '../core/currency.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import { isWhole, toDecimalText } from '../core/money.ts'
import { isForSale } from './find.ts'
import type { ChangeLog } from './index/change-log.ts'
import { isPlaceholderIsbn, normalizeIsbn } from './isbn.ts'
import { createSimilarNames } from './similar-categories.ts'
import { type BadRow, type BookKey, type BookTable, isBook, keyText } from './table.ts'

export type CheckDeps = {
  /** The shop's. */
  readonly currency: Currency
  readonly db: Dynamo
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly now: () => Date
}

export type CatalogCheck = {
  /** Every row that is a valid book. */
  readonly keys: readonly BookKey[]
  readonly forSale: number
  readonly badRows: readonly BadRow[]
  /** Books whose price has more decimals than the currency of the shop. */
  readonly imprecise: readonly (BookKey & { readonly price: string })[]
  /** Ids that exist in more than one category. */
  readonly duplicates: readonly { readonly book_id: string; readonly categories: readonly string[] }[]
  /** ISBNs that several books have: an import cannot tell which of them a row means. */
  readonly sharedIsbns: readonly { readonly isbn: string; readonly book_ids: readonly string[] }[]
  /** Categories whose names differ only in case, spacing, punctuation or plural, in groups. */
  readonly similarCategories: readonly { readonly categories: readonly string[] }[]
  readonly withoutPointer: readonly BookKey[]
  /** Pointers that lead to no row. */
  readonly dangling: readonly BookKey[]
}

/** Reads every row and every pointer. Findings are read again, since a running shop may just have moved the book. */
export const checkCatalog = async ({ books, currency }: CheckDeps): Promise<CatalogCheck> => {
  const keys: BookKey[] = []
  const badRows: BadRow[] = []
  const imprecise: CatalogCheck['imprecise'][number][] = []
  const byIsbn = new Map<string, string[]>()
  const names = createSimilarNames()
  let forSale = 0
  for await (const rows of books.rows())
    for (const row of rows)
      if (!isBook(row)) badRows.push(row)
      else {
        keys.push({ category: row.category, book_id: row.book_id })
        names.add(row.category)
        if (!isWhole(row.price))
          imprecise.push({
            category: row.category,
            book_id: row.book_id,
            price: toDecimalText(row.price, currency),
          })
        if (isForSale(row)) forSale++
        const isbn = row.isbn === undefined ? undefined : normalizeIsbn(row.isbn)
        if (isbn !== undefined && !isPlaceholderIsbn(isbn))
          byIsbn.set(isbn, [...(byIsbn.get(isbn) ?? []), row.book_id])
      }
  const pointers: BookKey[] = []
  for await (const page of books.pointers()) pointers.push(...page)

  const rows = new Set([...keys, ...badRows].map(keyText))
  const pointed = new Set(pointers.map(key => key.book_id))
  const exists = async (key: BookKey) => (await books.getItem(key)) !== undefined
  return {
    keys,
    forSale,
    imprecise,
    badRows,
    duplicates: await findDuplicates(keys, exists),
    sharedIsbns: [...byIsbn].flatMap(([isbn, ids]) => {
      const book_ids = [...new Set(ids)].sort() // a book that was moved while it was read comes twice
      return book_ids.length > 1 ? [{ isbn, book_ids }] : []
    }),
    similarCategories: names.groups().map(categories => ({ categories })),
    withoutPointer: await filterAsync(
      keys.filter(key => !pointed.has(key.book_id)),
      async key => (await exists(key)) && !(await books.categoriesOf([key.book_id])).has(key.book_id),
    ),
    dangling: await filterAsync(
      pointers.filter(key => !rows.has(keyText(key))),
      async key =>
        !(await exists(key)) && (await books.categoriesOf([key.book_id])).get(key.book_id) === key.category,
    ),
  }
}

const filterAsync = async <T>(list: readonly T[], matches: (one: T) => Promise<boolean>): Promise<T[]> => {
  const matching: T[] = []
  for (const one of list) if (await matches(one)) matching.push(one)
  return matching
}

const findDuplicates = async (keys: readonly BookKey[], exists: (key: BookKey) => Promise<boolean>) => {
  const categories = new Map<string, string[]>()
  for (const { book_id, category } of keys)
    categories.set(book_id, [...(categories.get(book_id) ?? []), category])
  const duplicates: { book_id: string; categories: string[] }[] = []
  for (const [book_id, all] of categories) {
    if (all.length < 2) continue
    const existing = await filterAsync(all, category => exists({ category, book_id }))
    if (existing.length > 1) duplicates.push({ book_id, categories: existing.sort() })
  }
  return duplicates
}

export type Repaired = { readonly made: number; readonly dropped: number }

/** Creates the pointers that are missing and deletes those that lead nowhere. Concurrent repairs of others stay. */
export const repairPointers = async (
  { db, books }: CheckDeps,
  { withoutPointer, dangling, keys }: CatalogCheck,
): Promise<Repaired> => {
  /** Returns 1, or 0 when a condition failed. */
  const tryTransact = async (writes: readonly Write[]): Promise<number> =>
    (await wasApplied(db.transact(writes))) ? 1 : 0
  let dropped = 0
  for (const key of dangling) dropped += await tryTransact(books.dropPointer(key))
  const droppedIds = new Set(dangling.map(key => key.book_id))
  let made = 0
  for (const key of [...withoutPointer, ...keys.filter(key => droppedIds.has(key.book_id))])
    made += await tryTransact([books.makePointer(key)])
  return { made, dropped }
}

const KEYS_PER_TRANSACTION = 500

/** Logs all books as changed, so that every running shop reads them again. */
export const announceAll = async (
  { db, changes, now }: CheckDeps,
  keys: readonly BookKey[],
): Promise<void> => {
  for (let i = 0; i < keys.length; i += KEYS_PER_TRANSACTION)
    await db.transact(changes.announce(keys.slice(i, i + KEYS_PER_TRANSACTION), now()))
}

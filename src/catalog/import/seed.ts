/** The shelf that a new shop starts with: the specification's three books to the letter, and well-known ones beside them. */
import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import { TransactionRefused } from '../../core/dynamo/write.ts'
import type { ChangeLog } from '../index/change-log.ts'
import { Book } from '../schema.ts'
import type { BookTable } from '../table.ts'

const FILE = new URL('../../../data/starter-shelf.json', import.meta.url)
/** A new book is two actions, and a transaction has room for a hundred. */
const BOOKS_PER_TRANSACTION = 45

export type SeedDeps = {
  readonly db: Dynamo
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly now: () => Date
}

/** The books of the starter shelf; those without dates get `now`. */
export const readStarterBooks = async (now: Date): Promise<Book[]> => {
  const at = now.toISOString()
  const rows = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(await readFile(FILE, 'utf8')))
  return rows.map(row => Book.parse({ created_at: at, updated_at: at, ...row }))
}

/**
 * Puts the books of the starter shelf that are not there yet. One that is there stays as it is: its price, its words and
 * what is left of its stock. Returns how many were put.
 */
export const seed = async ({ db, books, changes, now }: SeedDeps): Promise<number> => {
  const shelf = await readStarterBooks(now())
  const there = await books.categoriesOf(shelf.map(book => book.book_id))
  const found = await books.getMany(shelf)
  const missing = shelf.filter(book => !there.has(book.book_id) && !found.has(book.book_id))
  let put = 0
  for (let i = 0; i < missing.length; i += BOOKS_PER_TRANSACTION) {
    const batch = missing.slice(i, i + BOOKS_PER_TRANSACTION)
    try {
      await db.transact([...batch.flatMap(book => books.create(book)), ...changes.announce(batch, now())])
      put += batch.length
    } catch (error) {
      // Somebody else seeds at the same time: the books are there, whoever put them.
      if (!(error instanceof TransactionRefused)) throw error
      return put + (await seed({ db, books, changes, now }))
    }
  }
  return put
}

/** Starter catalogue of a new shop: the specification's three books exactly as given, and well-known ones. */
import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import type { Currency } from '../../core/currency.ts'
import { wasApplied } from '../../core/dynamo/conditional.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import type { ChangeLog } from '../index/change-log.ts'
import { type Book, StoredBook } from '../schema.ts'
import type { BookTable } from '../table.ts'
import { samplePrice } from './feed/demo-data.ts'

const FILE = new URL('../../../data/starter-shelf.json', import.meta.url)
/** A new book is two writes, and a transaction has at most 100. */
const BOOKS_PER_TRANSACTION = 45

export type SeedDeps = {
  readonly currency: Currency
  readonly db: Dynamo
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly now: () => Date
}

/** The books of the starter catalogue, at prices in the currency; those without dates get `now`. */
export const readStarterBooks = async (now: Date, currency: Currency): Promise<Book[]> => {
  const at = now.toISOString()
  const rows = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(await readFile(FILE, 'utf8')))
  return rows.map(row => {
    const book = StoredBook.parse({ created_at: at, updated_at: at, ...row })
    return { ...book, price: samplePrice(book.price, currency) }
  })
}

/**
 * Creates the books of the starter catalogue that do not exist yet. Existing ones stay as they are: price, texts and remaining
 * stock. Returns how many were created.
 */
export const seed = async (deps: SeedDeps): Promise<number> => {
  const { db, books, changes, currency, now } = deps
  const starter = await readStarterBooks(now(), currency)
  const pointers = await books.categoriesOf(starter.map(book => book.book_id))
  const found = await books.getMany(starter)
  const missing = starter.filter(book => !pointers.has(book.book_id) && !found.has(book.book_id))
  let created = 0
  for (let i = 0; i < missing.length; i += BOOKS_PER_TRANSACTION) {
    const batch = missing.slice(i, i + BOOKS_PER_TRANSACTION)
    const writes = [...batch.flatMap(book => books.create(book)), ...changes.announce(batch, now())]
    // Refused where another process seeds at the same time: whichever was faster, the books exist.
    if (!(await wasApplied(db.transact(writes)))) return created + (await seed(deps))
    created += batch.length
  }
  return created
}

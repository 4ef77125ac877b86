/** Test catalogue of the benchmarks: 10,000 books with generated prices and stock, written into a data folder. */

import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import type { Book } from '#src/catalog/schema.ts'
import { createBookTable, isBook, parseBook } from '#src/catalog/table.ts'
import { createBaseContext } from '#src/composition/base.ts'
import { createDatabase } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import { createLinesLog } from '#src/core/log/log.ts'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { startEngine } from '#src/local/engine.ts'
import { createTables } from '#src/tables/provision.ts'

/** Enough that nothing sells out. */
const STOCK = 1_000_000
const BOOKS_PER_TRANSACTION = 50
const AT = '2026-11-01T00:00:00.000Z'

/** Prices from 5.99 to 39.99, by position in the list. */
const choosePrice = (place: number): number => (599 + ((place * 7919) % 3401)) / 100

const parseNumber = (text: string | undefined): number | undefined => (text ? Number(text) : undefined)
const optional = <T>(name: string, value: T | undefined) => (value === undefined ? {} : { [name]: value })

const { currency } = readSettings({})

const toBook = (row: Readonly<Record<string, string>>, place: number): Book => {
  const genres = row.genres?.split('|').filter(Boolean) ?? []
  const item = {
    category: genres[0] ?? 'other',
    book_id: row.book_id,
    title: row.title,
    author: row.authors,
    price: choosePrice(place),
    stock_quantity: STOCK,
    created_at: AT,
    updated_at: AT,
    ...optional('isbn', row.isbn13 || undefined),
    ...optional('average_rating', parseNumber(row.average_rating)),
    ...optional('ratings_count', parseNumber(row.ratings_count)),
    ...optional('published_year', parseNumber(row.original_year)),
    ...optional('language', row.language || undefined),
    ...optional('pages', parseNumber(row.pages)),
    ...(genres.length > 0 ? { genres } : {}),
  }
  const book = parseBook(item, currency)
  if (!isBook(book)) throw new Error(`row ${place + 2} of the list of books is none: ${book.problem}`)
  return book
}

/** Reads a list of books such as books-10k.csv. */
export const readBooks = (file: string): Book[] => {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true, bom: true })
  return rows.map(toBook)
}

/** Writes the books into the tables of a data folder that no process uses. */
export const fillDataFolder = async (dataDir: string, books: readonly Book[]): Promise<void> => {
  const folder = await lockDataFolder(dataDir)
  const engine = await startEngine({ folder })
  const settings = readSettings({ CLOUDSHELF_DATA_DIR: dataDir })
  const db = createDatabase(settings, () => engine.endpoint)
  try {
    await createTables(db, settings.names)
    const table = createBookTable(
      createBaseContext(settings, { db, log: createLinesLog('errors', () => {}) }),
    )
    for (let i = 0; i < books.length; i += BOOKS_PER_TRANSACTION)
      await db.transact(books.slice(i, i + BOOKS_PER_TRANSACTION).flatMap(book => table.create(book)))
  } finally {
    await db.close()
    await engine.stop()
    folder.release()
  }
}

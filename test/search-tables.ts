/** Search tables of PostgreSQL with given books, for tests and benchmarks: as the projection writes them, without DynamoDB. */
import type { ListedBook } from '#src/catalog/schema.ts'
import { toDocument } from '#src/catalog/search/sql/document.ts'
import type { Sql } from '#src/core/sql/sql.ts'
import { writeSearchRows } from '#src/projection/search-rows.ts'

const BOOKS_AT_ONCE = 2_000

/** Writes the documents of books into a database with the migrations of the projection. */
export const fillSearchTables = async (
  sql: Sql,
  books: Iterable<ListedBook>,
  descriptionOf: (book: ListedBook) => string | undefined = () => undefined,
): Promise<void> => {
  const write = (batch: readonly ListedBook[]) =>
    sql.transaction(async transaction => {
      const rows = batch.map(book => ({
        source_key: `\\x${Buffer.from(book.book_id).toString('hex')}`,
        source_hash: '\\x01',
        document: toDocument(book, descriptionOf(book)),
      }))
      await writeSearchRows(transaction, rows)
    })
  let batch: ListedBook[] = []
  for (const book of books) {
    batch.push(book)
    if (batch.length < BOOKS_AT_ONCE) continue
    await write(batch)
    batch = []
  }
  await write(batch)
  await sql.query('vacuum analyze search.books, search.terms, search.pairs')
}

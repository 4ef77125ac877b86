import { expect, test } from 'vitest'
import { USD_BANDS } from '../../../../test/currencies.ts'
import { openTestDatabase } from '../../../../test/postgres.ts'
import { browseQuery, createIndex, SAMPLE_BOOKS } from '../../../../test/sample-books.ts'
import { fillSearchTables } from '../../../../test/search-tables.ts'
import type { SqlQueries } from '../../../core/sql/sql.ts'
import { MIGRATIONS } from '../../../projection/migrations.ts'
import type { ListedBook } from '../../schema.ts'
import { createTermCounts, findCandidates, MAX_CANDIDATES } from './candidates.ts'
import { createSqlSearch } from './sql-search.ts'

const book = (book_id: string, title: string): ListedBook => ({
  ...(SAMPLE_BOOKS[0] as ListedBook),
  book_id,
  title,
  author: 'Ines Falk',
  isbn: '',
})
const BOOKS = [
  book('first', 'Lantern Keeper'),
  book('second', 'Lantern Harbour'),
  book('begun', 'Journeys: A Persilian Tale'),
  ...Array.from({ length: MAX_CANDIDATES + 1 }, (_, i) => book(`person-${i}`, 'Person')),
]
const { sql } = await openTestDatabase({ migrations: MIGRATIONS })
await fillSearchTables(sql, BOOKS)

/** Calls `onQuery` with each statement before it is sent. */
const observed = (onQuery: (text: string) => void): SqlQueries => ({
  query: (text, params) => {
    onQuery(text)
    return sql.query(text, params)
  },
})

test('counts that are forgotten while others are read still count', async () => {
  const counts = createTermCounts()
  const options = { bands: USD_BANDS, counts, isIncomplete: false }
  await findCandidates(sql, 'lantern keeper', options)
  expect(counts.has('lantern')).toBe(true)
  const forgetful = observed(text => {
    if (text.startsWith('select term, books')) counts.clear()
  })
  const { text } = await findCandidates(forgetful, 'lantern harbour', options)
  expect(text.documentCount(text.dictionary.idOf('lantern'))).toBe(2)
})

test('without a book that has all words as typed, none is read before typing errors are looked for', async () => {
  const statements: string[] = []
  const counting = observed(text => statements.push(text.trim().slice(0, 10)))
  const options = { bands: USD_BANDS, counts: createTermCounts(), isIncomplete: false }
  const { store } = await findCandidates(counting, 'lantern keepr', options)
  expect([...store.books()].map(({ book_id }) => book_id)).toEqual(['first'])
  expect(statements.filter(text => text === 'with found')).toHaveLength(1)
})

test('where none of too many candidates matches, none is counted', async () => {
  const query = browseQuery({ q: 'persil' })
  const expected = await createIndex(BOOKS).search.browse(query)
  expect(expected.total).toBe(0)
  expect(await createSqlSearch({ sql, bands: USD_BANDS }).browse(query)).toEqual(expected)
})

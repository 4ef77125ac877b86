import { expect, test } from 'vitest'
import { USD_BANDS } from '../../../../test/currencies.ts'
import { openTestDatabase } from '../../../../test/postgres.ts'
import { browseQuery, createIndex, SAMPLE_BOOKS } from '../../../../test/sample-books.ts'
import { fillSearchTables } from '../../../../test/search-tables.ts'
import { generateQuestions } from '../../../../tools/bench/query-generator.ts'
import { generateBooks } from '../../../../tools/bench/synthetic-books.ts'
import type { Sql } from '../../../core/sql/sql.ts'
import { MIGRATIONS } from '../../../projection/migrations.ts'
import type { ListedBook } from '../../schema.ts'
import type { BrowseQuery } from '../book-index.ts'
import { createSqlSearch } from './sql-search.ts'

/** The engine in memory and the one in PostgreSQL over the same books. */
const BOOKS: readonly ListedBook[] = [
  ...Array.from(generateBooks(SAMPLE_BOOKS, 400), (book, i) => ({
    ...book,
    published_year: 1890 + (i % 130),
    language: i % 3 === 0 ? 'de' : 'en',
    average_rating: 3 + (i % 20) / 10,
  })),
  // Two more of one ISBN: lists show the one in stock with the least id.
  ...['twin-b', 'twin-a'].map(
    (book_id): ListedBook => ({
      ...(SAMPLE_BOOKS[0] as ListedBook),
      book_id,
      title: book_id === 'twin-a' ? 'Panem Unbound' : 'Hunger Games Twin',
      availability: 'in_stock',
    }),
  ),
  {
    ...(SAMPLE_BOOKS[0] as ListedBook),
    book_id: 'signs',
    title: "!!! 'quoted' \\ C++ & .NET",
    author: "O'Neil \\ 'Bobby' Tables",
    isbn: '9780306406157',
  },
]
const memory = createIndex(BOOKS).search
const { sql } = await openTestDatabase({ migrations: MIGRATIONS })
await fillSearchTables(sql, BOOKS, ({ book_id }) =>
  book_id === 'b05' ? 'A wizard visits; dwarves sing of gold beneath the mountain.' : undefined,
)
const postgres = createSqlSearch({ sql, bands: USD_BANDS, keepFactor: 0 })

const expectSame = async (query: Partial<BrowseQuery>): Promise<void> => {
  const [found, expected] = await Promise.all([
    postgres.browse(browseQuery(query)),
    memory.browse(browseQuery(query)),
  ])
  expect(found, JSON.stringify(query)).toEqual(expected)
}

const questions = generateQuestions(BOOKS, 12, 7)

test('finds the same as the engine in memory, in the same order, for queries of every kind', async () => {
  expect(new Set(questions.map(({ kind }) => kind)).size).toBe(13)
  for (const { q } of questions) await expectSame({ q })
})

test('finds nothing for the same nonsense, and the same for ISBNs, signs, numerals and very long queries', async () => {
  const queries = [
    'qzxv wlkj',
    'xyzzy plugh',
    'asdfgh',
    '12345',
    '!!!',
    "'",
    '\\',
    "o'neil",
    'c++',
    '.net',
    'net',
    '三',
    'the',
    'a',
    'of the',
    'the the',
    '9780439023481',
    '0-439-02348-3',
    '978043',
    'ISBN 9780439023481 (pbk.)',
    '9799',
    'hunger games 1',
    'hunger games one',
    'j r r tolkien',
    'jrr tolkien',
    'suzanne',
    'h',
    'ha',
    'har',
    'midnite',
    'hungergames',
    'great gats by',
    'potter hary',
    'twin',
    'panem unbound',
    'the hunger games suzanne collins young adult book from the library of the hunger',
    'x'.repeat(300),
    '\0',
    '\ud800',
    'a & b | !c',
  ]
  for (const q of queries) await expectSame({ q })
})

test('filters, sorts and pages as the engine in memory', async () => {
  const filters: Partial<BrowseQuery>[] = [
    {},
    { category: ['Fiction'] },
    { category: ['Fiction', 'Fantasy'], in_stock: true },
    { category: ['Nothing'] },
    { author: ['Jane Austen'] },
    { author: ['J.K. Rowling; Mary GrandPré', 'jane austen'] },
    { author: ['Nobody'] },
    { language: ['de'], decade: ['1990', 'before-1900'] },
    { min_rating: 4 },
    { min_price: 1000, max_price: 1999.5 },
    { in_stock: false, facetLimit: 3 },
    { max_price: 0 },
  ]
  const sorts = ['relevance', 'price_asc', 'price_desc', 'newest', 'title', 'rating'] as const
  for (const [i, filter] of filters.entries()) {
    const sort = sorts[i % sorts.length] ?? 'relevance'
    await expectSame({ ...filter, sort, limit: 5 })
    await expectSame({ ...filter, q: 'the girl', sort: sorts[(i + 1) % sorts.length] ?? 'title' })
    await expectSame({ ...filter, sort, offset: 3, limit: 4 })
  }
  for (const sort of sorts) {
    const { items } = await memory.browse(browseQuery({ sort, limit: 7 }))
    await expectSame({ sort, after: items[6]?.book_id ?? '', offset: 2, limit: 5 })
  }
  await expectSame({ after: 'gone', offset: 5, limit: 5 })
  await expectSame({ category: ['Fiction'], after: 'b00', offset: 5, limit: 5 })
  await expectSame({ q: 'the', after: 'b03', offset: 2, limit: 3 })
})

test('suggests the same, and has the same categories', async () => {
  for (const { q } of questions.slice(0, 60)) {
    const typed = q.slice(0, 1 + (q.length >> 1))
    expect(await postgres.suggest(typed, 8), typed).toEqual(await memory.suggest(typed, 8))
  }
  for (const typed of ['fi', 'sci', 'austen', '978043', ' ', 'zz'])
    expect(await postgres.suggest(typed, 5), typed).toEqual(await memory.suggest(typed, 5))
  expect(await postgres.categories()).toEqual(await memory.categories())
})

test('what was counted is not used once the tables were emptied and filled again', async () => {
  let generation = 'first'
  let counted = 0
  const query: Sql['query'] = (text, params) => {
    if (text.includes('grouping sets')) counted++
    return sql.query(text, params)
  }
  const search = createSqlSearch({
    sql: { query },
    bands: USD_BANDS,
    keepFactor: 100_000,
    generation: () => generation,
  })
  for (generation of ['first', 'first', 'second', 'second']) await search.browse(browseQuery())
  expect(counted).toBe(2)
})

test('descriptions are searched where titles and names give nothing, and only there', async () => {
  const { items, total, match } = await postgres.browse(browseQuery({ q: 'dwarves under the mountain' }))
  expect({ total, match, ids: items.map(({ book_id }) => book_id) }).toEqual({
    total: 0,
    match: undefined,
    ids: [],
  })
  const found = await postgres.browse(browseQuery({ q: 'the dwarves mountain' }))
  expect(found).toMatchObject({ total: 1, match: 'fuzzy', items: [{ book_id: 'b05', match: 'fuzzy' }] })
  expect((await postgres.browse(browseQuery({ q: 'dwarves', category: ['History'] }))).total).toBe(0)
  const without = createSqlSearch({ sql, bands: USD_BANDS, withDescriptions: false })
  expect((await without.browse(browseQuery({ q: 'the dwarves mountain' }))).total).toBe(0)
  await expectSame({ q: 'mountan of gatsby' })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aBook, createTestShop, type TestShop, temporaryFolder } from '../../../test/kit.ts'
import type { Book } from '../schema.ts'
import { type ExportFormat, exportBooks } from './export.ts'
import { openFeed } from './feed/open-feed.ts'
import { type ImportRun, importBooks } from './import-books.ts'

const textOf = async ({ deps }: TestShop, format: ExportFormat, unreadable?: (rows: number) => void) => {
  let text = ''
  for await (const piece of exportBooks(deps, format, unreadable)) text += piece
  return text
}

const importText = async (
  shop: TestShop,
  text: string,
  run: Omit<ImportRun, 'source'> = {},
): Promise<Record<string, number>> => {
  const file = join(temporaryFolder(), 'books')
  writeFileSync(file, text)
  const feed = await openFeed(file)
  const counts: Record<string, number> = {}
  for await (const { kind, warnings, reason } of importBooks(shop.deps, feed.rows(), {
    ...run,
    source: { actor: 'test', file },
    decimalComma: feed.decimalComma,
  })) {
    counts[kind] = (counts[kind] ?? 0) + 1
    expect({ warnings, reason }).toEqual({ warnings: [], reason: undefined })
  }
  return counts
}

const nasty: Book[] = [
  aBook(),
  aBook({ book_id: 'tech-000', price: 5, stock_quantity: 0, status: 'retired' }),
  aBook({ category: 'Art, "Design"; & more', book_id: 'q', title: '=SUM(A1)', author: '@a; -b; +c' }),
  aBook({ category: 'Émile', book_id: 'u', title: 'A “B” "x", y', description: 'One,\nTwo;\n\n"Three"' }),
  aBook({
    category: '-1',
    book_id: '007',
    title: '1,5',
    author: "'quoted'",
    genres: ['a|b', 'c, d', '["x"]'],
  }),
  aBook({
    book_id: 'full',
    isbn: '9780132350884',
    image_url: 'https://example.com/a,b.jpg?c="d"',
    average_rating: 4.345,
    ratings_count: 1234,
    published_year: -750,
    language: 'en',
    pages: 1250,
    genres: ['young-adult', 'fiction'],
    created_at: '2025-09-05T10:00:00Z',
    updated_at: '2026-01-01T00:00:00.123Z',
  }),
]

test.each<ExportFormat>(['csv', 'jsonl'])(
  'An export as %s changes nothing in its own shop and makes the same shop of an empty one',
  async format => {
    const shop = await createTestShop({ books: nasty })
    const text = await textOf(shop, format)
    expect(await importText(shop, text, { setStock: true })).toEqual({ unchanged: nasty.length })

    const other = await createTestShop()
    expect(await importText(other, text, { setStock: true })).toEqual({ new: nasty.length })
    expect(await textOf(other, format)).toBe(text)
    expect(await textOf(other, 'csv')).toBe(await textOf(shop, 'csv'))
  },
)

test('An export is ordered by category and then by id', async () => {
  const keys = [
    ['B', '2'],
    ['A', '10'],
    ['B', '11'],
    ['A', '1'],
  ]
  const shop = await createTestShop({
    books: keys.map(([category = '', book_id = '']) => aBook({ category, book_id })),
  })
  const lines = (await textOf(shop, 'csv')).trim().split('\n').slice(1)
  expect(lines.map(line => line.split(',').slice(0, 2))).toEqual([
    ['1', 'A'],
    ['10', 'A'],
    ['11', 'B'],
    ['2', 'B'],
  ])
})

test('A row that is no book is left out and counted', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const item = { category: 'Fiction', book_id: 'bad', title: 'Without a price' }
  await shop.deps.db.write({ action: 'Put', table: shop.names.books, item })
  let left = 0
  const text = await textOf(shop, 'jsonl', rows => {
    left = rows
  })
  expect([text.trim().split('\n').length, left]).toEqual([1, 1])
})

test('A shop without books exports a header, and many pages come whole', async () => {
  const shop = await createTestShop()
  expect((await textOf(shop, 'csv')).split('\n')).toHaveLength(2)
  const lines = Array.from(
    { length: 450 },
    (_, i) => `{"id":"b${i}","title":"T","author":"A","price":1,"category":"C"}`,
  )
  await importText(shop, lines.join('\n'))
  expect((await textOf(shop, 'jsonl')).trim().split('\n')).toHaveLength(450)
})

/** Words as the shop itself would take them. */
const words = (max: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: max })
    .map(text =>
      text
        .normalize('NFC')
        .replace(/[\p{Cc}\u2028\u2029]/gu, '')
        .trim(),
    )
    .filter(text => text !== '' && text.length <= max)

test('Whatever its words, a book comes back from both formats as it was', async () => {
  const anyBook = fc
    .record({
      title: words(40),
      author: words(40),
      category: words(20),
      description: words(80),
      genres: fc.uniqueArray(words(20), { minLength: 1, maxLength: 5 }),
      price: fc.integer({ min: 1, max: 100_000 }).map(cents => cents / 100),
      stock_quantity: fc.nat(1000),
    })
    .map((facts, i = 0) => aBook({ ...facts, book_id: `b${i}` }))
  await fc.assert(
    fc.asyncProperty(fc.array(anyBook, { minLength: 1, maxLength: 30 }), async drawn => {
      const books = drawn.map((book, i) => ({ ...book, book_id: `b${i}` }))
      const shop = await createTestShop({ indexLoaded: false })
      await shop.deps.db.transact(books.flatMap(book => shop.deps.books.create(book)))
      for (const format of ['csv', 'jsonl'] as const) {
        const text = await textOf(shop, format)
        const other = await createTestShop({ indexLoaded: false })
        await importText(other, text)
        expect(await textOf(other, format)).toBe(text)
      }
    }),
    { numRuns: 12 },
  )
})

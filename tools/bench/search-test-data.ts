/** Test books and test queries for the search benchmarks. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import type { ListedBook } from '#src/catalog/schema.ts'
import type { Question } from './query-generator.ts'

/** Test books as index rows: the first genre is the category, the price depends only on the position. */
export const readListedBooks = (file: string): ListedBook[] => {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true, bom: true })
  return rows.map((row, i) => ({
    book_id: row.book_id ?? '',
    category: row.genres?.split('|')[0] || 'other',
    title: row.title ?? '',
    author: row.authors ?? '',
    ...(row.isbn13 ? { isbn: row.isbn13 } : {}),
    price: 499 + ((i * 7919) % 60) * 100,
    availability: i % 17 === 0 ? 'sold_out' : i % 11 === 0 ? 'few_left' : 'in_stock',
    average_rating: Number(row.average_rating),
    ratings_count: Number(row.ratings_count),
    ...(row.original_year ? { published_year: Number(row.original_year) } : {}),
    created_at: '2026-11-01T00:00:00.000Z',
  }))
}

/** Reads lines of `query<TAB>isbn|isbn<TAB>kind` below a header. */
export const readQuestions = (file: string, books: readonly ListedBook[]): Question[] => {
  const byIsbn = new Map(books.map(book => [book.isbn ?? book.book_id, book.book_id]))
  const lines = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/).slice(1)
  return lines.map(line => {
    const [q = '', right = '', kind = ''] = line.split('\t')
    return { q, right: new Set(right.split('|').map(id => byIsbn.get(id) ?? id)), kind }
  })
}

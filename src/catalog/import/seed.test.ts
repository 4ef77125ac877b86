/** The starter shelf is data that a new shop opens with, so it is held to the rules of a real catalogue. */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { USD } from '../../../test/currencies.ts'
import { parseDecimal } from '../../core/money.ts'
import { BookId } from '../schema.ts'

const SAMPLES = [
  {
    category: 'Fiction',
    book_id: 'fic-001',
    title: 'The Great Gatsby',
    author: 'F. Scott Fitzgerald',
    isbn: '9780743273565',
    price: 12.99,
    stock_quantity: 50,
    description: 'Classic American novel about the Jazz Age',
    image_url: 'https://cloudshelf-images.s3.amazonaws.com/great-gatsby.jpg',
    created_at: '2025-09-05T10:00:00Z',
    updated_at: '2025-09-05T10:00:00Z',
  },
  {
    category: 'Technology',
    book_id: 'tech-001',
    title: 'Clean Code',
    author: 'Robert C. Martin',
    isbn: '9780132350884',
    price: 42.99,
    stock_quantity: 25,
    description: 'A handbook of agile software craftsmanship',
    image_url: 'https://cloudshelf-images.s3.amazonaws.com/clean-code.jpg',
    created_at: '2025-09-05T10:00:00Z',
    updated_at: '2025-09-05T10:00:00Z',
  },
  {
    category: 'Business',
    book_id: 'bus-001',
    title: 'The Lean Startup',
    author: 'Eric Ries',
    isbn: '9780307887894',
    price: 26.99,
    stock_quantity: 30,
    description: 'How constant innovation creates successful businesses',
    image_url: 'https://cloudshelf-images.s3.amazonaws.com/lean-startup.jpg',
    created_at: '2025-09-05T10:00:00Z',
    updated_at: '2025-09-05T10:00:00Z',
  },
]

const isIsbn13 = (text: string): boolean => {
  if (!/^97[89]\d{10}$/.test(text)) return false
  const weighted = [...text].map((digit, position) => Number(digit) * (position % 2 === 0 ? 1 : 3))
  return weighted.reduce((total, term) => total + term, 0) % 10 === 0
}

const isPrice = (value: number): boolean => (parseDecimal(value, USD) ?? 0) > 0

const ShelfBook = z.strictObject({
  book_id: BookId,
  category: z.string().min(1),
  title: z.string().trim().min(1).max(120),
  author: z.string().trim().min(1),
  isbn: z.string().refine(isIsbn13),
  price: z.number().refine(isPrice),
  stock_quantity: z.int().min(0).max(60),
  description: z.string().min(80).max(220),
  published_year: z.int().min(1).max(2025),
  language: z.literal('en'),
  pages: z.int().min(1).optional(),
  genres: z
    .array(z.string().regex(/^[a-z]+(-[a-z]+)*$/))
    .min(1)
    .max(4),
})

const shelf: unknown = JSON.parse(
  readFileSync(new URL('../../../data/starter-shelf.json', import.meta.url), 'utf8'),
)
const everyBook = z
  .array(
    z.looseObject({ book_id: z.string(), category: z.string(), isbn: z.string(), description: z.string() }),
  )
  .parse(shelf)
const ours = everyBook.slice(SAMPLES.length)
const repeated = (values: readonly string[]) => values.filter((value, at) => values.indexOf(value) !== at)

test('the shelf opens with the three sample books of the specification, to the letter', () => {
  expect(everyBook.slice(0, SAMPLES.length)).toStrictEqual(SAMPLES)
})

test('it holds about 150 books', () => {
  expect(everyBook.length).toBeGreaterThanOrEqual(150)
  expect(everyBook.length).toBeLessThanOrEqual(160)
})

test('it has at least eight categories of at least ten books', () => {
  const counts = Map.groupBy(everyBook, book => book.category)
  expect(counts.size).toBeGreaterThanOrEqual(8)
  for (const [category, books] of counts) expect(books.length, category).toBeGreaterThanOrEqual(10)
})

test('every book after the samples has the attributes of a book, well formed, and no others', () => {
  const faults = ours.flatMap(book => {
    const { error } = ShelfBook.safeParse(book)
    return error ? [`${book.book_id}: ${z.prettifyError(error)}`] : []
  })
  expect(faults).toEqual([])
})

test('ids, ISBNs and descriptions are unique', () => {
  expect(repeated(everyBook.map(book => book.book_id))).toEqual([])
  expect(repeated(everyBook.map(book => book.isbn))).toEqual([])
  expect(repeated(everyBook.map(book => book.description))).toEqual([])
})

test('ids of a category share one prefix and are numbered from 001', () => {
  for (const books of Map.groupBy(everyBook, book => book.category).values()) {
    const prefix = books[0]?.book_id.split('-')[0]
    const numbered = books.map((_, at) => `${prefix}-${String(at + 1).padStart(3, '0')}`)
    expect(books.map(book => book.book_id)).toEqual(numbered)
  }
})

test('sold out and nearly sold out books are on the shelf, so that a new shop shows both', () => {
  const stock = z.array(z.object({ stock_quantity: z.int() })).parse(shelf)
  expect(stock.filter(book => book.stock_quantity === 0)).toHaveLength(2)
  expect(stock.some(book => book.stock_quantity >= 1 && book.stock_quantity <= 3)).toBe(true)
})

test.each([
  ['a wrong check digit', { isbn: '9780679783269' }],
  ['an ISBN-10', { isbn: '0679783261' }],
  ['an id with a blank', { book_id: 'fic 002' }],
  ['a price of nothing', { price: 0 }],
  ['a price with three decimals', { price: 9.999 }],
  ['a negative stock', { stock_quantity: -1 }],
  ['half a book in stock', { stock_quantity: 1.5 }],
  ['a description of three words', { description: 'A good book' }],
  ['a genre in capitals', { genres: ['Classics'] }],
  ['an unknown attribute', { publisher: 'Modern Library' }],
])('the rules above refuse %s', (_, change) => {
  expect(ShelfBook.safeParse(ours[0]).success).toBe(true)
  expect(ShelfBook.safeParse({ ...ours[0], ...change }).success).toBe(false)
})

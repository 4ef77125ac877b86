import { describe, expect, test } from 'vitest'
import { USD } from '../../../test/currencies.ts'
import { aBook } from '../../../test/kit.ts'
import type { Book } from '../schema.ts'
import type { Attribute } from './feed/attributes.ts'
import { isRefused, readFeedRow } from './feed/feed-book.ts'
import { type ImportOptions, planBook } from './plan.ts'

const NOW = new Date('2026-11-22T12:00:00Z')

const feed = (cells: Partial<Record<Attribute, string>>) => {
  const entries = Object.entries({ book_id: 'b1', ...cells }).map(([name, cell]): [Attribute, string[]] => [
    name as Attribute,
    [cell],
  ])
  const book = readFeedRow({ line: 2, cells: new Map(entries) }, { currency: USD })
  if (isRefused(book)) throw new Error(book.reason)
  return book
}

const plan = (
  cells: Partial<Record<Attribute, string>>,
  there?: Book,
  options: Omit<ImportOptions, 'currency'> = {},
) => planBook(feed(cells), there, { ...options, currency: USD }, NOW)

const full = { title: 'Emma', author: 'Jane Austen', price: '9.99', category: 'Classics' }

describe('A new book', () => {
  test('is made of what its row says', () => {
    expect(plan({ ...full, isbn: '0-13-235088-2', stock_quantity: '3', genres: 'a|b' })).toEqual({
      kind: 'new',
      warnings: [],
      book: {
        book_id: 'b1',
        title: 'Emma',
        author: 'Jane Austen',
        category: 'Classics',
        price: 999,
        isbn: '9780132350884',
        stock_quantity: 3,
        genres: ['a', 'b'],
        created_at: NOW.toISOString(),
        updated_at: NOW.toISOString(),
      },
    })
  })

  test('keeps the times at which an export says that it was made and changed', () => {
    const [created_at, updated_at] = ['2025-09-05T10:00:00Z', '2025-09-06T10:00:00Z']
    expect(plan({ ...full, created_at, updated_at })).toMatchObject({ book: { created_at, updated_at } })
  })

  test.each<[string, Attribute]>([
    ['has no title', 'title'],
    ['has no author', 'author'],
    ['has no price', 'price'],
    ['has neither a category nor a genre', 'category'],
  ])('that %s is refused', (reason, missing) => {
    const { [missing as 'title']: _, ...rest } = full
    expect(plan(rest)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) })
  })

  test('with an amount that is none is refused, and the cell is shown', () => {
    expect(plan({ ...full, price: 'free' })).toMatchObject({
      reason: 'price "free" must be a price, for example 12.50',
    })
  })

  test('with a bad ISBN or year is taken without, and that is said', () => {
    const made = plan({ ...full, isbn: '9780132350885', published_year: 'long ago' })
    expect(made).toMatchObject({
      kind: 'new',
      warnings: [
        'isbn "9780132350885" must be a valid ISBN',
        'published_year "long ago" must be a year, for example 1997',
      ],
    })
    expect(made).not.toHaveProperty('book.isbn')
  })

  test('with a negative stock, a price of 0 or a long description is taken, and that is said', () => {
    const made = plan({ ...full, stock_quantity: '-2', price: '0.00', description: 'word '.repeat(1_100) })
    expect(made).toMatchObject({ kind: 'new', book: { stock_quantity: 0, price: 0 } })
    expect(made.warnings).toEqual([
      'price "0.00" means that the book is free',
      'stock_quantity "-2" is negative and was taken as 0',
      expect.stringContaining('has 5499 characters and was shortened to 5000'),
    ])
  })

  test('takes from the options what its row lacks, and nothing that it has', () => {
    const options = { price: 500 as Book['price'], stock: 7, category: 'Poetry', demoPrices: true }
    expect(plan({ title: 'A', author: 'B', genres: 'young-adult' }, undefined, options)).toMatchObject({
      book: { price: 500, stock_quantity: 7, category: 'Poetry' },
    })
    expect(plan({ ...full, stock_quantity: '1' }, undefined, options)).toMatchObject({
      book: { price: 999, stock_quantity: 1, category: 'Classics' },
    })
  })

  test('gets its category from its first genre', () => {
    expect(plan({ title: 'A', author: 'B', price: '1', genres: 'young-adult|x' })).toMatchObject({
      book: { category: 'Young Adult', stock_quantity: 0 },
    })
  })

  test('gets a made-up price only when that is asked for', () => {
    const row = { title: 'A', author: 'B', category: 'C' }
    const made = plan(row, undefined, { demoPrices: true })
    expect(made.kind).toBe('new')
    expect(plan(row, undefined, { demoPrices: true })).toEqual(made)
    expect(plan(row).kind).toBe('refused')
  })
})

describe('A book that is there', () => {
  const there = aBook({
    book_id: 'b1',
    isbn: '978-0-13-235088-4',
    genres: ['computing'],
    category: 'Computing',
  })

  test('is left alone when its row says nothing else', () => {
    expect(plan({ title: 'Clean Code', price: '42.99', isbn: '0132350882' }, there).kind).toBe('unchanged')
    expect(plan({}, there)).toEqual({ kind: 'unchanged', warnings: [] })
  })

  test('is left alone even where the table holds what a feed could not bring', () => {
    const odd = { ...there, title: '  Odd ', isbn: 'none', price: 0 as Book['price'] }
    expect(plan({ title: '  Odd ', isbn: 'none', price: '0.00' }, odd)).toEqual({
      kind: 'unchanged',
      warnings: [],
    })
  })

  test('changes only in what differs, and never in what the row lacks', () => {
    expect(plan({ title: 'Clean Code', price: '39.99' }, there)).toEqual({
      kind: 'changed',
      changes: { price: 3999, updated_at: NOW.toISOString() },
      warnings: [],
    })
  })

  test('keeps its stock unless stock is to be set', () => {
    expect(plan({ stock_quantity: '99' }, there).kind).toBe('unchanged')
    expect(plan({ stock_quantity: '99' }, there, { setStock: true })).toMatchObject({
      kind: 'changed',
      stock: 99,
    })
    expect(plan({ stock_quantity: '25' }, there, { setStock: true }).kind).toBe('unchanged')
    expect(plan({}, there, { setStock: true, stock: 99 }).kind).toBe('unchanged')
    expect(plan({ stock_quantity: 'many' }, there)).toEqual({ kind: 'unchanged', warnings: [] })
    expect(plan({ stock_quantity: 'many' }, there, { setStock: true }).kind).toBe('refused')
  })

  test('is untouched by options for new books', () => {
    const options = { price: 1 as Book['price'], stock: 1, category: 'Other', demoPrices: true }
    expect(plan({ title: 'Clean Code' }, there, options).kind).toBe('unchanged')
  })

  test('moves when its row names another category, with its stock', () => {
    expect(plan({ category: 'Classics', price: '1' }, there)).toMatchObject({
      kind: 'moved',
      book: { category: 'Classics', price: 100, stock_quantity: 25, title: 'Clean Code' },
    })
  })

  test('follows its genres to another category, unless somebody placed it elsewhere', () => {
    expect(plan({ genres: 'software|computing' }, there)).toMatchObject({
      kind: 'moved',
      book: { category: 'Software', genres: ['software', 'computing'] },
    })
    const placed = { ...there, category: 'Classics' }
    expect(plan({ genres: 'software' }, placed)).toMatchObject({
      kind: 'changed',
      changes: { genres: ['software'] },
    })
  })

  test('is always changed later than before', () => {
    const future = { ...there, updated_at: '2027-01-01T00:00:00.000Z' }
    expect(plan({ price: '1' }, future)).toMatchObject({
      changes: { updated_at: '2027-01-01T00:00:00.001Z' },
    })
  })

  test('is not changed by the times of an export, and need not say that it is for sale', () => {
    expect(plan({ created_at: '2020-01-01T00:00:00Z', status: 'active' }, there).kind).toBe('unchanged')
    expect(plan({ status: 'archived' }, there)).toMatchObject({ changes: { status: 'retired' } })
  })

  test('is not changed by a row with a bad price, and keeps its ISBN beside a bad one', () => {
    expect(plan({ price: 'free', title: 'New' }, there).kind).toBe('refused')
    expect(plan({ isbn: '123' }, there)).toMatchObject({ kind: 'unchanged', warnings: [expect.any(String)] })
  })
})

describe('The id of a row', () => {
  const idOf = (cells: Record<string, string>) =>
    readFeedRow(
      { line: 2, cells: new Map(Object.entries(cells).map(([a, c]) => [a as Attribute, [c]])) },
      { currency: USD },
    )

  test('comes from its ISBN when it has none', () => {
    expect(idOf({ isbn: '0132350882' })).toMatchObject({ book_id: 'isbn-9780132350884' })
  })

  test.each([
    [{}, 'has neither a book_id nor an ISBN'],
    [{ isbn: '123' }, 'has no book_id, and its ISBN is not valid'],
    [
      { book_id: 'a b', isbn: '0132350882' },
      'book_id "a b" must be an id of 1 to 50 letters, digits, - and _',
    ],
  ])('refuses the row %j', (cells, reason) => {
    expect(idOf(cells)).toEqual({ line: 2, reason })
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { USD } from '../../../../test/currencies.ts'
import { temporaryFolder } from '../../../../test/kit.ts'
import { planBook } from '../plan.ts'
import type { FeedBook } from './feed-book.ts'
import { isRefused, readFeedRow } from './feed-book.ts'
import { openFeed } from './open-feed.ts'
import { variantTitle } from './products.ts'

const NOW = new Date('2026-11-29T12:00:00Z')

/** The books that a file makes in an empty shop, or why a row is refused. */
const booksOf = async (...lines: readonly string[]) => {
  const file = join(temporaryFolder(), 'products.csv')
  writeFileSync(file, lines.join('\n'))
  const feed = await openFeed(file)
  const found: unknown[] = []
  const plan = (book: FeedBook) => {
    const planned = planBook(book, undefined, { currency: USD }, NOW)
    if (planned.kind !== 'new')
      return `line ${book.line}: ${planned.kind === 'refused' ? planned.reason : ''}`
    const { created_at: _, updated_at: __, ...content } = planned.book
    return content
  }
  for await (const row of feed.rows()) {
    const book = readFeedRow(row, { decimalComma: feed.decimalComma, currency: USD })
    found.push(isRefused(book) ? `line ${book.line}: ${book.reason}` : plan(book))
  }
  return found
}

describe('A Shopify export', () => {
  const HEADER =
    'Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,' +
    'Variant SKU,Variant Inventory Qty,Variant Price,Variant Barcode,Image Src,Image Position,Variant Image,Status'

  test('makes a book of each variant with its own ISBN, price and stock, and nothing of rows with an image only', async () => {
    const books = await booksOf(
      HEADER,
      "emma,Emma,<p>A <b>novel</b>.</p>,Jane Austen,Media > Books,Classics,,true,Format,Paperback,,,EM-P,3,9.99,'9780141439587,https://x.example/1.jpg,1,,active",
      'emma,,,,,,,,,Hardcover,,,EM-H,1,24.00,9780743273565,https://x.example/2.jpg,2,https://x.example/h.jpg,',
      'emma,,,,,,,,,,,,,,,,https://x.example/3.jpg,3,,',
      'dune,Dune,,Frank Herbert,Media > Books > Science Fiction,Book,,true,Title,Default Title,,,,0,12.00,,,,,draft',
    )
    const emma = {
      author: 'Jane Austen',
      category: 'Classics',
      description: 'A novel.',
      status: 'active',
    }
    expect(books).toEqual([
      {
        ...emma,
        book_id: 'EM-P',
        title: 'Emma (Paperback)',
        isbn: '9780141439587',
        price: 999,
        stock_quantity: 3,
        image_url: 'https://x.example/1.jpg',
      },
      {
        ...emma,
        book_id: 'EM-H',
        title: 'Emma (Hardcover)',
        isbn: '9780743273565',
        price: 2400,
        stock_quantity: 1,
        image_url: 'https://x.example/h.jpg',
      },
      {
        book_id: 'dune',
        title: 'Dune',
        author: 'Frank Herbert',
        category: 'Science Fiction',
        price: 1200,
        stock_quantity: 0,
        status: 'retired',
      },
    ])
  })

  test('gives variants without an ISBN or a SKU of their own ids by their options, also where the handle is long', async () => {
    const long = 'a-handle-that-is-longer-than-an-id-of-this-shop-may-be-by-some-letters'
    const books = await booksOf(
      HEADER,
      `${long},Long,,A,,Art,,true,Language,English,Format,Large Print,SAME,1,1.00,,,,,active`,
      `${long},,,,,,,,,German,,Large Print,SAME,1,2.00,,,,,`,
      'b,B,,A,,Art,,true,Title,Default Title,,,,1,3.00,,,,,active',
    )
    const ids = books.map(book => (book as { book_id: string }).book_id)
    expect(new Set(ids).size).toBe(3)
    expect(ids[2]).toBe('b')
    expect(ids.every(id => id.length <= 50)).toBe(true)
    expect(books).toMatchObject([
      { title: 'Long (English, Large Print)', language: 'English', price: 100 },
      { title: 'Long (German, Large Print)', language: 'German', price: 200 },
      { title: 'B' },
    ])
    const again = await booksOf(
      HEADER,
      `${long},Long,,A,,Art,,true,Language,English,Format,Large Print,SAME,1,1.00,,,,,active`,
      `${long},,,,,,,,,German,,Large Print,SAME,1,2.00,,,,,`,
    )
    expect(again).toMatchObject(ids.slice(0, 2).map(book_id => ({ book_id })))
  })

  test('of the newer form, with an author in a metafield, is read too', async () => {
    const books = await booksOf(
      'Title,URL handle,Description,Vendor,Type,Tags,Published on online store,Status,SKU,Barcode,Option1 name,Option1 value,Price,' +
        'Inventory quantity,Product image URL,Author (product.metafields.custom.author)',
      'Emma,emma,<p>Hi</p>,Penguin,Paperback,"classics, romance",TRUE,Active,,9780141439587,Title,Default Title,9.99,4,https://x.example/1.jpg,Jane Austen',
    )
    expect(books).toEqual([
      {
        book_id: 'emma',
        title: 'Emma',
        author: 'Jane Austen',
        category: 'Classics',
        genres: ['classics', 'romance'],
        description: 'Hi',
        isbn: '9780141439587',
        price: 999,
        stock_quantity: 4,
        status: 'active',
        image_url: 'https://x.example/1.jpg',
      },
    ])
  })
})

describe('A WooCommerce export', () => {
  const HEADER =
    'ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,Visibility in catalog,Description,Stock,Regular price,Categories,Images,Parent,' +
    'Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s),Meta: _pages'

  test('makes a book of each variation, with what its product has, and none of the product itself', async () => {
    const books = await booksOf(
      HEADER,
      '10,variable,EMMA,,Emma,1,visible,A novel.,,,Books > Classics,https://x.example/1.jpg,,Format,"Paperback, Hardcover",Author,Jane Austen,',
      '11,variation,EMMA-P,9780141439587,Emma - Paperback,1,visible,,3,9.99,,,EMMA,Format,Paperback,,,320',
      '12,variation,,9780743273565,Emma - Hardcover,1,visible,Cloth.,1,24,,https://x.example/h.jpg,id:10,Format,Hardcover,,,',
      '13,grouped,,,A Shelf of Austen,1,visible,,,,Books,,,,,,,',
      '14,"simple, virtual",,,Dune,1,visible,,2,12,Books > Science Fiction,,,Author,Frank Herbert,Pages,688,',
    )
    const emma = { author: 'Jane Austen', category: 'Classics', genres: ['Classics'], status: 'active' }
    expect(books).toEqual([
      {
        ...emma,
        book_id: '11',
        title: 'Emma (Paperback)',
        isbn: '9780141439587',
        description: 'A novel.',
        price: 999,
        stock_quantity: 3,
        pages: 320,
        image_url: 'https://x.example/1.jpg',
      },
      {
        ...emma,
        book_id: '12',
        title: 'Emma (Hardcover)',
        isbn: '9780743273565',
        description: 'Cloth.',
        price: 2400,
        stock_quantity: 1,
        image_url: 'https://x.example/h.jpg',
      },
      {
        book_id: '14',
        title: 'Dune',
        author: 'Frank Herbert',
        category: 'Science Fiction',
        genres: ['Science Fiction'],
        pages: 688,
        price: 1200,
        stock_quantity: 2,
        status: 'active',
      },
    ])
  })

  test('hides the variations of a hidden product, reads them before it, and refuses those without one', async () => {
    const books = await booksOf(
      HEADER,
      '11,variation,,,Emma - Paperback,1,visible,,3,9.99,,,id:10,Format,Paperback,,,',
      '21,variation,,,Lost - Paperback,1,visible,,3,9.99,,,id:20,Format,Paperback,,,',
      '10,variable,,,Emma,-1,visible,,,,Books > Classics,,,Format,Paperback,Author,Jane Austen,',
    )
    expect(books).toMatchObject([
      { book_id: '11', title: 'Emma (Paperback)', status: 'retired' },
      'line 3: is a variation of id:20 that is not in the file',
    ])
  })
})

test.each([
  ['Emma', ['Paperback'], 'Emma (Paperback)'],
  ['Emma (Penguin Classics, #3)', ['Paperback'], 'Emma (Penguin Classics, #3; Paperback)'],
  ['Emma', [], 'Emma'],
])('The title of %s as the variant %j is %s', (title, options, expected) => {
  expect(variantTitle(title, options)).toBe(expected)
})

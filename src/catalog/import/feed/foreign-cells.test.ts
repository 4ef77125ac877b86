import { describe, expect, test } from 'vitest'
import { currency, USD } from '../../../../test/currencies.ts'
import { type Attribute, type FeedRow, readColumns, toCells } from './attributes.ts'
import { isRefused, type ReadOptions, readFeedRow } from './feed-book.ts'

/** What a row of such a file says of each attribute: its value, or ✗ and the problem. */
const read = (
  header: readonly string[],
  record: readonly string[],
  options: ReadOptions = { currency: USD },
) => {
  const row: FeedRow = { line: 2, cells: toCells(record, readColumns(header, new Map())) }
  const book = readFeedRow(row, options)
  if (isRefused(book)) throw new Error(book.reason)
  return Object.fromEntries(
    [...book.given].map(([name, cell]) => [name, 'value' in cell ? cell.value : `✗ ${cell.problem}`]),
  )
}

const one = (attribute: Attribute, column: string, cell: string, options: ReadOptions = { currency: USD }) =>
  read(['book_id', column], ['b1', cell], options)[attribute]

describe('What another shop hides is retired', () => {
  test.each([
    ['Published', '-1', 'retired'],
    ['Published', '0', 'retired'],
    ['Published', 'FALSE', 'retired'],
    ['Published', '1', 'active'],
    ['Published', 'true', 'active'],
    ['Published', '1999', undefined],
    ['Visibility in catalog', 'hidden', 'retired'],
    ['Visibility in catalog', 'visible', 'active'],
    ['Status', 'draft', 'retired'],
    ['Status', 'Archived', 'retired'],
    ['Status', 'private', 'retired'],
    ['Status', 'active', 'active'],
    ['Status', 'publish', 'active'],
  ])('%s %s: %s', (column, cell, status) => {
    expect(one('status', column, cell)).toBe(status)
  })

  test('one column that hides it is enough', () => {
    const header = ['book_id', 'Published', 'Visibility in catalog', 'Status']
    expect(read(header, ['b', '1', 'hidden', 'active']).status).toBe('retired')
    expect(read(header, ['b', '0', 'visible', 'active']).status).toBe('retired')
    expect(read(header, ['b', '1', 'visible', 'draft']).status).toBe('retired')
    expect(read(header, ['b', '1', 'visible', 'active']).status).toBe('active')
  })
})

describe('An amount', () => {
  test.each([
    ['£12.99', '✗ is in GBP or EGP, but this shop sells in USD: convert it first'],
    ['¥1200', '✗ is in JPY or CNY, but this shop sells in USD: convert it first'],
    ['12,99 €', '✗ is in EUR, but this shop sells in USD: convert it first'],
    ['EUR 12.99', '✗ is in EUR, but this shop sells in USD: convert it first'],
    ['129 kr', '✗ is in SEK or NOK, but this shop sells in USD: convert it first'],
    ['C$12.99', '✗ is in CAD, but this shop sells in USD: convert it first'],
    ['$12.99', 1299],
    ['US$12.99', 1299],
    ['12.99 usd', 1299],
    ['12.99', 1299],
    ['12.99 apples', '✗ must be a price, for example 12.50'],
  ])('%s in a shop that sells in USD: %s', (cell, expected) => {
    expect(one('price', 'price', cell)).toBe(expected)
  })

  test.each([
    ['kr 129,-', 'NOK', 12_900],
    ['49,90 zł', 'PLN', 4990],
    ['£12.99', 'GBP', 1299],
    ['$12.99', 'CAD', 1299],
  ])('%s is read in a shop that sells in %s', (cell, code, expected) => {
    expect(one('price', 'price', cell, { currency: currency(code) })).toBe(expected)
  })

  test('takes its currency from another column, or from the name of its own', () => {
    const header = ['book_id', 'price', 'Currency']
    expect(read(header, ['b', '12.99', 'GBP']).price).toMatch(/^✗ is in GBP, but/)
    expect(read(header, ['b', '12.99', 'USD']).price).toBe(1299)
    expect(one('price', 'Price (EUR)', '12.99')).toMatch(/^✗ is in EUR, but/)
    expect(one('price', 'Price USD', '12.99')).toBe(1299)
  })

  test('of 0 is a free book', () => {
    expect(one('price', 'price', '0.00')).toBe(0)
  })
})

describe('An ISBN', () => {
  const ROUNDED = '✗ was rounded by a spreadsheet: format the column as text and export it again'
  test.each([
    ['306406152.0', '9780306406157'],
    ['9780306406157.0', '9780306406157'],
    ['306406152', '9780306406157'],
    ['0306406152,00', '9780306406157'],
    ['9.78031E+12', ROUNDED],
    ['9,78031E+12', ROUNDED],
    ['30640615.20', '✗ must be a valid ISBN'],
    ['978.0306406157', '9780306406157'],
    ['0307887898 (pbk. : alk. paper)', '9780307887894'],
    ['0307887898 hardcover', '9780307887894'],
    ['0 439 42089 X', '9780439420891'],
    ['\u200e978-0743273565', '9780743273565'],
    ['9780743273565; 9780307887894', '9780743273565'],
    ['0000000000', '✗ is a placeholder, not the ISBN of a book'],
    ['9999999999999', '✗ must be a valid ISBN'],
    ['1234567890', '✗ must be a valid ISBN'],
    ['123456789X', '✗ is a placeholder, not the ISBN of a book'],
    ['0000000000 / 9780743273565', '9780743273565'],
  ])('%s is read as %s', (cell, expected) => {
    expect(one('isbn', 'isbn', cell)).toBe(expected)
  })

  test.each(['GTIN, UPC, EAN, or ISBN', 'Variant Barcode', 'Meta: isbn', 'SKU', 'ean13'])(
    'is found in a column %s',
    column => {
      expect(one('isbn', column, '9780306406157')).toBe('9780306406157')
    },
  )

  test('of a sku does not come before one of its own column, and a number of ten digits in a sku is none', () => {
    const header = ['book_id', 'sku', 'isbn']
    expect(read(header, ['b', '9780306406157', '9780743273565']).isbn).toBe('9780743273565')
    expect(one('isbn', 'sku', '0306406152')).toBeUndefined()
  })
})

test.each([
  ['c1999', 1999],
  ['©1999', 1999],
  ['[1999?]', 1999],
  ['01/02/1999', 1999],
  ['19990315', 1999],
  ['1999-05', 1999],
  ['1999-05-01T10:00:00Z', 1999],
  ['March 3rd, 2003', 2003],
  ['12345', '✗ must be a year, for example 1997'],
])('The year of %s is %s', (cell, expected) => {
  expect(one('published_year', 'published', cell)).toBe(expected)
})

test.each([
  ['https://img.example.org/a.jpg, https://img.example.org/b.jpg', 'https://img.example.org/a.jpg'],
  ['https://img.example.org/a.jpg|https://img.example.org/b.jpg', 'https://img.example.org/a.jpg'],
  ['https://img.example.org/a,b.jpg', 'https://img.example.org/a,b.jpg'],
])('The first image of %s is %s', (cell, expected) => {
  expect(one('image_url', 'Images', cell)).toBe(expected)
})

describe('Texts of other shops', () => {
  test.each([
    [
      '<p>First paragraph.</p>\\n<p>Second &amp; last &#8211; end.</p>',
      'First paragraph.\nSecond & last – end.',
    ],
    ['One<br />two<BR>three', 'One\ntwo\nthree'],
    ['<div class="x"><b>Bold</b> &eacute;&nbsp;&#x2019;</div>', 'Bold é ’'],
    ['<script>alert(1)</script>Text<!-- no -->', 'Text'],
    ['<ul><li>One</li><li>Two</li></ul>', 'One\nTwo'],
    ['a < b and c > d', 'a < b and c > d'],
    ['x <y and z> w', 'x <y and z> w'],
    ['AT&T; &unknown; C:\\new', 'AT&T; &unknown; C:\\new'],
    ['Plain.\n\nText.', 'Plain.\n\nText.'],
  ])('%j is the description %j', (cell, expected) => {
    expect(one('description', 'description', cell)).toBe(expected)
  })

  test('have line breaks as \\n in a file of WooCommerce, and entities in titles', () => {
    const header = ['ID', 'Name', 'Published', 'Visibility in catalog', 'Regular price', 'Description']
    const record = ['5', 'War &amp; Peace', '1', 'visible', '5', 'One.\\nTwo.']
    expect(read(header, record)).toMatchObject({ title: 'War & Peace', description: 'One.\nTwo.' })
  })

  test('stay as they are in an export of this shop', () => {
    const header = ['book_id', 'title', 'description', 'stock_quantity', 'created_at', 'updated_at']
    const record = ['b', 'A &amp; B', '<p>x</p>', '1', '', '']
    expect(read(header, record)).toMatchObject({ title: 'A &amp; B', description: '<p>x</p>' })
  })

  test('that are too long end with a whole word and a sign of it', () => {
    const description = String(one('description', 'description', 'word '.repeat(1_100)))
    expect(description.length).toBeLessThanOrEqual(5_000)
    expect(description).toMatch(/^(word )+word…$/)
    const emoji = String(one('description', 'description', '😀'.repeat(3_000)))
    expect([emoji.isWellFormed(), emoji.length <= 5_000, emoji.includes('\ufffd')]).toEqual([
      true,
      true,
      false,
    ])
  })
})

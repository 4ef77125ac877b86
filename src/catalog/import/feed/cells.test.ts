import { describe, expect, test } from 'vitest'
import type { Attribute } from './attributes.ts'
import { genresIn, readCell, stripSpreadsheetQuoting } from './cells.ts'

const read = (attribute: Attribute, cell: string, comma = false): unknown => {
  const reading = readCell[attribute](cell, comma)
  return reading && ('value' in reading ? reading.value : `✗ ${reading.problem}`)
}

describe('A price', () => {
  test.each([
    ['12.50', 1250],
    ['12.5', 1250],
    ['12', 1200],
    ['$ 12.50', 1250],
    ['12.50 EUR', 1250],
    ['USD 1,234.50', 123_450],
    ['1,234', 123_400],
    ['12,50', 1250],
    ['="12.50"', 1250],
  ])('is read from %s', (cell, cents) => {
    expect(read('price', cell)).toBe(cents)
  })

  test.each([
    ['12,50', 1250],
    ['12,5', 1250],
    ['12.50', 1250],
    ['1.234,50 €', 123_450],
    ['1.234.567,00', '✗ is not between 0.01 and 100000'],
    ['1\u00a0234,50', 123_450],
  ])('with a decimal comma is read from %s', (cell, expected) => {
    expect(read('price', cell, true)).toBe(expected)
  })

  test.each([
    'free',
    '',
    '-5',
    '0',
    '0.00',
    '12.345',
    '1e3',
    'NaN',
    '12.50.20',
    '1,2,3',
    '100000.01',
    '٣',
    '12 or 13',
    '12 50',
  ])('is not read from %j', cell => {
    expect(read('price', cell)).toMatch(/^✗/)
  })

  test.each(['1.250', '1,250'])(
    '%s is refused where decimals have a comma, as it could be two prices',
    cell => {
      expect(read('price', cell, true)).toMatch(/^✗/)
    },
  )
})

test.each([
  ['7', 7],
  ['7.0', 7],
  ['1,200', 1200],
  ['0', 0],
  ['-1', '✗ is no number of copies'],
  ['2.5', '✗ is no number of copies'],
  ['many', '✗ is no number of copies'],
  ['1000001', '✗ is more than 1000000'],
])('The stock %s is read as %s', (cell, expected) => {
  expect(read('stock_quantity', cell)).toBe(expected)
})

test.each([
  ['9780132350884', '9780132350884'],
  ['="9780132350884"', '9780132350884'],
  ["'978-0-13-235088-4", '9780132350884'],
  ['0132350882', '9780132350884'],
  ['132350882', '9780132350884'],
  ['=""', undefined],
  ['9780132350885', '✗ is no valid ISBN'],
  ['9.78013E+12', '✗ is no valid ISBN'],
])('The ISBN %s is read as %s', (cell, expected) => {
  expect(read('isbn', cell)).toBe(expected)
})

test.each([
  ['1997', 1997],
  ['1997.0', 1997],
  ['-750', -750],
  ['8', 8],
  ['2003-05-01', 2003],
  ['May 1, 2003', 2003],
  ['TRUE', undefined],
  ['1', undefined],
  ['long ago', '✗ is no year'],
])('The year %s is read as %s', (cell, expected) => {
  expect(read('published_year', cell)).toBe(expected)
})

test.each([
  ['fantasy|young-adult', ['fantasy', 'young-adult']],
  ['Books > Fiction, Books > Mystery', ['Fiction', 'Mystery']],
  ['a; b', ['a', 'b']],
  ['["a|b","c, d"]', ['a|b', 'c, d']],
  ['[sic]', ['[sic]']],
  ['a||a| ', ['a']],
])('The genres of %s are %j', (cell, expected) => {
  expect(genresIn(cell)).toEqual(expected)
})

test('Text is trimmed and brought into one Unicode form, and a break inside a title is a blank', () => {
  expect(read('title', ' Cafe\u0301\r\nNoir ')).toBe('Café Noir')
  expect(read('description', 'One.\r\nTwo.')).toBe('One.\nTwo.')
})

test.each<[Attribute, string, string]>([
  ['title', 'x'.repeat(301), 'is longer than 300 characters'],
  ['category', 'x'.repeat(61), 'is longer than 60 characters'],
  ['description', 'x'.repeat(5001), 'is longer than 5000 characters'],
  ['author', 'x'.repeat(301), 'is longer than 300 characters'],
  ['title', 'a\u0000b', 'contains control characters'],
  ['book_id', 'a b', 'is no id: 1 to 50 letters, digits, - and _'],
  ['book_id', 'search', 'is no id: 1 to 50 letters, digits, - and _'],
  ['book_id', 'x'.repeat(51), 'is no id: 1 to 50 letters, digits, - and _'],
  ['status', 'perhaps', 'is neither active nor retired'],
  ['image_url', 'javascript:alert(1)', 'is no http address'],
  ['average_rating', '5.1', 'is no rating from 0 to 5'],
  ['created_at', 'yesterday', 'is no instant such as 2025-09-05T10:00:00Z'],
])('%s %j is refused', (attribute, cell, problem) => {
  expect(read(attribute, cell)).toBe(`✗ ${problem}`)
})

test('A list of authors that is too long keeps the whole names that fit', () => {
  const names = Array.from({ length: 40 }, (_, i) => `Author Number ${i}`)
  const author = String(read('author', names.join('; ')))
  expect(author.length).toBeLessThanOrEqual(300)
  expect(names.join('; ').startsWith(`${author}; `)).toBe(true)
})

test('What spreadsheets put around a cell is taken off', () => {
  expect(['="978"', '=978', "'978", ' 978 ', '=""'].map(stripSpreadsheetQuoting)).toEqual([
    '978',
    '978',
    '978',
    '978',
    '',
  ])
})

import { describe, expect, test } from 'vitest'
import { currency, USD } from '../../../../test/currencies.ts'
import type { Attribute } from './attributes.ts'
import { stripSpreadsheetQuoting } from './cell.ts'
import { parseGenres, READ_CELL } from './cells.ts'
import { readPriceCell } from './price-cell.ts'

const read = (attribute: Attribute, cell: string, comma = false, sold = USD): unknown => {
  const parsed = attribute === 'price' ? readPriceCell(cell, comma, sold) : READ_CELL[attribute](cell, comma)
  return parsed && ('value' in parsed ? parsed.value : `✗ ${parsed.problem}`)
}

describe('A price', () => {
  test.each([
    ['12.50', 1250],
    ['12.5', 1250],
    ['12', 1200],
    ['$ 12.50', 1250],
    ['12.50 USD', 1250],
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
    ['1.234,50 $', 123_450],
    ['1.234.567,00', '✗ must be between 0 and 100000'],
    ['1\u00a0234,50', 123_450],
  ])('with a decimal comma is read from %s', (cell, expected) => {
    expect(read('price', cell, true)).toBe(expected)
  })

  test.each([
    'free',
    '',
    '-5',
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

  test.each([
    ['1234', 'JPY', 1234],
    ['¥1,234', 'JPY', 1234],
    ['1234.00', 'JPY', 1234],
    ['12.50', 'JPY', '✗ must have no decimals, because the shop sells in JPY'],
    ['5,000,000', 'JPY', 5_000_000],
    ['kr 4.990', 'ISK', '✗ must have no decimals, because the shop sells in ISK'],
    ['4990 kr', 'ISK', 4990],
    ['4,990 Ft', 'HUF', 499_000],
    ['1.500', 'KWD', 1500],
    ['KWD 12.5', 'KWD', 12_500],
    ['1,500', 'KWD', '✗ is ambiguous: write it without a comma, for example 1.500 or 1500'],
    ['1.2345', 'KWD', '✗ must have at most 3 decimals, because the shop sells in KWD'],
    ['free', 'JPY', '✗ must be a price, for example 1250'],
  ])('%s in a shop that sells in %s is %s', (cell, code, expected) => {
    expect(read('price', cell, false, currency(code))).toBe(expected)
  })

  test('with decimal commas is grouped by points where the currency has no decimals', () => {
    expect(read('price', '4.990 kr', true, currency('ISK'))).toBe(4990)
    expect(read('price', '1.004.990', true, currency('ISK'))).toBe(1_004_990)
    expect(read('price', '4,990', true, currency('ISK'))).toMatch(/^✗/)
  })

  test.each(['1.250', '1,250'])('%s is rejected with decimal commas, as it is ambiguous', cell => {
    expect(read('price', cell, true)).toMatch(/^✗/)
  })
})

test.each([
  ['7', 7],
  ['7.0', 7],
  ['1,200', 1200],
  ['0', 0],
  ['-1', 0],
  ['2.5', '✗ must be a whole number, 0 or more'],
  ['many', '✗ must be a whole number, 0 or more'],
  ['1000001', '✗ must be at most 1000000'],
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
  ['9780132350885', '✗ must be a valid ISBN'],
  ['9.78013E+12', '✗ was rounded by a spreadsheet: format the column as text and export it again'],
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
  ['long ago', '✗ must be a year, for example 1997'],
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
  expect(parseGenres(cell)).toEqual(expected)
})

test('Text is trimmed and normalized (NFC), and a line break inside a title becomes a space', () => {
  expect(read('title', ' Cafe\u0301\r\nNoir ')).toBe('Café Noir')
  expect(read('description', 'One.\r\nTwo.')).toBe('One.\nTwo.')
})

test.each<[Attribute, string, string]>([
  ['title', 'x'.repeat(301), 'must have at most 300 characters'],
  ['category', 'x'.repeat(61), 'must have at most 60 characters'],
  ['author', 'x'.repeat(301), 'must have at most 300 characters'],
  ['title', 'a\u0000b', 'must not contain control characters'],
  ['book_id', 'a b', 'must be an id of 1 to 50 letters, digits, - and _'],
  ['book_id', 'search', 'must be an id of 1 to 50 letters, digits, - and _'],
  ['book_id', 'x'.repeat(51), 'must be an id of 1 to 50 letters, digits, - and _'],
  ['status', 'perhaps', 'must be active or retired'],
  ['image_url', 'javascript:alert(1)', 'must be an http or https URL'],
  ['average_rating', '5.1', 'must be a rating from 0 to 5'],
  ['created_at', 'yesterday', 'must be an ISO 8601 time, for example 2025-09-05T10:00:00Z'],
])('the %s %j is rejected', (attribute, cell, problem) => {
  expect(read(attribute, cell)).toBe(`✗ ${problem}`)
})

test('a list of authors that is too long keeps the whole names that fit', () => {
  const names = Array.from({ length: 40 }, (_, i) => `Author Number ${i}`)
  const author = String(read('author', names.join('; ')))
  expect(author.length).toBeLessThanOrEqual(300)
  expect(names.join('; ').startsWith(`${author}; `)).toBe(true)
})

test('the quoting of spreadsheets is removed from a cell', () => {
  expect(['="978"', '=978', "'978", ' 978 ', '=""'].map(stripSpreadsheetQuoting)).toEqual([
    '978',
    '978',
    '978',
    '978',
    '',
  ])
})

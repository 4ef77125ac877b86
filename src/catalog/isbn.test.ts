import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isbn10, isbnDigits, isbnSpellings, isbnsIn, isPlaceholderIsbn, normalizeIsbn } from './isbn.ts'

test.each([
  ['9780804139021', '9780804139021'],
  ['978-0-8041-3902-1', '9780804139021'],
  ['978 0 8041 3902 1', '9780804139021'],
  ['  978‑0‑8041‑3902‑1 ', '9780804139021'],
  ['ISBN 9780804139021', '9780804139021'],
  ['ISBN-13: 978-0804139021', '9780804139021'],
  ['isbn10:0804139024', '9780804139021'],
  ['0804139024', '9780804139021'],
  ['1-84391-372-0', '9781843913726'],
  ['043942089X', '9780439420891'],
  ['0-439-42089-x', '9780439420891'],
])('%s is read as %s', (text, isbn) => {
  expect(normalizeIsbn(text)).toBe(isbn)
})

test.each([
  ['a wrong check digit', '9780804139022'],
  ['a wrong ISBN-10 check digit', '0804139025'],
  ['thirteen digits that are no book', '5901234123457'],
  ['an X that is not last', '04394X0899'],
  ['too few digits', '978080413902'],
  ['words', 'the martian'],
  ['nothing', ''],
  ['digits of another script', '٩٧٨٠٨٠٤١٣٩٠٢١'],
  ['a very long text', '9'.repeat(100_000)],
])('%s is no ISBN', (_, text) => {
  expect(normalizeIsbn(text)).toBeUndefined()
})

test('an ISBN-13 that begins with 979 has no ISBN-10', () => {
  expect(isbn10('9791032305690')).toBeUndefined()
  expect(isbnSpellings('9791032305690')).toEqual(['9791032305690'])
  expect(isbnSpellings('9780439420891')).toEqual(['9780439420891', '043942089X'])
})

test('the beginning of an ISBN keeps its digits, other text has none', () => {
  expect(isbnDigits('978-0-80')).toBe('978080')
  expect(isbnDigits('1984')).toBe('1984')
  expect(isbnDigits('catch 22')).toBeUndefined()
})

test('every spelling of a number means the same ISBN-13, and one wrong digit means none', () => {
  const nine = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 })
  fc.assert(
    fc.property(nine, fc.nat(12), fc.integer({ min: 1, max: 9 }), (digits, at, off) => {
      const first12 = `978${digits.join('')}`
      const valid = Array.from({ length: 10 }, (_, last) => first12 + last).filter(
        isbn => normalizeIsbn(isbn) !== undefined,
      )
      expect(valid).toHaveLength(1)
      const isbn = valid[0] ?? ''
      for (const spelling of isbnSpellings(isbn)) expect(normalizeIsbn(spelling)).toBe(isbn)
      const wrong = isbn.slice(0, at) + ((Number(isbn[at]) + off) % 10) + isbn.slice(at + 1)
      expect(normalizeIsbn(wrong)).toBeUndefined()
    }),
  )
})

test('any text at all is answered without an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const isbn = normalizeIsbn(text)
      expect(isbn === undefined || /^\d{13}$/.test(isbn)).toBe(true)
    }),
  )
})

test.each([
  ['0000000000', true],
  ['1111111111', true],
  ['9790000000001', true],
  ['123456789X', true],
  ['9781234567897', true],
  ['0123456789', true],
  ['9876543210', true],
  ['9780132350884', false],
  ['9780743273565', false],
])('whether %s is a placeholder: %s', (text, expected) => {
  expect(isPlaceholderIsbn(normalizeIsbn(text) ?? '')).toBe(expected)
})

test('every valid ISBN in a text is found once, whatever surrounds it', () => {
  const text =
    'ISBN-13: 978-0-8041-3902-1 (pbk.), 0439420899; 0-439-42089-X, 0804139024, 9780804139022, 19780804139021'
  expect(isbnsIn(text)).toEqual(['9780804139021', '9780439420891'])
  expect(isbnsIn('\u200e978\u2011080413902\u20111,')).toEqual(['9780804139021'])
  expect(isbnsIn('9'.repeat(50_000))).toEqual([])
  expect(isbnsIn('0 '.repeat(50_000))).toHaveLength(1)
})

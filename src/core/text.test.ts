import { expect, test } from 'vitest'
import { line, paragraph } from './text.ts'

test('a line is trimmed and normalized', () => {
  expect(line(10).parse('  a b  ')).toBe('a b')
  expect(line(10).parse('e\u0301')).toBe('é')
  expect(line(3).parse(`${'e\u0301'.repeat(3)}`)).toBe('ééé')
})

test('letters of all scripts and directions, joiners and symbols are allowed', () => {
  for (const text of ['שלום', 'مرحبا', '日本語', '👩‍👩‍👧', 'naïve café', 'a\u200fb'])
    expect(line(40).parse(text)).toBe(text)
})

test.each([
  '',
  ' ',
  '\t',
  'a\tb',
  'a\nb',
  'a\rb',
  'a\u0000',
  '\u007f',
  '\u0085',
  'a\u2028b',
  'a\u2029',
  '\ud800',
  'a\udc00b',
  'x'.repeat(11),
  1,
  null,
  [],
  {},
])('%j is refused as a line of at most 10 characters', text => {
  expect(line(10).safeParse(text).success).toBe(false)
})

test('a paragraph may contain line feeds and tabs, but no other control characters', () => {
  expect(paragraph(20).parse(' a\n\tb ')).toBe('a\n\tb')
  for (const text of ['a\rb', 'a\u0000b', 'a\u000bb', '\u001b[31m', '\n', ''])
    expect(paragraph(20).safeParse(text).success, JSON.stringify(text)).toBe(false)
})

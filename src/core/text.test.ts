import { expect, test } from 'vitest'
import { line, paragraph } from './text.ts'

test('a line is trimmed and written in one form', () => {
  expect(line(10).parse('  a b  ')).toBe('a b')
  expect(line(10).parse('e\u0301')).toBe('é')
  expect(line(3).parse(`${'e\u0301'.repeat(3)}`)).toBe('ééé')
})

test('scripts of all directions, joiners and signs are text', () => {
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
])('%j is no line of at most 10 letters', text => {
  expect(line(10).safeParse(text).success).toBe(false)
})

test('a paragraph may have line feeds and tabs, and no other control letters', () => {
  expect(paragraph(20).parse(' a\n\tb ')).toBe('a\n\tb')
  for (const text of ['a\rb', 'a\u0000b', 'a\u000bb', '\u001b[31m', '\n', ''])
    expect(paragraph(20).safeParse(text).success, JSON.stringify(text)).toBe(false)
})

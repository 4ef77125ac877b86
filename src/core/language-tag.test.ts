import { expect, test } from 'vitest'
import { languageTag } from './language-tag.ts'

test('codes of two and three letters and English names become one tag', () => {
  for (const text of ['ar', 'AR', 'ara', 'Arabic', ' arabic '])
    expect([text, languageTag(text)]).toEqual([text, 'ar'])
  for (const text of ['ger', 'deu', 'German']) expect([text, languageTag(text)]).toEqual([text, 'de'])
  expect(languageTag('heb')).toBe('he')
  expect(languageTag('Hebrew')).toBe('he')
})

test('regions and scripts are kept in their usual spelling', () => {
  expect(languageTag('pt_br')).toBe('pt-BR')
  expect(languageTag('zh-hant-tw')).toBe('zh-Hant-TW')
})

test('text that names no single language has no tag', () => {
  for (const text of ['', 'mul', 'und', 'Klingonese', 'en; fr', 'x-private', 'en-', '12', '"><script>'])
    expect([text, languageTag(text)]).toEqual([text, undefined])
})

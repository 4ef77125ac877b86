import { expect, test } from 'vitest'
import { createQueryParser } from '../query-parser.ts'
import { SpellingIndex } from '../spelling-index.ts'
import { TextIndex } from '../text-index.ts'
import { toTextQuery } from './text-query.ts'

const text = new TextIndex()
;['The Hunger Games', 'Game of Hunters', 'Hunting Party', 'A Party Game for Rainy Evenings'].forEach(
  (title, slot) => {
    text.add(slot, { title, author: 'Nobody' })
  },
)
const parser = createQueryParser(text, new SpellingIndex(text.dictionary, term => text.documentCount(term)))

const queryOf = (typed: readonly string[], isExpanded = false) => {
  const words = parser.parse(typed, 100)
  if (isExpanded) parser.expand(words, 100)
  const query = toTextQuery(words, text)
  parser.release(words)
  return query
}

test('books must have all of two words, however much one of them weighs', () => {
  expect(queryOf(['hunger', 'party']).reaching(0)).toBe("(('hunger') & ('party'))")
})

test('no book is read where none has a word as typed', () => {
  expect(queryOf(['huger', 'games']).reaching(0)).toBeUndefined()
  expect(queryOf(['huger', 'games'], true).reaching(0)).toContain("'hunger'")
})

test('one of three words may be missing, if two telling ones are there as typed', () => {
  expect(queryOf(['party', 'game', 'rainy']).reaching(0)).toContain(
    "('party' & 'game' | 'party' & 'rainy' | 'game' & 'rainy')",
  )
  expect(queryOf(['party', 'game', 'unheard']).reaching(0)).toContain("('party' & 'game')")
  expect(queryOf(['partyx', 'game', 'unheard'], true).reaching(0)).toBeUndefined()
})

test('words that fit too little to reach a score are left out', () => {
  const query = queryOf(['huntin'], true)
  expect(query.reaching(0)).toContain("'hunters'")
  expect(query.reaching(query.most)).toBe("('hunting')")
})

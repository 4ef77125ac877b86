import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, TOO_FAR, TYPO } from './edit-distance.ts'

test.each([
  ['gatsby', 'gatsby', 0],
  ['gatsbx', 'gatsby', TYPO],
  ['gatsy', 'gatsby', TYPO],
  ['gatsrby', 'gatsby', TYPO],
  ['gatbsy', 'gatsby', 9],
  ['gattsby', 'gatsby', 6],
  ['darcness', 'darkness', 6],
  ['numbor', 'number', 6],
])('%s and %s are one typo apart', (typed, word, distance) => {
  expect(editDistance(typed, word, 3 * TYPO)).toBe(distance)
})

test('words further apart than the limit are too far', () => {
  expect(editDistance('gatsby', 'hobbit', 2 * TYPO)).toBe(TOO_FAR)
  expect(editDistance('a', 'abcdef', 2 * TYPO)).toBe(TOO_FAR)
})

test('the rest of a word is free when only its beginning was typed', () => {
  expect(editDistance('fuonda', 'foundation', 2 * TYPO)).toBe(TOO_FAR)
  expect(editDistance('fuonda', 'foundation', 2 * TYPO, true)).toBe(9)
  expect(editDistance('meyr', 'mercedes', TYPO, true)).toBe(TYPO)
  expect(editDistance('found', 'foundation', 2 * TYPO, true)).toBe(0)
})

/** The same costs without band, limit or reused rows. */
const plainDistance = (a: string, b: string, asPrefix: boolean): number => {
  const cost = (i: number, j: number): number => editDistance(a[i] ?? '', b[j] ?? '', 2 * TYPO)
  const gap = (text: string, i: number) => (text[i] === text[i - 1] || text[i] === 'h' ? 6 : TYPO)
  const table: number[][] = []
  const at = (i: number, j: number) => table[i]?.[j] ?? TOO_FAR
  for (let i = 0; i <= a.length; i++) {
    table[i] = []
    for (let j = 0; j <= b.length; j++) {
      let best = i === 0 && j === 0 ? 0 : TOO_FAR
      if (i > 0) best = Math.min(best, at(i - 1, j) + gap(a, i - 1))
      if (j > 0) best = Math.min(best, at(i, j - 1) + gap(b, j - 1))
      if (i > 0 && j > 0) best = Math.min(best, at(i - 1, j - 1) + Math.min(cost(i - 1, j - 1), TYPO))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] && a[i - 1] !== b[j - 1]) {
        best = Math.min(best, at(i - 2, j - 2) + 9)
      }
      table[i]?.push(best)
    }
  }
  return asPrefix ? Math.min(...(table[a.length] ?? [])) : at(a.length, b.length)
}

test('the distance within the limit is the one that a full table gives', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'h', 'k', 'c', 'e', 't'), maxLength: 9 })
  fc.assert(
    fc.property(word, word, fc.boolean(), fc.constantFrom(10, 20, 30), (a, b, asPrefix, limit) => {
      const plain = plainDistance(a, b, asPrefix)
      expect(editDistance(a, b, limit, asPrefix)).toBe(plain > limit ? TOO_FAR : plain)
    }),
    { numRuns: 2000 },
  )
})

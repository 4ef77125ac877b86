import { expect, test } from 'vitest'
import { Dictionary } from './dictionary.ts'
import { phoneticKey } from './phonetic.ts'
import { SpellingIndex } from './spelling-index.ts'

const spellingOf = (words: readonly string[], unused: readonly string[] = []) => {
  const dictionary = new Dictionary()
  for (const word of [...words, ...unused]) dictionary.intern(word)
  const isUsed = (term: number) => (unused.includes(dictionary.termOf(term)) ? 0 : 1)
  const spelling = new SpellingIndex(dictionary, isUsed)
  const meant = (word: string, asPrefix = false) =>
    spelling.matches(word, asPrefix).map(({ term }) => dictionary.termOf(term))
  return { dictionary, meant }
}

const WORDS = ['match', 'math', 'light', 'night', 'foundation', 'midnight', 'bourne', 'the', 'great', 'greet']

test('swapped, missing, wrong and extra letters lead to the word that was meant', () => {
  const { meant } = spellingOf(WORDS)
  expect(meant('macth')).toContain('match')
  expect(meant('ligth')[0]).toBe('light')
  expect(meant('fonudation')[0]).toBe('foundation')
  expect(meant('fundation')[0]).toBe('foundation')
  expect(meant('hte')[0]).toBe('the')
})

test('a word that sounds the same is found in another spelling', () => {
  expect(phoneticKey('midnite')).toBe(phoneticKey('midnight'))
  expect(phoneticKey('fotograf')).toBe(phoneticKey('photograph'))
  expect(phoneticKey('light')).not.toBe(phoneticKey('night'))
  expect(spellingOf(WORDS).meant('midnite')[0]).toBe('midnight')
})

test('a prefix with a typo leads to longer words only on request', () => {
  const { meant } = spellingOf(WORDS)
  expect(meant('fuonda', true)[0]).toBe('foundation')
  expect(meant('fuonda')).toEqual([])
})

test('the word itself, words of no book and long numbers are not suggested', () => {
  const { meant } = spellingOf(WORDS, ['lighd'])
  expect(meant('light')).not.toContain('light')
  expect(meant('lighx')).toEqual(expect.not.arrayContaining(['lighd']))
  expect(spellingOf(['9780061120084']).meant('9780061120085')).toEqual([])
})

test('words added later are found', () => {
  const { dictionary, meant } = spellingOf(WORDS)
  expect(meant('hobitt')).toEqual([])
  dictionary.intern('hobbit')
  expect(meant('hobitt')).toEqual(['hobbit'])
})

test('prefixes are looked up in alphabetical order, also after words were added', () => {
  const { dictionary } = spellingOf(WORDS)
  const withPrefix = (prefix: string) => {
    const [first, end] = dictionary.prefixRange(prefix)
    return Array.from(dictionary.alphabetical().subarray(first, end), term => dictionary.termOf(term))
  }
  expect(withPrefix('gre')).toEqual(['great', 'greet'])
  dictionary.intern('grebe')
  expect(withPrefix('gre')).toEqual(['great', 'grebe', 'greet'])
  expect(withPrefix('zz')).toEqual([])
})

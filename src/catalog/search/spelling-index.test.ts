import { expect, test } from 'vitest'
import { Dictionary } from './dictionary.ts'
import { phoneticKey } from './phonetic.ts'
import { SpellingIndex } from './spelling-index.ts'

function spellingOf(words: readonly string[], unused: readonly string[] = []) {
  const dictionary = new Dictionary()
  for (const word of [...words, ...unused]) dictionary.intern(word)
  const isUsed = (term: number) => (unused.includes(dictionary.termOf(term)) ? 0 : 1)
  const spelling = new SpellingIndex(dictionary, isUsed)
  const meant = (word: string, asPrefix = false) =>
    spelling.matches(word, asPrefix).map(({ term }) => dictionary.termOf(term))
  return { dictionary, meant }
}

const words = ['match', 'math', 'light', 'night', 'foundation', 'midnight', 'bourne', 'the', 'great', 'greet']

test('swapped, missing, wrong and added letters lead to the word that was meant', () => {
  const { meant } = spellingOf(words)
  expect(meant('macth')).toContain('match')
  expect(meant('ligth')[0]).toBe('light')
  expect(meant('fonudation')[0]).toBe('foundation')
  expect(meant('fundation')[0]).toBe('foundation')
  expect(meant('hte')[0]).toBe('the')
})

test('a word that sounds the same is found though it is written otherwise', () => {
  expect(phoneticKey('midnite')).toBe(phoneticKey('midnight'))
  expect(phoneticKey('fotograf')).toBe(phoneticKey('photograph'))
  expect(phoneticKey('light')).not.toBe(phoneticKey('night'))
  expect(spellingOf(words).meant('midnite')[0]).toBe('midnight')
})

test('a beginning with a slip leads to longer words only when asked', () => {
  const { meant } = spellingOf(words)
  expect(meant('fuonda', true)[0]).toBe('foundation')
  expect(meant('fuonda')).toEqual([])
})

test('the word itself, words of no book and long numbers are not guessed', () => {
  const { meant } = spellingOf(words, ['lighd'])
  expect(meant('light')).not.toContain('light')
  expect(meant('lighx')).toEqual(expect.not.arrayContaining(['lighd']))
  expect(spellingOf(['9780061120084']).meant('9780061120085')).toEqual([])
})

test('words added later are found', () => {
  const { dictionary, meant } = spellingOf(words)
  expect(meant('hobitt')).toEqual([])
  dictionary.intern('hobbit')
  expect(meant('hobitt')).toEqual(['hobbit'])
})

test('beginnings are looked up in alphabetical order, also after words came in', () => {
  const { dictionary } = spellingOf(words)
  const beginning = (prefix: string) => {
    const [first, end] = dictionary.prefixRange(prefix)
    return Array.from(dictionary.alphabetical().subarray(first, end), term => dictionary.termOf(term))
  }
  expect(beginning('gre')).toEqual(['great', 'greet'])
  dictionary.intern('grebe')
  expect(beginning('gre')).toEqual(['great', 'grebe', 'greet'])
  expect(beginning('zz')).toEqual([])
})

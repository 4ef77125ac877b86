import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SHORT_WORD, ShortWords } from './short-words.ts'

const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz']

/** Every word that is one typo away, one by one. */
const allOneTypoAway = (word: string): Set<string> => {
  const words = new Set<string>()
  for (let i = 0; i <= word.length; i++) {
    const [head, tail] = [word.slice(0, i), word.slice(i)]
    if (i + 1 < word.length) words.add(head + word[i + 1] + word[i] + word.slice(i + 2))
    if (tail !== '') words.add(head + tail.slice(1))
    for (const letter of ALPHABET) {
      words.add(head + letter + tail)
      if (tail !== '') words.add(head + letter + tail.slice(1))
    }
  }
  return words
}

const lettersOf = (letters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength })

test('every word that is one typo away is found, and nothing that is not', () => {
  // Few letters, so that many words are near each other; letters beyond ASCII are typed as well.
  const near = lettersOf('abzéß本', SHORT_WORD)
  fc.assert(
    fc.property(
      fc.array(lettersOf('abzéß本', SHORT_WORD + 2), { maxLength: 300 }),
      near,
      (dictionary, typed) => {
        const words = new ShortWords()
        for (const word of dictionary) words.add(word)
        const found = new Set(words.oneTypoAway(typed))
        const one = allOneTypoAway(typed)
        for (const word of dictionary) if (one.has(word)) expect(found).toContain(word)
        for (const word of found) expect(one).toContain(word)
      },
    ),
  )
})

test('of words that are not there hardly any pass', () => {
  const words = new ShortWords()
  const random = (i: number) =>
    [3, 5, 7, 11, 13].map(step => ALPHABET[Math.floor(Math.abs(Math.sin(i * step) * 1e4)) % 26]).join('')
  for (let i = 0; i < 5_000; i++) words.add(random(i))
  let [passed, asked] = [0, 0]
  for (let i = 5_000; i < 5_200; i++) {
    passed += words.oneTypoAway(random(i)).length
    asked += allOneTypoAway(random(i)).size
  }
  expect(passed / asked).toBeLessThan(0.1)
})

/** Keys of spelling: letter pairs, and what a misspelled word is looked up by in a dictionary. */
import { TYPO } from './edit-distance.ts'
import { phoneticKey } from './phonetic.ts'
import { SHORT_WORD } from './short-words.ts'

export const LETTER_CODES = 39
/** How many letters longer or shorter a word that was meant may be. */
export const MAX_EXTRA = 3
const HAS_SIGN = /[\p{N}\p{P}\p{S}]/u

/** 0 is the edge of a word, 1 to 26 the letters, 27 to 36 the digits; everything else shares the last two. */
export const letterCode = (code: number): number => {
  if (code >= 97 && code <= 122) return code - 96
  if (code >= 48 && code <= 57) return code - 21
  return 37 + (code & 1)
}

/** The letter pairs of a word, its edges included, as numbers; a pair that occurs twice is there twice. */
export const letterPairs = (word: string): number[] => {
  let before = 0
  return Array.from({ length: word.length + 1 }, (_, i) => {
    const code = i < word.length ? letterCode(word.charCodeAt(i)) : 0
    const pair = before * LETTER_CODES + code
    before = code
    return pair
  })
}

/** The greatest edit distance, in tenths of a typo, that a word of this length may have. */
export const maxDistance = (length: number): number => {
  if (length < 3) return 0
  if (length < 5) return TYPO
  if (length < 6) return TYPO * 1.5
  return length < 9 ? TYPO * 2 : TYPO * 3
}

/** A number is hardly ever mistyped into the number of another title, nor C# into C++. */
export const mayBeMisspelled = (word: string): boolean => maxDistance(word.length) > 0 && !HAS_SIGN.test(word)

/** How many of its letter pairs a word must share: a typo breaks two of them, swapped letters three. */
export const pairsNeeded = (pairs: number): number =>
  Math.max(2, Math.min(pairs - 3, Math.ceil(pairs * 0.45)))

/** Every word that is one swap away: swapped letters break three pairs, too many for a word of medium length. */
export const oneSwapAway = (word: string): string[] =>
  Array.from(
    { length: word.length - 1 },
    (_, i) => word.slice(0, i) + (word[i + 1] ?? '') + (word[i] ?? '') + word.slice(i + 2),
  )

/** Every word that is one swapped, missing, wrong or extra letter away. */
const oneTypoAway = (word: string): string[] => {
  const found = oneSwapAway(word)
  for (let i = 0; i <= word.length; i++) {
    const [head, rest] = [word.slice(0, i), word.slice(i)]
    if (rest !== '') found.push(head + rest.slice(1))
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
      found.push(head + letter + rest)
      if (rest !== '') found.push(head + letter + rest.slice(1))
    }
  }
  return found
}

/** What a dictionary in a database is asked for a misspelled word, so that it returns all that an index over it would compare. */
export type SpellingKeys = {
  /** Words to be looked up as they are. */
  readonly words: readonly string[]
  /** Key of their sound; undefined where it tells nothing. */
  readonly sound: string | undefined
  /** Letter pairs with how many of them are needed, and the least and greatest length; undefined for words that are too short for them. */
  readonly shared:
    | {
        readonly pairs: readonly number[]
        readonly needed: number
        readonly least: number
        readonly most: number
      }
    | undefined
}

/** Undefined for words that are not looked for with typos. */
export const spellingKeys = (word: string, asPrefix: boolean): SpellingKeys | undefined => {
  if (!mayBeMisspelled(word)) return undefined
  const pairs = letterPairs(word).slice(0, asPrefix ? word.length : word.length + 1)
  const key = phoneticKey(word)
  return {
    words: word.length <= SHORT_WORD ? oneTypoAway(word) : oneSwapAway(word),
    sound: key.length > 1 ? key : undefined,
    shared:
      word.length > 4 || asPrefix
        ? {
            pairs,
            needed: pairsNeeded(pairs.length),
            least: word.length - MAX_EXTRA,
            most: asPrefix ? Number.MAX_SAFE_INTEGER : word.length + MAX_EXTRA,
          }
        : undefined,
  }
}

/** Finds the words of the dictionary that a mistyped or misheard word may mean. */
import type { Dictionary } from './dictionary.ts'
import { editDistance, slip, tooFar } from './edit-distance.ts'
import { phoneticKey } from './phonetic.ts'
import { Postings } from './postings.ts'

/** A word that may be meant, with how well it fits: 1 is the same word. */
export type SpellingMatch = { readonly term: number; readonly similarity: number }

const letterCodes = 39
const soundBuckets = 16_384
const maxChecked = 96
const fewLetters = 5
const maxMatches = 32
const soundsTheSame = 0.84
const alphabet = 'abcdefghijklmnopqrstuvwxyz'

/** 0 is the edge of a word, 1 to 26 the letters, 27 to 36 the digits; all else shares what is left. */
function letterCode(code: number): number {
  if (code >= 97 && code <= 122) return code - 96
  if (code >= 48 && code <= 57) return code - 21
  return 37 + (code & 1)
}

function soundBucket(key: string): number {
  let hash = 7
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0
  return (hash >>> 0) % soundBuckets
}

/** How many tenths of slips a word of this length may be off. */
function allowance(length: number): number {
  if (length < 3) return 0
  if (length < 5) return slip
  if (length < 6) return slip * 1.5
  return length < 9 ? slip * 2 : slip * 3
}

/** Similarity of words a number of tenths apart; longer words bear more. */
function similarityAt(distance: number, length: number): number {
  return 1 - (1.15 * distance) / slip / (length + 1.5)
}

/** Swapped letters break three pairs: too many for a word of middling length to be found by those that are left. */
function oneSwapAway(word: string): string[] {
  return Array.from(
    { length: word.length - 1 },
    (_, i) => word.slice(0, i) + (word[i + 1] ?? '') + (word[i] ?? '') + word.slice(i + 2),
  )
}

/** Every word that is one slip away from a short one, which shares too few letter pairs to be found by them. */
function oneSlipAway(word: string): string[] {
  const words = oneSwapAway(word)
  for (let i = 0; i <= word.length; i++) {
    const left = word.slice(0, i)
    const right = word.slice(i)
    if (right !== '') words.push(left + right.slice(1))
    for (const letter of alphabet) {
      words.push(left + letter + right)
      if (right !== '') words.push(left + letter + right.slice(1))
    }
  }
  return words
}

/** An index over letter pairs and sounds of a dictionary; catches up with new words by itself when asked. */
export class SpellingIndex {
  readonly #dictionary: Dictionary
  readonly #documentCount: (term: number) => number
  readonly #pairs = new Postings(letterCodes * letterCodes)
  readonly #sounds = new Postings(soundBuckets)
  #indexed = 0
  #shared = new Uint8Array(0)
  #seen = new Uint32Array(0)

  /** `documentCount` tells how many books have a term: words that none has are never meant. */
  constructor(dictionary: Dictionary, documentCount: (term: number) => number) {
    this.#dictionary = dictionary
    this.#documentCount = documentCount
  }

  /**
   * Up to 32 words that `word` may be a slip for, best first, without the word itself. With `asPrefix` also words
   * that only begin like it.
   */
  matches(word: string, asPrefix: boolean): SpellingMatch[] {
    this.#catchUp()
    const found = new Map<number, number>()
    const limit = allowance(word.length)
    if (limit === 0 || /^\d{6,}$/.test(word)) return []
    for (const other of word.length <= fewLetters ? oneSlipAway(word) : oneSwapAway(word)) {
      const term = this.#dictionary.idOf(other)
      if (term >= 0) this.#check(word, term, limit, asPrefix, found)
    }
    if (word.length > 4 || asPrefix) {
      for (const term of this.#sharingPairs(word, asPrefix)) this.#check(word, term, limit, asPrefix, found)
    }
    const key = phoneticKey(word)
    for (const term of key.length > 1 ? this.#sounds.list(soundBucket(key)) : []) {
      const other = this.#dictionary.termOf(term)
      if (other === word || this.#documentCount(term) === 0 || phoneticKey(other) !== key) continue
      const similarity = soundsTheSame - 0.02 * Math.abs(other.length - word.length)
      if (similarity > (found.get(term) ?? 0)) found.set(term, similarity)
    }
    return Array.from(found, ([term, similarity]) => ({ term, similarity }))
      .sort(
        (a, b) =>
          b.similarity - a.similarity ||
          (this.#dictionary.termOf(a.term) < this.#dictionary.termOf(b.term) ? -1 : 1),
      )
      .slice(0, maxMatches)
  }

  #check(word: string, term: number, limit: number, asPrefix: boolean, found: Map<number, number>): void {
    const other = this.#dictionary.termOf(term)
    if (other === word || this.#documentCount(term) === 0) return
    let distance = editDistance(word, other, limit)
    let similarity = distance === tooFar ? 0 : similarityAt(distance, Math.max(word.length, other.length))
    // Words hardly ever begin with a wrong letter.
    if (similarity > 0 && word[0] !== other[0]) similarity -= 0.06
    if (asPrefix && other.length > word.length && word.length > 3 && !other.startsWith(word)) {
      distance = editDistance(word, other, Math.min(limit, slip * 2), true)
      if (distance !== tooFar) {
        const asBeginning = 0.94 * similarityAt(distance, word.length) - (word[0] === other[0] ? 0 : 0.15)
        similarity = Math.max(similarity, asBeginning)
      }
    }
    if (similarity > 0.4 && similarity > (found.get(term) ?? 0)) found.set(term, similarity)
  }

  /** Words that share the most letter pairs with `word`. */
  #sharingPairs(word: string, asPrefix: boolean): number[] {
    const { data, starts, counts } = this.#pairs
    const shared = this.#shared
    const seen = this.#seen
    let seenCount = 0
    let before = 0
    const pairs = asPrefix ? word.length : word.length + 1
    for (let i = 0; i < pairs; i++) {
      const code = i < word.length ? letterCode(word.charCodeAt(i)) : 0
      const list = before * letterCodes + code
      before = code
      const start = starts[list] ?? 0
      const end = start + (counts[list] ?? 0)
      for (let at = start; at < end; at++) {
        const term = data[at] ?? 0
        const count = shared[term] ?? 0
        if (count === 0) seen[seenCount++] = term
        if (count < 255) shared[term] = count + 1
      }
    }
    // A slip breaks two pairs, swapped letters three.
    const needed = Math.max(2, Math.min(pairs - 3, Math.ceil(pairs * 0.45)))
    const byShared: number[][] = []
    for (let i = 0; i < seenCount; i++) {
      const term = seen[i] ?? 0
      const count = shared[term] ?? 0
      shared[term] = 0
      if (count < needed) continue
      const extra = this.#dictionary.termOf(term).length - word.length
      if (extra < -3 || (!asPrefix && extra > 3)) continue
      const rank = 2 * (pairs - Math.min(count, pairs)) + (asPrefix ? 0 : Math.abs(extra))
      const bucket = byShared[rank]
      if (bucket === undefined) byShared[rank] = [term]
      else bucket.push(term)
    }
    const best: number[] = []
    for (const bucket of byShared) {
      if (bucket === undefined) continue
      // Whole buckets only, unless huge: which words are looked at must not depend on their numbers.
      if (best.length > 0 && best.length + bucket.length > maxChecked * 2) break
      for (const term of bucket) best.push(term)
      if (best.length >= maxChecked) break
    }
    return best
  }

  #catchUp(): void {
    const terms = this.#dictionary.terms
    if (this.#indexed === terms.length) return
    for (; this.#indexed < terms.length; this.#indexed++) {
      const term = terms[this.#indexed] ?? ''
      let before = 0
      for (let i = 0; i <= term.length; i++) {
        const code = i < term.length ? letterCode(term.charCodeAt(i)) : 0
        this.#pairs.add(before * letterCodes + code, this.#indexed)
        before = code
      }
      const key = phoneticKey(term)
      if (key.length > 1) this.#sounds.add(soundBucket(key), this.#indexed)
    }
    if (this.#shared.length < terms.length) {
      this.#shared = new Uint8Array(Math.ceil(terms.length * 1.25))
      this.#seen = new Uint32Array(this.#shared.length)
    }
  }
}

/** Spelling index: the words of the dictionary that a mistyped or misheard word may stand for. */
import type { Dictionary } from './dictionary.ts'
import { editDistance, TOO_FAR, TYPO } from './edit-distance.ts'
import { phoneticKey } from './phonetic.ts'
import { Postings } from './postings.ts'
import { SHORT_WORD, ShortWords } from './short-words.ts'
import {
  LETTER_CODES,
  letterCode,
  MAX_EXTRA,
  maxDistance,
  mayBeMisspelled,
  oneSwapAway,
  pairsNeeded,
} from './spelling-keys.ts'

/** A term that may be meant, and how well it fits: 1 is the same word. */
export type SpellingMatch = { readonly term: number; readonly similarity: number }

const SOUND_BUCKETS = 16_384
/** How many words that share letter pairs are compared, unless more share equally many. */
export const MAX_CHECKED = 96
const MAX_MATCHES = 32
const SAME_SOUND_SIMILARITY = 0.84

const soundBucket = (key: string): number => {
  let hash = 7
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0
  return (hash >>> 0) % SOUND_BUCKETS
}

/** Similarity of words at an edit distance; the longer the word, the less a typo counts. */
const similarityAt = (distance: number, length: number): number =>
  1 - (1.15 * distance) / TYPO / (length + 1.5)

/**
 * Index over letter pairs and sounds of a dictionary; adds new words when it is next queried. A class for the reasons of
 * decision 64.
 */
export class SpellingIndex {
  readonly #dictionary: Dictionary
  readonly #documentCount: (term: number) => number
  readonly #pairs = new Postings(LETTER_CODES * LETTER_CODES)
  readonly #sounds = new Postings(SOUND_BUCKETS)
  /** Words of at most `SHORT_WORD` letters share too few letter pairs to be found by them. */
  readonly #shortWords = new ShortWords()
  #indexed = 0
  #shared = new Uint8Array(0)
  #seen = new Uint32Array(0)

  /** `documentCount` returns how many books have a term: words that no book has are never suggested. */
  constructor(dictionary: Dictionary, documentCount: (term: number) => number) {
    this.#dictionary = dictionary
    this.#documentCount = documentCount
  }

  /**
   * Up to 32 terms that `word` may be a typo of, best first, without the word itself. With `asPrefix` also words that only
   * begin like it.
   */
  matches(word: string, asPrefix: boolean): SpellingMatch[] {
    this.#addNewWords()
    const found = new Map<number, number>()
    const limit = maxDistance(word.length)
    if (!mayBeMisspelled(word)) return []
    for (const other of word.length <= SHORT_WORD ? this.#shortWords.oneTypoAway(word) : oneSwapAway(word)) {
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
      const similarity = SAME_SOUND_SIMILARITY - 0.02 * Math.abs(other.length - word.length)
      if (similarity > (found.get(term) ?? 0)) found.set(term, similarity)
    }
    return Array.from(found, ([term, similarity]) => ({ term, similarity }))
      .sort(
        (a, b) =>
          b.similarity - a.similarity ||
          (this.#dictionary.termOf(a.term) < this.#dictionary.termOf(b.term) ? -1 : 1),
      )
      .slice(0, MAX_MATCHES)
  }

  #check(word: string, term: number, limit: number, asPrefix: boolean, found: Map<number, number>): void {
    const other = this.#dictionary.termOf(term)
    if (other === word || this.#documentCount(term) === 0) return
    let distance = editDistance(word, other, limit)
    let similarity = distance === TOO_FAR ? 0 : similarityAt(distance, Math.max(word.length, other.length))
    // The first letter is hardly ever wrong.
    if (similarity > 0 && word[0] !== other[0]) similarity -= 0.06
    if (asPrefix && other.length > word.length && word.length > 3 && !other.startsWith(word)) {
      distance = editDistance(word, other, Math.min(limit, TYPO * 2), true)
      if (distance !== TOO_FAR) {
        const asBeginning = 0.94 * similarityAt(distance, word.length) - (word[0] === other[0] ? 0 : 0.15)
        similarity = Math.max(similarity, asBeginning)
      }
    }
    if (similarity > 0.4 && similarity > (found.get(term) ?? 0)) found.set(term, similarity)
  }

  /** The terms that share the most letter pairs with `word`. */
  #sharingPairs(word: string, asPrefix: boolean): number[] {
    const { data, starts, counts } = this.#pairs
    const shared = this.#shared
    const seen = this.#seen
    let seenCount = 0
    let before = 0
    const pairs = asPrefix ? word.length : word.length + 1
    for (let i = 0; i < pairs; i++) {
      const code = i < word.length ? letterCode(word.charCodeAt(i)) : 0
      const list = before * LETTER_CODES + code
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
    const needed = pairsNeeded(pairs)
    const byShared: number[][] = []
    for (let i = 0; i < seenCount; i++) {
      const term = seen[i] ?? 0
      const count = shared[term] ?? 0
      shared[term] = 0
      if (count < needed) continue
      const extra = this.#dictionary.termOf(term).length - word.length
      if (extra < -MAX_EXTRA || (!asPrefix && extra > MAX_EXTRA)) continue
      const rank = 2 * (pairs - Math.min(count, pairs)) + (asPrefix ? 0 : Math.abs(extra))
      const bucket = byShared[rank]
      if (bucket === undefined) byShared[rank] = [term]
      else bucket.push(term)
    }
    const best: number[] = []
    for (const bucket of byShared) {
      if (bucket === undefined) continue
      // Whole buckets only, unless huge: which words are compared must not depend on their numbers.
      if (best.length > 0 && best.length + bucket.length > MAX_CHECKED * 2) break
      for (const term of bucket) best.push(term)
      if (best.length >= MAX_CHECKED) break
    }
    return best
  }

  #addNewWords(): void {
    const terms = this.#dictionary.terms
    if (this.#indexed === terms.length) return
    for (; this.#indexed < terms.length; this.#indexed++) {
      const term = terms[this.#indexed] ?? ''
      let before = 0
      for (let i = 0; i <= term.length; i++) {
        const code = i < term.length ? letterCode(term.charCodeAt(i)) : 0
        this.#pairs.add(before * LETTER_CODES + code, this.#indexed)
        before = code
      }
      this.#shortWords.add(term)
      const key = phoneticKey(term)
      if (key.length > 1) this.#sounds.add(soundBucket(key), this.#indexed)
    }
    if (this.#shared.length < terms.length) {
      this.#shared = new Uint8Array(Math.ceil(terms.length * 1.25))
      this.#seen = new Uint32Array(this.#shared.length)
    }
  }
}

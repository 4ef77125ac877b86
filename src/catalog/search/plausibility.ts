/**
 * Relevance floor: whether a book may be meant that does not have the words of a query as they were typed. Evidence is counted
 * in bits, by how rarely a text that means no book would fit a book so well by chance; it must outweigh the choice among all
 * books. The weights were fitted to the query sets of `npm run bench:search`.
 */
import { editDistance, TOO_FAR, TYPO } from './edit-distance.ts'
import { KIND, type QueryWord } from './query-parser.ts'
import { ARTICLES } from './scoring.ts'
import { FIELD, FIELD_BITS, FIELD_MASK, type TextIndex } from './text-index.ts'

/** What is worth evidence, and what costs some, in bits. */
const BITS = {
  /** A letter that fits. */
  letter: 2.8,
  /** A wrong, missing or extra letter, and one that is doubled, swapped or sounds similar: fewer words are that close. */
  typo: 7.5,
  slightTypo: 4.5,
  /** A word that was split, which is possible at any letter. */
  split: 1.5,
  /** A single word that is the beginning of a word but for a typo. */
  loneBeginning: 3,
  /** A word that follows the one before it in the book as in the query, or begins the title and the query. */
  inOrder: 4,
  atStart: 1.5,
  /** Nothing is left of the main title. */
  wholeTitle: 3.5,
  /** The most read books; others as their popularity. */
  popular: 3,
  /** An optional word at most. */
  optional: 3,
  /** How much the evidence must exceed the choice among all books, and by how much more for each word of up to two letters that a book lacks. */
  margin: 3,
  shortWord: 4,
}
/** What it costs that any word of a field may be the one that fits: least for the first author's surname. */
const FIELD_COST: Readonly<Float32Array> = Float32Array.of(3.5, 3.5, 3.5, 1.5, 0.5, 3.5, 2.5, 0)

const SLIGHT_TYPOS = [6, 9]
/** In tenths of a typo. */
const MAX_DISTANCE = 25
const SHORT_LENGTH = 2
/** A book may lack one of three longer words when it has at least two others of this length as typed. */
const WORDS_PER_MISSING = 3
const TELLING_LENGTH = 4
/** A single word as the beginning of another: the fewest letters, also within a title, and the fields where the other may be. */
const MIN_LONE_PREFIX = 3
const MIN_INNER_PREFIX = 5
const LONE_PREFIX_FIELDS: readonly number[] = [FIELD.main, FIELD.author, FIELD.surname]

/** What the typos of each edit distance cost, in the cheapest way in which they make it up. */
const TYPO_COSTS: Readonly<Float32Array> = (() => {
  const costs = new Float32Array(MAX_DISTANCE + 1).fill(Number.POSITIVE_INFINITY)
  const slight = [
    [],
    ...SLIGHT_TYPOS.map(a => [a]),
    ...SLIGHT_TYPOS.flatMap(a => SLIGHT_TYPOS.map(b => [a, b])),
  ]
  for (let typos = 0; typos * TYPO <= MAX_DISTANCE; typos++) {
    for (const added of slight) {
      const distance = added.reduce((sum, one) => sum + one, typos * TYPO)
      const cost = typos * BITS.typo + added.length * BITS.slightTypo
      if (distance <= MAX_DISTANCE) costs[distance] = Math.min(costs[distance] ?? cost, cost)
    }
  }
  return costs
})()

/** Whether a match must have this word, or be plausible without it. */
export const mustFit = ({ required, text }: QueryWord): boolean => required && text.length > SHORT_LENGTH

/** How many of the words that it must have a plausible book may lack, if it has two telling words as typed. */
export const mayLack = (words: readonly QueryWord[]): number =>
  Math.floor(words.filter(({ required }) => required).length / WORDS_PER_MISSING)

/** Whether a word that a book has as typed stands for others that it lacks. */
export const isTelling = ({ text }: QueryWord): boolean => text.length >= TELLING_LENGTH

export type Plausibility = {
  /** Whether one who typed these words may mean the book in this slot; `popularity` is 0 to 1, `books` is how many there are. */
  readonly isPlausible: (
    slot: number,
    words: readonly QueryWord[],
    popularity: number,
    books: number,
  ) => boolean
  /** Whether a whole query that is one word may mean a book in which a longer word begins like it. */
  readonly isPlausiblePrefix: (slot: number, word: QueryWord) => boolean
}

/** Where a word fits best: position in the book (-1 for nowhere), evidence, and whether its halves are two words there. */
type Fit = { readonly at: number; readonly bits: number; readonly isSplit: boolean }

export const createPlausibility = (text: TextIndex): Plausibility => {
  const { dictionary } = text

  const misspelledBits = ({ text: typed, isLast }: QueryWord, term: string, isLone: boolean): number => {
    const whole = editDistance(typed, term, MAX_DISTANCE)
    const begun = isLast ? editDistance(typed, term, MAX_DISTANCE, true) : TOO_FAR
    const asWhole =
      whole === TOO_FAR ? 0 : Math.max(typed.length, term.length) * BITS.letter - (TYPO_COSTS[whole] ?? 0)
    const asBeginning =
      begun === TOO_FAR
        ? 0
        : typed.length * BITS.letter - (TYPO_COSTS[begun] ?? 0) - (isLone ? BITS.loneBeginning : 0)
    return Math.max(asWhole, asBeginning)
  }

  /** The evidence of one word of a book for a typed word. A word as typed counts by how few books have it. */
  const bitsOf = (word: QueryWord, entry: number, isLone: boolean, books: number): number => {
    const term = entry >>> FIELD_BITS
    const isJoined = word.joinedWithNext.includes(term)
    const kind = isJoined ? KIND.fuzzy : word.kinds[word.terms.indexOf(term)]
    if (kind === KIND.exact) return Math.log2((books + 1) / Math.max(1, text.documentCount(term)))
    if (kind === KIND.prefix) return Math.log2((books + 1) / Math.max(1, word.books))
    const spelled = dictionary.termOf(term)
    const bits = isJoined ? spelled.length * BITS.letter : misspelledBits(word, spelled, isLone)
    return bits - (FIELD_COST[entry & FIELD_MASK] ?? 0)
  }

  const fitOf = (words: readonly QueryWord[], i: number, entries: Uint32Array, books: number): Fit => {
    const word = words[i]
    let fit: Fit = { at: -1, bits: 0, isSplit: false }
    if (word === undefined) return fit
    const joinedBefore = words[i - 1]?.joinedWithNext ?? []
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] ?? 0
      const term = entry >>> FIELD_BITS
      const next = at + 1 < entries.length ? (entries[at + 1] ?? 0) >>> FIELD_BITS : -1
      if (word.halves.some(({ left, right }) => left === term && right === next)) {
        const bits = word.text.length * BITS.letter - BITS.split - (FIELD_COST[entry & FIELD_MASK] ?? 0)
        if (bits > fit.bits) fit = { at, bits, isSplit: true }
      }
      if ((word.similarity[term] ?? 0) === 0) continue
      // The word before has counted all letters of a word that two typed ones make together.
      const bits = joinedBefore.includes(term) ? 0.01 : bitsOf(word, entry, words.length === 1, books)
      if (bits > fit.bits) fit = { at, bits, isSplit: false }
    }
    return fit
  }

  /** Whether no word of the main title is left over. */
  const isWholeTitle = (entries: Uint32Array, covered: ReadonlySet<number>): boolean =>
    entries.every((entry, at) => (entry & FIELD_MASK) !== FIELD.main || covered.has(at))

  const isPlausible = (
    slot: number,
    words: readonly QueryWord[],
    popularity: number,
    books: number,
  ): boolean => {
    const entries = text.wordsOf.list(slot)
    const covered = new Set<number>()
    let bits = BITS.popular * popularity
    let previous = -2
    let missing = 0
    let missingShort = 0
    let telling = 0
    for (let i = 0; i < words.length; i++) {
      const word = words[i]
      if (word === undefined) continue
      const { at, bits: ofWord, isSplit } = fitOf(words, i, entries, books)
      if (at < 0) {
        if (mustFit(word)) missing++
        else if (word.required) missingShort++
        previous = -2
        continue
      }
      const end = isSplit ? at + 1 : at
      covered.add(at).add(end)
      bits += word.required ? ofWord : Math.min(ofWord, BITS.optional)
      if (at === previous + 1) bits += BITS.inOrder
      if (at === 0 && i === 0) bits += BITS.atStart
      if (isTelling(word) && dictionary.termOf((entries[at] ?? 0) >>> FIELD_BITS) === word.text) telling++
      previous = end
    }
    if (missing > mayLack(words) || (missing > 0 && telling < 2)) return false
    const needed = Math.log2(books + 1) + BITS.margin + BITS.shortWord * missingShort
    return bits >= needed || (bits + BITS.wholeTitle >= needed && isWholeTitle(entries, covered))
  }

  const isPlausiblePrefix = (slot: number, { text: typed }: QueryWord): boolean =>
    typed.length >= MIN_LONE_PREFIX &&
    text.wordsOf.list(slot).some((entry, at, [first = 0]) => {
      const field = entry & FIELD_MASK
      if (!LONE_PREFIX_FIELDS.includes(field)) return false
      if (!dictionary.termOf(entry >>> FIELD_BITS).startsWith(typed)) return false
      const isAtStart = at === 0 || (at === 1 && ARTICLES.has(dictionary.termOf(first >>> FIELD_BITS)))
      return field !== FIELD.main || isAtStart || typed.length >= MIN_INNER_PREFIX
    })

  return { isPlausible, isPlausiblePrefix }
}

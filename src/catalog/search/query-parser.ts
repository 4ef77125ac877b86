/** Query parser: turns typed text into words, each with all the terms of the dictionary that it may stand for. */
import { truncate } from '../../core/truncate.ts'
import { foldWords, joinInitials, signWords } from '../fold-words.ts'
import { numeralsFor } from '../numerals.ts'
import type { SpellingIndex } from './spelling-index.ts'
import type { TextIndex } from './text-index.ts'

export const MAX_QUERY_LENGTH = 200
export const MAX_QUERY_WORDS = 12
const MIN_SIGNED_LENGTH = 3
/** At most this many terms are considered for one prefix. */
export const MAX_COMPLETIONS = 4000

/** How a term fits a typed word: as the same word, as one that begins like it, or as one that may have been meant. */
export const KIND = { exact: 0, prefix: 1, fuzzy: 2 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]

/** Words of titles and of what people type around them: a book need not have them. */
const OPTIONAL_WORDS = new Set(
  'the a an of and in to with on at for by from or book books novel author paperback hardcover hardback ebook edition'.split(
    ' ',
  ),
)

/**
 * One typed word. `similarity` maps a term number to how well it fits (0 to 1); `terms` are those above 0, and `kinds` says
 * how each of them fits.
 */
export type QueryWord = {
  readonly text: string
  /** The share of this word in a book's score: rare words weigh more. */
  weight: number
  /** Whether so many books have it that it does not select any: it is left out of the first pass. */
  common: boolean
  /** Whether a book must have it to match. */
  required: boolean
  /** Whether it is the last word, which may be incomplete. */
  readonly isLast: boolean
  /** How many books have a term that this word stands for without a typo. */
  books: number
  readonly terms: number[]
  readonly kinds: Kind[]
  readonly similarity: Float32Array
  /** Two terms that were typed as one word: they must be adjacent in the book. */
  readonly halves: { readonly left: number; readonly right: number }[]
  /** Terms that this word and the next one make together. */
  readonly joinedWithNext: number[]
}

/** How well a term fits that is not exactly the typed word; completions get a little more the more was typed. */
export const SIMILARITY = {
  exact: 1,
  lastPrefix: 0.925,
  /** The last word while it has no more than two letters. */
  shortPrefix: 0.95,
  otherPrefix: 0.74,
  completeness: 0.06,
  joined: 0.97,
  /** The same number in other numerals, and a word with or without a sign as in .NET. */
  otherNumeral: 0.95,
  otherSign: 0.9,
  halves: 0.95,
}

/** The words of a query, bounded in length and number; its signs where it has no letters and digits. */
export const queryWords = (q: string): string[] => {
  const text = truncate(q, MAX_QUERY_LENGTH)
  const words = foldWords(text, MAX_QUERY_WORDS)
  return words.length > 0 ? words : signWords(text)
}

/** The words that one with a sign may be without it, and the other way round; of a few letters it is another word: C is not C++. */
export const otherSigns = (word: string): string[] => {
  if (/^\.|[+#]$/.test(word)) {
    const plain = word.replace(/^\.|[+#]+$/g, '')
    return plain.length < MIN_SIGNED_LENGTH ? [] : [plain]
  }
  return word.length < MIN_SIGNED_LENGTH ? [] : [`.${word}`, `${word}+`]
}

export type QueryParser = {
  /** The words as typed: exact, the last one also as a prefix, unknown ones as a prefix. `books` is the index's size. */
  readonly parse: (typed: readonly string[], books: number) => QueryWord[]
  /** Adds prefixes, typos and similar sounds to words that were parsed before. */
  readonly expand: (words: readonly QueryWord[], books: number) => void
  /** Clears the tables of words that are no longer used; to be called before the next query is parsed. */
  readonly release: (words: readonly QueryWord[]) => void
}

/** Parses against one text index; its tables of similarities are as long as the dictionary, so they are reused. */
export const createQueryParser = (text: TextIndex, spelling: SpellingIndex): QueryParser => {
  const { dictionary } = text
  const tables: Float32Array[] = []

  const newWord = (typed: string, position: number, { length }: readonly string[]): QueryWord => {
    let table = tables[position]
    if (table === undefined || table.length < dictionary.terms.length) {
      table = new Float32Array(Math.ceil(dictionary.terms.length * 1.25) + 16)
      tables[position] = table
    }
    return {
      text: typed,
      weight: 1,
      common: false,
      required: true,
      isLast: position === length - 1,
      books: 0,
      terms: [],
      kinds: [],
      similarity: table,
      halves: [],
      joinedWithNext: [],
    }
  }

  const isTerm = (word: string): boolean => text.documentCount(dictionary.idOf(word)) > 0

  const allow = (word: QueryWord, term: number, similarity: number, kind: Kind): void => {
    const before = word.similarity[term] ?? 0
    if (term < 0 || similarity <= before || text.documentCount(term) === 0) return
    if (before === 0) {
      word.terms.push(term)
      word.kinds.push(kind)
    }
    word.similarity[term] = similarity
  }

  const allowCompletions = (word: QueryWord, base: number): void => {
    const [first, end] = dictionary.prefixRange(word.text)
    const terms = dictionary.alphabetical()
    for (let at = first; at < Math.min(end, first + MAX_COMPLETIONS); at++) {
      const term = terms[at] ?? 0
      const longer = dictionary.termOf(term).length
      allow(word, term, base + (SIMILARITY.completeness * word.text.length) / longer, KIND.prefix)
    }
  }

  const allowJoined = (words: readonly QueryWord[], i: number, isKnown: boolean): void => {
    const word = words[i]
    const next = words[i + 1]
    if (word === undefined || next === undefined) return
    const term = dictionary.idOf(word.text + next.text)
    if (term < 0 || text.documentCount(term) === 0) return
    const similarity = isKnown && next.books > 0 ? SIMILARITY.joined - 0.1 : SIMILARITY.joined
    allow(word, term, similarity, KIND.fuzzy)
    allow(next, term, similarity, KIND.fuzzy)
    word.joinedWithNext.push(term)
  }

  const allowHalves = (word: QueryWord): void => {
    for (let cut = 1; cut < word.text.length; cut++) {
      const left = dictionary.idOf(word.text.slice(0, cut))
      const right = left < 0 ? -1 : dictionary.idOf(word.text.slice(cut))
      if (right < 0 || text.documentCount(left) === 0 || text.documentCount(right) === 0) continue
      if (word.text.length - cut === 1 && cut === 1) continue
      word.halves.push({ left, right })
    }
  }

  const weigh = (words: readonly QueryWord[], books: number): void => {
    const many = Math.max(200, books / 12)
    for (const word of words) {
      // A word that nothing fits counts as the rarest.
      word.weight = Math.log(1 + (books + 1) / (Math.max(1, word.books) + 1)) + 0.3
      // A number tells one volume from another, however many books have one.
      word.common = word.books > many && !/\d/.test(word.text)
      word.required = !word.common && !OPTIONAL_WORDS.has(word.text)
    }
    if (words.every(word => word.common)) for (const word of words) word.common = false
    if (words.every(word => !word.required)) for (const word of words) word.required = !word.common
  }

  const parse = (typed: readonly string[], books: number): QueryWord[] => {
    const words = joinInitials(typed, isTerm).map(newWord)
    words.forEach((word, i) => {
      const isLast = i === words.length - 1
      const exact = dictionary.idOf(word.text)
      const isKnown = exact >= 0 && text.documentCount(exact) > 0
      if (isKnown) allow(word, exact, SIMILARITY.exact, KIND.exact)
      for (const numeral of numeralsFor(word.text, words[i - 1]?.text, isLast)) {
        allow(word, dictionary.idOf(numeral), SIMILARITY.otherNumeral, KIND.exact)
      }
      for (const other of otherSigns(word.text)) {
        allow(word, dictionary.idOf(other), SIMILARITY.otherSign, KIND.prefix)
      }
      if (isLast || (!isKnown && word.text.length > 1)) {
        const whenLast = word.text.length > 2 ? SIMILARITY.lastPrefix : SIMILARITY.shortPrefix
        allowCompletions(word, isLast ? whenLast : SIMILARITY.otherPrefix)
      }
      word.books = word.terms.reduce((sum, term) => sum + text.documentCount(term), 0)
      allowJoined(words, i, isKnown)
      if (!isKnown) allowHalves(word)
    })
    weigh(words, books)
    return words
  }

  const expand = (words: readonly QueryWord[], books: number): void => {
    words.forEach((word, i) => {
      const isLast = i === words.length - 1
      const isKnown = word.similarity[dictionary.idOf(word.text)] === 1
      if (isKnown && !isLast && word.text.length > 2) allowCompletions(word, SIMILARITY.otherPrefix)
      const factor = isKnown ? 0.92 : 1
      for (const { term, similarity } of spelling.matches(word.text, isLast)) {
        allow(word, term, similarity * factor, KIND.fuzzy)
      }
      if (isKnown && word.text.length > 5) allowHalves(word)
    })
    weigh(words, books)
  }

  const release = (words: readonly QueryWord[]): void => {
    for (const word of words) for (const term of word.terms) word.similarity[term] = 0
  }

  return { parse, expand, release }
}

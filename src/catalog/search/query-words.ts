/** Turns what a shopper typed into words with all the terms of the dictionary that each may stand for. */
import type { SpellingIndex } from './spelling-index.ts'
import type { TextIndex } from './text-index.ts'

export const maxQueryLength = 200
export const maxQueryWords = 12
/** More terms than these are not looked at for one beginning of a word. */
const maxCompletions = 4000

/** One typed word. `similarity` maps a term number to how well it fits (0 to 1); `terms` are those above 0. */
export type QueryWord = {
  readonly text: string
  /** The share of this word in a book's score: rare words weigh more. */
  weight: number
  /** So many books have it that looking at all of them tells nothing. */
  common: boolean
  /** How many books have a term that this word stands for without a slip. */
  books: number
  readonly terms: number[]
  readonly similarity: Float32Array
  /** Two terms written as one: left half and right half, to stand side by side. */
  readonly halves: { readonly left: number; readonly right: number }[]
  /** Terms that this word and the next one make together. */
  readonly joinedWithNext: number[]
}

/** How well a word fits that is not exactly what was typed; completions get a little more the more was typed. */
export const similarityOf = {
  exact: 1,
  lastPrefix: 0.925,
  /** The last word when there are no more than two letters of it yet. */
  shortPrefix: 0.95,
  otherPrefix: 0.74,
  completeness: 0.06,
  joined: 0.97,
  halves: 0.95,
}

/** Reads words against one text index; keeps its tables from query to query and clears them with `release`. */
export class QueryReader {
  readonly #text: TextIndex
  readonly #spelling: SpellingIndex
  readonly #tables: Float32Array[] = []

  constructor(text: TextIndex, spelling: SpellingIndex) {
    this.#text = text
    this.#spelling = spelling
  }

  /** The words as they stand: exact, the last one also as a beginning, unknown ones as a beginning. */
  read(typed: readonly string[], books: number): QueryWord[] {
    const words = typed.map((text, i) => this.#word(text, i))
    words.forEach((word, i) => {
      const last = i === words.length - 1
      const exact = this.#text.dictionary.idOf(word.text)
      const known = exact >= 0 && this.#text.documentCount(exact) > 0
      if (known) this.#allow(word, exact, similarityOf.exact)
      if (last || (!known && word.text.length > 1)) {
        const whenLast = word.text.length > 2 ? similarityOf.lastPrefix : similarityOf.shortPrefix
        this.#allowCompletions(word, last ? whenLast : similarityOf.otherPrefix)
      }
      word.books = word.terms.reduce((sum, term) => sum + this.#text.documentCount(term), 0)
      this.#allowJoined(words, i, known)
      if (!known) this.#allowHalves(word)
    })
    this.#weigh(words, books)
    return words
  }

  /** Widens words that were read before to beginnings, slips and sounds. */
  widen(words: readonly QueryWord[], books: number): void {
    words.forEach((word, i) => {
      const last = i === words.length - 1
      const known = word.similarity[this.#text.dictionary.idOf(word.text)] === 1
      if (known && !last && word.text.length > 2) this.#allowCompletions(word, similarityOf.otherPrefix)
      const factor = known ? 0.92 : 1
      for (const { term, similarity } of this.#spelling.matches(word.text, last)) {
        this.#allow(word, term, similarity * factor)
      }
      if (known && word.text.length > 5) this.#allowHalves(word)
    })
    this.#weigh(words, books)
  }

  /** Wipes the tables of words that are done with. */
  release(words: readonly QueryWord[]): void {
    for (const word of words) for (const term of word.terms) word.similarity[term] = 0
  }

  #word(text: string, position: number): QueryWord {
    let table = this.#tables[position]
    if (table === undefined || table.length < this.#text.dictionary.terms.length) {
      table = new Float32Array(Math.ceil(this.#text.dictionary.terms.length * 1.25) + 16)
      this.#tables[position] = table
    }
    return {
      text,
      weight: 1,
      common: false,
      books: 0,
      terms: [],
      similarity: table,
      halves: [],
      joinedWithNext: [],
    }
  }

  #allow(word: QueryWord, term: number, similarity: number): void {
    const before = word.similarity[term] ?? 0
    if (similarity <= before || this.#text.documentCount(term) === 0) return
    if (before === 0) word.terms.push(term)
    word.similarity[term] = similarity
  }

  #allowCompletions(word: QueryWord, base: number): void {
    const { dictionary } = this.#text
    const [first, end] = dictionary.prefixRange(word.text)
    const terms = dictionary.alphabetical()
    for (let at = first; at < Math.min(end, first + maxCompletions); at++) {
      const term = terms[at] ?? 0
      const longer = dictionary.termOf(term).length
      this.#allow(word, term, base + (similarityOf.completeness * word.text.length) / longer)
    }
  }

  #allowJoined(words: readonly QueryWord[], i: number, known: boolean): void {
    const word = words[i]
    const next = words[i + 1]
    if (word === undefined || next === undefined) return
    const together = word.text + next.text
    const term = this.#text.dictionary.idOf(together)
    if (term < 0 || this.#text.documentCount(term) === 0) return
    const similarity = known && next.books > 0 ? similarityOf.joined - 0.1 : similarityOf.joined
    this.#allow(word, term, similarity)
    this.#allow(next, term, similarity)
    word.joinedWithNext.push(term)
  }

  #allowHalves(word: QueryWord): void {
    const { dictionary } = this.#text
    for (let cut = 1; cut < word.text.length; cut++) {
      const left = dictionary.idOf(word.text.slice(0, cut))
      const right = left < 0 ? -1 : dictionary.idOf(word.text.slice(cut))
      if (right < 0 || this.#text.documentCount(left) === 0 || this.#text.documentCount(right) === 0) continue
      if (word.text.length - cut === 1 && cut === 1) continue
      word.halves.push({ left, right })
    }
  }

  #weigh(words: readonly QueryWord[], books: number): void {
    const many = Math.max(200, books / 12)
    for (const word of words) {
      // A word that nothing fits is as rare as a word can be.
      word.weight = Math.log(1 + (books + 1) / (Math.max(1, word.books) + 1)) + 0.3
      word.common = word.books > many
    }
    if (words.every(word => word.common)) for (const word of words) word.common = false
  }
}

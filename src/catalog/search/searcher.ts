/** Answers one typed query: the books that match it, and their order by how well they fit. */

import type { BookStore } from './book-store.ts'
import { CandidateCollector } from './candidates.ts'
import { foldWords } from './fold.ts'
import { maxQueryLength, maxQueryWords, QueryReader, type QueryWord } from './query-words.ts'
import { Scorer } from './scoring.ts'
import { SpellingIndex } from './spelling-index.ts'
import type { TextIndex } from './text-index.ts'
import { topOf } from './top.ts'

/** How many of the likeliest books get the exact look. */
const closeLook = 96
/** Books below this share of the best rough score are no match. */
export const matchShare = 0.7
const roughPopularity = 0.15
/** How many books are looked at, and what one of them must reach, for a query to pass as free of slips. */
const quickLook = 16
const tidyScore = 10.2

/** The books that match, unordered; use them before the next query. */
export type Matches = { readonly slots: Uint32Array; readonly words: readonly QueryWord[] }

/** Searches one text index over one shelf. A query must be ended with `done` before the next one begins. */
export class Searcher {
  readonly #shelf: BookStore
  readonly #text: TextIndex
  readonly #gatherer = new CandidateCollector()
  readonly #reader: QueryReader
  readonly #scorer: Scorer

  constructor(shelf: BookStore, text: TextIndex) {
    this.#shelf = shelf
    this.#text = text
    const spelling = new SpellingIndex(text.dictionary, term => text.documentCount(term))
    this.#reader = new QueryReader(text, spelling)
    this.#scorer = new Scorer(text)
  }

  /** The books that match a query. */
  find(q: string): Matches {
    const words = this.#reader.read(queryWords(q), this.#shelf.size)
    const slots = this.#shelf.rows.length
    if (!this.#gatherer.gather(this.#text, words, slots) || !this.#isTidy(words)) {
      this.#reader.widen(words, this.#shelf.size)
      this.#gatherer.gather(this.#text, words, slots)
    }
    return { slots: this.#wellMatched(), words }
  }

  /** The `wanted` best of the books that matched (those of `slots` are kept in place), best first. */
  best(matches: Matches, slots: Uint32Array, wanted: number): Uint32Array {
    const { popularity } = this.#shelf
    const byRough = this.#roughly(matches.words, slots, Math.max(wanted, closeLook))
    const likely = byRough.subarray(0, closeLook)
    const exact = (slot: number) =>
      this.#scorer.score(slot, matches.words, popularity[slot] ?? 0, this.#shelf.size)
    likely.set(topOf(likely, exact, likely.length, slot => this.#shelf.bookId(slot)))
    return byRough.subarray(0, wanted)
  }

  /** Whether one of the likeliest books has the words together, in a title or a name, and not here and there. */
  #isTidy(words: readonly QueryWord[]): boolean {
    const likely = this.#roughly(words, this.#wellMatched(), quickLook)
    return likely.some(slot => this.#scorer.score(slot, words, 0, this.#shelf.size) >= tidyScore)
  }

  #roughly(words: readonly QueryWord[], slots: Uint32Array, wanted: number): Uint32Array {
    const { scores } = this.#gatherer
    const { popularity } = this.#shelf
    const total = words.reduce((sum, word) => sum + (word.common ? 0 : word.weight), 0)
    const rough = (slot: number) => (scores[slot] ?? 0) / total + roughPopularity * (popularity[slot] ?? 0)
    return topOf(slots, rough, wanted, slot => this.#shelf.bookId(slot))
  }

  /** Ends a query. */
  done(matches: Matches): void {
    this.#reader.release(matches.words)
  }

  #wellMatched(): Uint32Array {
    const { touched, scores, count } = this.#gatherer
    let most = 0
    for (let i = 0; i < count; i++) most = Math.max(most, scores[touched[i] ?? 0] ?? 0)
    const least = most * matchShare
    const slots = new Uint32Array(count)
    let kept = 0
    for (let i = 0; i < count; i++) {
      const slot = touched[i] ?? 0
      if ((scores[slot] ?? 0) >= least) slots[kept++] = slot
    }
    return slots.subarray(0, kept)
  }
}

/** The words of a query, bounded in length and number; none for one without letters and digits. */
export function queryWords(q: string): string[] {
  return foldWords(q.slice(0, maxQueryLength), maxQueryWords)
}

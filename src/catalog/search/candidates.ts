/** First pass of a search over the postings: which books have the words of a query, and a rough score of each. */
import { KIND, type Kind, type QueryWord, SIMILARITY } from './query-parser.ts'
import { FIELD_BITS, FIELD_MASK, type TextIndex } from './text-index.ts'

/** Weight of a word by the field it is in: main title, subtitle, series, first author and surname, other authors. */
export const FIELD_WEIGHTS: Readonly<Float32Array> = Float32Array.of(1, 0.92, 0.86, 0.95, 0.97, 0.9, 0.92, 0)

/** From this similarity on a match counts as the typed word itself, not as a guess. */
const SURE_SIMILARITY = 0.85

/**
 * Adds up, per slot, the weights of the words that a book has. Its arrays are as long as the store, so they are kept and
 * cleared between queries. A class for the reasons of decision 64.
 */
export class CandidateCollector {
  /** The slots of the candidates, `count` of them, and the rough scores by slot. */
  slots = new Uint32Array(0)
  scores = new Float32Array(0)
  count = 0
  /** How many words a book must have. */
  #required = 0
  /** By slot: how many of those it has exactly, and how many exactly or as a beginning. */
  #exact = new Uint8Array(0)
  #close = new Uint8Array(0)
  /** How the current word is in a slot. */
  #kind = new Uint8Array(0)
  #best = new Float32Array(0)
  #stamp = new Uint32Array(0)
  #sure = new Uint8Array(0)
  #tick = 0

  /**
   * Fills `slots` and `scores` for a store of `capacity` slots. Returns whether one of the books surely has every word that
   * is not common.
   */
  collect(text: TextIndex, words: readonly QueryWord[], capacity: number): boolean {
    this.#clear(capacity)
    let needed = 0
    this.#required = 0
    for (const word of words) {
      if (word.common) continue
      needed++
      if (word.required) this.#required++
      this.#tick++
      word.terms.forEach((term, i) => {
        this.#addTerm(text, word, term, word.similarity[term] ?? 0, word.kinds[i] ?? KIND.fuzzy)
      })
      for (const { left, right } of word.halves) this.#addHalves(text, word, left, right)
    }
    for (let i = 0; i < this.count; i++) if (this.#sure[this.slots[i] ?? 0] === needed) return true
    return false
  }

  /** How a candidate has all the words that it must have; `KIND.fuzzy` also when it may lack some. */
  kindOf(slot: number): Kind {
    if (this.#exact[slot] === this.#required) return KIND.exact
    return this.#close[slot] === this.#required ? KIND.prefix : KIND.fuzzy
  }

  /** Adds the books that have both halves of a word. */
  #addHalves(text: TextIndex, word: QueryWord, left: number, right: number): void {
    const leftRarer = text.documentCount(left) < text.documentCount(right)
    const others = new Set<number>()
    for (const posting of text.slotsOf.list(leftRarer ? left : right)) others.add(posting >>> FIELD_BITS)
    const both = text.slotsOf.list(leftRarer ? right : left).filter(at => others.has(at >>> FIELD_BITS))
    this.#addPostings(both, 0, both.length, word, SIMILARITY.halves, KIND.fuzzy)
  }

  #addTerm(text: TextIndex, word: QueryWord, term: number, similarity: number, kind: Kind): void {
    const { data, starts, counts } = text.slotsOf
    const start = starts[term] ?? 0
    this.#addPostings(data, start, start + (counts[term] ?? 0), word, similarity, kind)
  }

  #addPostings(
    data: Uint32Array,
    start: number,
    end: number,
    word: QueryWord,
    similarity: number,
    kind: Kind,
  ): void {
    const amount = word.weight * similarity
    const sure = similarity >= SURE_SIMILARITY ? 1 : 0
    const { scores, slots } = this
    const best = this.#best
    const stamp = this.#stamp
    for (let at = start; at < end; at++) {
      const posting = data[at] ?? 0
      const slot = posting >>> FIELD_BITS
      const value = amount * (FIELD_WEIGHTS[posting & FIELD_MASK] ?? 0)
      const before = stamp[slot] === this.#tick ? (best[slot] ?? 0) : 0
      if (word.required && kind < KIND.fuzzy)
        this.#countKind(slot, before === 0 ? KIND.fuzzy : (this.#kind[slot] ?? 0), kind)
      else if (before === 0) this.#kind[slot] = KIND.fuzzy
      if (value <= before) continue
      if (scores[slot] === 0) slots[this.count++] = slot
      if (before === 0) {
        stamp[slot] = this.#tick
        this.#sure[slot] = (this.#sure[slot] ?? 0) + sure
      }
      scores[slot] = (scores[slot] ?? 0) + value - before
      best[slot] = value
    }
  }

  /** Counts that the current word is in a slot in this way, where it had been found in a lesser one. */
  #countKind(slot: number, before: number, kind: Kind): void {
    if (kind < before) {
      if (before === KIND.fuzzy) this.#close[slot] = (this.#close[slot] ?? 0) + 1
      if (kind === KIND.exact) this.#exact[slot] = (this.#exact[slot] ?? 0) + 1
    }
    this.#kind[slot] = Math.min(before, kind)
  }

  #clear(capacity: number): void {
    for (let i = 0; i < this.count; i++) {
      const slot = this.slots[i] ?? 0
      this.scores[slot] = 0
      this.#sure[slot] = 0
      this.#exact[slot] = 0
      this.#close[slot] = 0
    }
    this.count = 0
    if (this.scores.length >= capacity) return
    const length = Math.ceil(capacity * 1.25) + 64
    this.slots = new Uint32Array(length)
    this.scores = new Float32Array(length)
    this.#best = new Float32Array(length)
    this.#stamp = new Uint32Array(length)
    this.#sure = new Uint8Array(length)
    this.#exact = new Uint8Array(length)
    this.#close = new Uint8Array(length)
    this.#kind = new Uint8Array(length)
  }
}

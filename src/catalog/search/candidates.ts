/** First, quick pass over the postings: which books have the typed words at all, and roughly how well. */
import type { QueryWord } from './query-words.ts'
import { similarityOf } from './query-words.ts'
import { fieldBits, fieldMask, type TextIndex } from './text-index.ts'

/** How much a word counts by the field it stands in: main title, subtitle, series, first author, other authors. */
export const fieldWeights: Readonly<Float32Array> = Float32Array.of(1, 0.92, 0.86, 0.95, 0.97, 0.9, 0.92, 0)

/** A match from here on is taken for what was typed, not for a guess. */
const surely = 0.85

/** Adds up, per slot, the weights of the words that a book has. Arrays are kept and wiped between queries. */
export class CandidateCollector {
  /** Touched slots, their rough scores by slot, and how many there are. */
  touched = new Uint32Array(0)
  scores = new Float32Array(0)
  count = 0
  #best = new Float32Array(0)
  #stamp = new Uint32Array(0)
  #sure = new Uint8Array(0)
  #tick = 0

  /** Fills `touched` and `scores`; answers whether a book surely has every word that is not common. */
  gather(text: TextIndex, words: readonly QueryWord[], slots: number): boolean {
    this.#clear(slots)
    let needed = 0
    for (const word of words) {
      if (word.common) continue
      needed++
      this.#tick++
      for (const term of word.terms) this.#spread(text, word, term, word.similarity[term] ?? 0)
      for (const { left, right } of word.halves) this.#spreadHalves(text, word, left, right)
    }
    for (let i = 0; i < this.count; i++) if (this.#sure[this.touched[i] ?? 0] === needed) return true
    return false
  }

  /** Books that have both halves of a word. */
  #spreadHalves(text: TextIndex, word: QueryWord, left: number, right: number): void {
    const leftRarer = text.documentCount(left) < text.documentCount(right)
    const others = new Set<number>()
    for (const posting of text.slotsOf.list(leftRarer ? left : right)) others.add(posting >>> fieldBits)
    const both = text.slotsOf.list(leftRarer ? right : left).filter(at => others.has(at >>> fieldBits))
    this.#spreadOver(both, 0, both.length, word, similarityOf.halves)
  }

  #spread(text: TextIndex, word: QueryWord, term: number, similarity: number): void {
    const { data, starts, counts } = text.slotsOf
    const start = starts[term] ?? 0
    this.#spreadOver(data, start, start + (counts[term] ?? 0), word, similarity)
  }

  #spreadOver(data: Uint32Array, start: number, end: number, word: QueryWord, similarity: number): void {
    const amount = word.weight * similarity
    const sure = similarity >= surely ? 1 : 0
    const { scores, touched } = this
    const best = this.#best
    const stamp = this.#stamp
    for (let at = start; at < end; at++) {
      const posting = data[at] ?? 0
      const slot = posting >>> fieldBits
      const worth = amount * (fieldWeights[posting & fieldMask] ?? 0)
      const before = stamp[slot] === this.#tick ? (best[slot] ?? 0) : 0
      if (worth <= before) continue
      if (scores[slot] === 0) touched[this.count++] = slot
      if (before === 0) {
        stamp[slot] = this.#tick
        this.#sure[slot] = (this.#sure[slot] ?? 0) + sure
      }
      scores[slot] = (scores[slot] ?? 0) + worth - before
      best[slot] = worth
    }
  }

  #clear(slots: number): void {
    for (let i = 0; i < this.count; i++) {
      const slot = this.touched[i] ?? 0
      this.scores[slot] = 0
      this.#sure[slot] = 0
    }
    this.count = 0
    if (this.scores.length >= slots) return
    const length = Math.ceil(slots * 1.25) + 64
    this.touched = new Uint32Array(length)
    this.scores = new Float32Array(length)
    this.#best = new Float32Array(length)
    this.#stamp = new Uint32Array(length)
    this.#sure = new Uint8Array(length)
  }
}

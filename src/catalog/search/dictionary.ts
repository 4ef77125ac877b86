/** Dictionary of the words of all books, numbered as they are added, with the alphabetical order that serves prefix lookups. */

/** More new words than these are sorted in at once instead of being inserted one by one. */
const MAX_INSERTS = 32

/**
 * Term numbers never change and are never reused; a word that no book has any more keeps its number. A class for the
 * reasons of decision 64.
 */
export class Dictionary {
  readonly terms: string[] = []
  readonly #ids = new Map<string, number>()
  #sorted: Uint32Array = new Uint32Array(0)
  #sortedCount = 0

  /** The number of a word, assigned now if it has none. */
  intern(word: string): number {
    const known = this.#ids.get(word)
    if (known !== undefined) return known
    const id = this.terms.length
    this.terms.push(word)
    this.#ids.set(word, id)
    return id
  }

  /** The number of a word, -1 when it has none. */
  idOf(word: string): number {
    return this.#ids.get(word) ?? -1
  }

  termOf(id: number): string {
    return this.terms[id] ?? ''
  }

  /** Term numbers in alphabetical order (by UTF-16 code unit); a view, valid until a word is added. */
  alphabetical(): Uint32Array {
    const missing = this.terms.length - this.#sortedCount
    if (missing > MAX_INSERTS) this.#sortAll()
    else for (let i = 0; i < missing; i++) this.#insert(this.#sortedCount)
    return this.#sorted.subarray(0, this.#sortedCount)
  }

  /** First and one past the last position in `alphabetical()` of the words that begin with `prefix`. */
  prefixRange(prefix: string): readonly [number, number] {
    const sorted = this.alphabetical()
    const first = this.#lowerBound(sorted, term => term < prefix)
    return [first, this.#lowerBound(sorted, term => term < prefix || term.startsWith(prefix))]
  }

  /** A dictionary of these words, numbered in their order, with a known alphabetical order. */
  static restore(terms: readonly string[], alphabetical: Uint32Array): Dictionary {
    const dictionary = new Dictionary()
    for (const term of terms) dictionary.intern(term)
    dictionary.#sorted = alphabetical
    dictionary.#sortedCount = alphabetical.length
    return dictionary
  }

  #lowerBound(sorted: Uint32Array, isBefore: (term: string) => boolean): number {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(this.termOf(sorted[middle] ?? 0))) low = middle + 1
      else high = middle
    }
    return low
  }

  #sortAll(): void {
    const compare = (a: number, b: number) => (this.termOf(a) < this.termOf(b) ? -1 : 1)
    const ids = Array.from(this.terms.keys()).sort(compare)
    this.#sorted = Uint32Array.from(ids)
    this.#sortedCount = ids.length
  }

  #insert(id: number): void {
    const term = this.termOf(id)
    const at = this.#lowerBound(this.#sorted.subarray(0, this.#sortedCount), other => other < term)
    if (this.#sortedCount === this.#sorted.length) {
      const larger = new Uint32Array(this.#sorted.length + MAX_INSERTS * 4)
      larger.set(this.#sorted)
      this.#sorted = larger
    }
    this.#sorted.copyWithin(at + 1, at, this.#sortedCount)
    this.#sorted[at] = id
    this.#sortedCount++
  }
}

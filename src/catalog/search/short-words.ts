/**
 * Filter of the short words of a dictionary: tells which of all the words that are one typo away from a typed one may be in it, without
 * making each of them, which would be most of the time of a search.
 */

/** Words that are looked for with one typo have at most this many letters. */
export const SHORT_WORD = 5
/** One letter more, where a letter was left out. */
const LONGEST = SHORT_WORD + 1
const LETTER_A = 97
const LETTERS = 26
/** A word is numbered as a polynomial of its letters in this base, so that a changed letter changes one term of the sum. */
const BASE = 0x9e3779b1 | 0
/** Bits for each word: the more, the fewer words pass that the dictionary does not have. */
const BITS_PER_WORD = 32

const POWERS: Readonly<Int32Array> = (() => {
  const powers = new Int32Array(LONGEST + 1)
  powers[0] = 1
  for (let i = 1; i < powers.length; i++) powers[i] = Math.imul(powers[i - 1] ?? 0, BASE)
  return powers
})()

const numberOf = (word: string): number => {
  let number = 0
  for (let i = 0; i < word.length; i++) number = (number + Math.imul(word.charCodeAt(i), POWERS[i] ?? 0)) | 0
  return number
}

/** A class for the reasons of decision 64. */
export class ShortWords {
  #words: string[] = []
  #bits = new Uint32Array(64)
  /** So that the upper bits of a number are a place in `#bits`. */
  #shift = 32 - 11

  /** Adds a word of a dictionary; longer ones are ignored. */
  add(word: string): void {
    if (word.length > LONGEST) return
    this.#words.push(word)
    if (this.#words.length * BITS_PER_WORD > this.#bits.length * 32) {
      this.#bits = new Uint32Array(this.#bits.length * 4)
      this.#shift -= 2
      for (const known of this.#words) this.#set(numberOf(known))
    } else this.#set(numberOf(word))
  }

  /** All added words that are one swapped, missing, wrong or extra letter away from `word`, and a few others. */
  oneTypoAway(word: string): string[] {
    const found: string[] = []
    const { length } = word
    /** Sum of the letters from a position on, in their places, and moved by one to the right and to the left. */
    let [rest, right, left] = [numberOf(word), 0, 0]
    for (let i = 0; i < length; i++) right = (right + Math.imul(word.charCodeAt(i), POWERS[i + 1] ?? 0)) | 0
    for (let i = 1; i < length; i++) left = (left + Math.imul(word.charCodeAt(i), POWERS[i - 1] ?? 0)) | 0
    let before = 0
    for (let i = 0; i <= length; i++) {
      const power = POWERS[i] ?? 0
      const head = word.slice(0, i)
      const code = i < length ? word.charCodeAt(i) : 0
      const next = i + 1 < length ? word.charCodeAt(i + 1) : 0
      // `rest` and `right` begin at i, `left` at i + 1.
      const after = (rest - Math.imul(code, power)) | 0
      const swap = Math.imul(next - code, power) + Math.imul(code - next, POWERS[i + 1] ?? 0)
      if (i + 1 < length && this.#has(before + rest + swap))
        found.push(head + word[i + 1] + word[i] + word.slice(i + 2))
      if (i < length && this.#has(before + left)) found.push(head + word.slice(i + 1))
      for (let n = 0; n < LETTERS; n++) {
        const letter = Math.imul(LETTER_A + n, power)
        if (this.#has(before + letter + right))
          found.push(head + String.fromCharCode(LETTER_A + n) + word.slice(i))
        if (i < length && this.#has(before + letter + after))
          found.push(head + String.fromCharCode(LETTER_A + n) + word.slice(i + 1))
      }
      before = (before + Math.imul(code, power)) | 0
      rest = after
      right = (right - Math.imul(code, POWERS[i + 1] ?? 0)) | 0
      left = (left - Math.imul(next, power)) | 0
    }
    return found
  }

  /** The upper bits of a product depend on all bits of a number. */
  #place(number: number): number {
    return Math.imul(number, 0x85ebca6b) >>> this.#shift
  }

  #set(number: number): void {
    const place = this.#place(number)
    this.#bits[place >>> 5] = (this.#bits[place >>> 5] ?? 0) | (1 << (place & 31))
  }

  #has(number: number): boolean {
    const place = this.#place(number)
    return (((this.#bits[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 1
  }
}

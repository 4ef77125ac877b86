/** Books by ISBN: exact in any spelling, or by the first digits. */
import { isbnDigits, normalizeIsbn } from '../isbn.ts'
import type { BookStore } from './book-store.ts'

const fewestDigits = 6
const mostFound = 500

/** ISBN-13 numbers (13 digits fit a double exactly) to slots; a number that two books share keeps both. */
type SlotsOfIsbn = Map<number, number | number[]>

/** Read from the shelf when the first number is asked for: a start need not wait for it. */
export class IsbnLookup {
  readonly #shelf: BookStore
  #read: SlotsOfIsbn | undefined
  #sorted: Float64Array | undefined

  constructor(shelf: BookStore) {
    this.#shelf = shelf
  }

  /** Notes the ISBN of a slot; text that is no valid ISBN is not noted. */
  add(slot: number, isbn: string | undefined): void {
    if (this.#read === undefined) return
    note(this.#read, slot, isbn)
    this.#sorted = undefined
  }

  /** Forgets the ISBN of a slot. */
  remove(slot: number, isbn: string | undefined): void {
    const key = keyOf(isbn)
    const held = key === undefined ? undefined : this.#read?.get(key)
    if (key === undefined || held === undefined) return
    const others = (typeof held === 'number' ? [held] : held).filter(other => other !== slot)
    if (others.length === 0) this.#read?.delete(key)
    else this.#read?.set(key, others.length === 1 ? (others[0] ?? 0) : others)
    this.#sorted = undefined
  }

  /** The slots with exactly this ISBN, in any spelling. */
  exact(isbn: string): number[] {
    const key = keyOf(isbn)
    return key === undefined ? [] : this.#at(key)
  }

  /** The slots whose ISBN-13 or ISBN-10 begins with at least six typed digits, 500 at the most. */
  beginningWith(typed: string): number[] {
    const digits = isbnDigits(typed)?.replace('X', '')
    if (digits === undefined || digits.length < fewestDigits || digits.length > 13) return []
    const asThirteen = /^97[89]/.test(digits) ? this.#range(digits) : []
    if (asThirteen.length > 0 || digits.length > 10) return asThirteen
    // The tenth digit of an ISBN-10 is its check digit, which the ISBN-13 does not have.
    return this.#range(`978${digits.slice(0, 9)}`)
  }

  get #slots(): SlotsOfIsbn {
    if (this.#read === undefined) {
      this.#read = new Map()
      for (const [slot, row] of this.#shelf.rows.entries()) note(this.#read, slot, row?.isbn)
    }
    return this.#read
  }

  #at(key: number): number[] {
    const held = this.#slots.get(key)
    return held === undefined ? [] : typeof held === 'number' ? [held] : held
  }

  #range(prefix: string): number[] {
    this.#sorted ??= Float64Array.from(this.#slots.keys()).sort()
    const first = Number(prefix.padEnd(13, '0'))
    const last = Number(prefix.padEnd(13, '9'))
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] ?? 0) < first) low = middle + 1
      else high = middle
    }
    const found: number[] = []
    for (let at = low; at < this.#sorted.length && found.length < mostFound; at++) {
      const key = this.#sorted[at] ?? 0
      if (key > last) break
      found.push(...this.#at(key))
    }
    return found
  }
}

function note(slots: SlotsOfIsbn, slot: number, isbn: string | undefined): void {
  const key = keyOf(isbn)
  if (key === undefined) return
  const held = slots.get(key)
  if (held === undefined) slots.set(key, slot)
  else slots.set(key, typeof held === 'number' ? [held, slot] : [...held, slot])
}

function keyOf(isbn: string | undefined): number | undefined {
  const normal = isbn === undefined ? undefined : normalizeIsbn(isbn)
  return normal === undefined ? undefined : Number(normal)
}

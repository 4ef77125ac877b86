/** Books by ISBN: exact in any spelling, or by the first digits. */
import { isbnDigits, isbnsIn, normalizeIsbn } from '../isbn.ts'
import type { BookStore } from './book-store.ts'

const MIN_DIGITS = 6
export const MAX_FOUND = 500

/** ISBN-13 numbers (13 digits fit a double exactly) to slots; a number that several books share has all their slots. */
type SlotsByIsbn = Map<number, number | number[]>

export type IsbnLookup = {
  /** Adds the ISBN of a slot; text that is not a valid ISBN is ignored. */
  readonly add: (slot: number, isbn: string | undefined) => void
  readonly remove: (slot: number, isbn: string | undefined) => void
  /** The slots with exactly this ISBN, in any spelling. */
  readonly exact: (isbn: string) => number[]
  /** The slots with an ISBN that stands in a text, whatever surrounds it. */
  readonly inText: (text: string) => number[]
  /** The slots of every ISBN that several books share. */
  readonly shared: () => readonly (readonly number[])[]
  /** The slots whose ISBN-13 or ISBN-10 begins with at least six typed digits, 500 at the most. */
  readonly withPrefix: (typed: string) => number[]
}

const keyOf = (isbn: string | undefined): number | undefined => {
  const normal = isbn === undefined ? undefined : normalizeIsbn(isbn)
  return normal === undefined ? undefined : Number(normal)
}

const addTo = (slots: SlotsByIsbn, shared: Set<number>, slot: number, isbn: string | undefined): void => {
  const key = keyOf(isbn)
  if (key === undefined) return
  const held = slots.get(key)
  if (held === undefined) slots.set(key, slot)
  else {
    slots.set(key, typeof held === 'number' ? [held, slot] : [...held, slot])
    shared.add(key)
  }
}

/** Position of the first of the ascending `keys` that is not below `least`. */
const lowerBound = (keys: Float64Array, least: number): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}

/** The beginnings of an ISBN-13 that typed text may be, the likeliest first: of at least six digits. */
export const isbnPrefixes = (typed: string): readonly string[] => {
  const digits = isbnDigits(typed.normalize('NFKC').replace(/\p{Cf}/gu, ''))?.replace('X', '')
  if (digits === undefined || digits.length < MIN_DIGITS || digits.length > 13) return []
  return [
    ...(/^97[89]/.test(digits) ? [digits] : []),
    // The tenth digit of an ISBN-10 is its check digit, which the ISBN-13 does not have.
    ...(digits.length > 10 ? [] : [`978${digits.slice(0, 9)}`]),
  ]
}

/** Built from the store at the first lookup, so that a start need not wait for it. */
export const createIsbnLookup = (store: BookStore): IsbnLookup => {
  let built: SlotsByIsbn | undefined
  /** The keys that several slots have. */
  const shared = new Set<number>()
  let sorted: Float64Array | undefined

  const slotsByIsbn = (): SlotsByIsbn => {
    if (built === undefined) {
      built = new Map()
      for (const [slot, row] of store.rows.entries()) addTo(built, shared, slot, row?.isbn)
    }
    return built
  }

  const at = (key: number): number[] => {
    const held = slotsByIsbn().get(key)
    return held === undefined ? [] : typeof held === 'number' ? [held] : held
  }

  const inRange = (prefix: string): number[] => {
    sorted ??= Float64Array.from(slotsByIsbn().keys()).sort()
    const last = Number(prefix.padEnd(13, '9'))
    const found: number[] = []
    const first = lowerBound(sorted, Number(prefix.padEnd(13, '0')))
    for (let i = first; i < sorted.length && found.length < MAX_FOUND; i++) {
      const key = sorted[i] ?? 0
      if (key > last) break
      found.push(...at(key))
    }
    return found
  }

  return {
    add: (slot, isbn) => {
      if (built === undefined) return
      addTo(built, shared, slot, isbn)
      sorted = undefined
    },
    remove: (slot, isbn) => {
      const key = keyOf(isbn)
      const held = key === undefined ? undefined : built?.get(key)
      if (key === undefined || held === undefined) return
      const others = (typeof held === 'number' ? [held] : held).filter(other => other !== slot)
      if (others.length === 0) built?.delete(key)
      else built?.set(key, others.length === 1 ? (others[0] ?? 0) : others)
      if (others.length < 2) shared.delete(key)
      sorted = undefined
    },
    exact: isbn => {
      const key = keyOf(isbn)
      return key === undefined ? [] : at(key)
    },
    inText: text => isbnsIn(text).flatMap(isbn => at(Number(isbn))),
    shared: () => {
      slotsByIsbn()
      return Array.from(shared, at)
    },
    withPrefix: typed => {
      for (const prefix of isbnPrefixes(typed)) {
        const found = inRange(prefix)
        if (found.length > 0) return found
      }
      return []
    },
  }
}

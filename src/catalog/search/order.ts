/** The shelf in every order that a page can be sorted in, kept up book by book. */
import type { Sort } from './book-index.ts'
import type { BookStore } from './book-store.ts'
import { field, fieldBits, fieldMask, type TextIndex } from './text-index.ts'

/** Stands for the whole shelf where a category number is asked for. */
export const wholeShelf = -1

type Compare = (a: number, b: number) => number

class SortedSlots {
  slots: Uint32Array
  count: number

  constructor(slots: Uint32Array) {
    this.slots = slots
    this.count = slots.length
  }

  insert(slot: number, compare: Compare): void {
    const at = this.#position(slot, compare)
    if (this.count === this.slots.length) {
      const larger = new Uint32Array(Math.ceil(this.count * 1.25) + 16)
      larger.set(this.slots)
      this.slots = larger
    }
    this.slots.copyWithin(at + 1, at, this.count)
    this.slots[at] = slot
    this.count++
  }

  remove(slot: number, compare: Compare): void {
    const sought = this.#position(slot, compare)
    // A row with a number that is none compares with nothing: it is looked for one by one.
    const at = this.slots[sought] === slot ? sought : this.slots.subarray(0, this.count).indexOf(slot)
    if (at < 0) return
    this.slots.copyWithin(at, at + 1, this.count)
    this.count--
  }

  #position(slot: number, compare: Compare): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare(this.slots[middle] ?? 0, slot) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Sorted lists per category and sort, each made when first asked for. Books that compare equal go by book_id. */
export class ShelfOrders {
  readonly #shelf: BookStore
  readonly #text: TextIndex
  readonly #lists = new Map<number, Map<Sort, SortedSlots>>()
  readonly #titles: (string | undefined)[] = []

  constructor(shelf: BookStore, text: TextIndex) {
    this.#shelf = shelf
    this.#text = text
  }

  /** The slots of a category (or `wholeShelf`) in order; a view, good until the next change. */
  sorted(sort: Sort, category: number): Uint32Array {
    let ofCategory = this.#lists.get(category)
    if (ofCategory === undefined) {
      ofCategory = new Map()
      this.#lists.set(category, ofCategory)
    }
    let list = ofCategory.get(sort)
    if (list === undefined) {
      list = new SortedSlots(this.#slotsOf(category).sort(this.#compare(sort)))
      ofCategory.set(sort, list)
    }
    return list.slots.subarray(0, list.count)
  }

  /** Call with the book in its slot, indexed. */
  insert(slot: number): void {
    for (const [sort, list] of this.#listsOf(slot)) list.insert(slot, this.#compare(sort))
  }

  /** Call before the book in the slot is changed or taken out. */
  remove(slot: number): void {
    for (const [sort, list] of this.#listsOf(slot)) list.remove(slot, this.#compare(sort))
    this.#titles[slot] = undefined
  }

  *#listsOf(slot: number): IterableIterator<[Sort, SortedSlots]> {
    yield* this.#lists.get(wholeShelf) ?? []
    yield* this.#lists.get(this.#shelf.category[slot] ?? 0) ?? []
  }

  #slotsOf(category: number): Uint32Array {
    if (category !== wholeShelf) return this.#shelf.slotsOfCategory.list(category).slice()
    const slots = new Uint32Array(this.#shelf.size)
    let count = 0
    this.#shelf.rows.forEach((row, slot) => {
      if (row !== undefined) slots[count++] = slot
    })
    return slots
  }

  #compare(sort: Sort): Compare {
    const { price, popularity, created, rows } = this.#shelf
    const byId: Compare = (a, b) => (this.#shelf.bookId(a) < this.#shelf.bookId(b) ? -1 : a === b ? 0 : 1)
    switch (sort) {
      case 'price_asc':
        return (a, b) => (price[a] ?? 0) - (price[b] ?? 0) || byId(a, b)
      case 'price_desc':
        return (a, b) => (price[b] ?? 0) - (price[a] ?? 0) || byId(a, b)
      case 'newest':
        return (a, b) =>
          (created[b] ?? 0) - (created[a] ?? 0) ||
          (rows[b]?.published_year ?? -9999) - (rows[a]?.published_year ?? -9999) ||
          byId(a, b)
      case 'rating':
        return (a, b) =>
          (rows[b]?.average_rating ?? 0) - (rows[a]?.average_rating ?? 0) ||
          (rows[b]?.ratings_count ?? 0) - (rows[a]?.ratings_count ?? 0) ||
          byId(a, b)
      case 'title':
        return (a, b) => compareText(this.#titleOf(a), this.#titleOf(b)) || byId(a, b)
      case 'relevance':
        return (a, b) => (popularity[b] ?? 0) - (popularity[a] ?? 0) || byId(a, b)
    }
  }

  /** The folded words of the title, so that case, accents and punctuation do not count. */
  #titleOf(slot: number): string {
    const known = this.#titles[slot]
    if (known !== undefined) return known
    const words: string[] = []
    for (const entry of this.#text.wordsOf.list(slot)) {
      if ((entry & fieldMask) >= field.author) break
      words.push(this.#text.dictionary.termOf(entry >>> fieldBits))
    }
    const title = words.join(' ')
    this.#titles[slot] = title
    return title
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

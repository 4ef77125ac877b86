/** Sorted lists of books, by category and sort order, kept up to date book by book. */
import { titleSortKey } from '../title-order.ts'
import type { Sort } from './book-index.ts'
import { type BookStore, SOLD_OUT } from './book-store.ts'

/** Stands for all categories where a category number is asked for. */
export const ALL_CATEGORIES = -1

type Compare = (a: number, b: number) => number

type SortedSlots = {
  /** The slots in order; a view, valid until the next change. */
  readonly view: () => Uint32Array
  readonly insert: (slot: number, compare: Compare) => void
  readonly remove: (slot: number, compare: Compare) => void
}

/** Takes slots that are sorted already. */
const createSortedSlots = (sorted: Uint32Array): SortedSlots => {
  let slots = sorted
  let count = sorted.length

  const positionOf = (slot: number, compare: Compare): number => {
    let low = 0
    let high = count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare(slots[middle] ?? 0, slot) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    view: () => slots.subarray(0, count),
    insert: (slot, compare) => {
      const at = positionOf(slot, compare)
      if (count === slots.length) {
        const larger = new Uint32Array(Math.ceil(count * 1.25) + 16)
        larger.set(slots)
        slots = larger
      }
      slots.copyWithin(at + 1, at, count)
      slots[at] = slot
      count++
    },
    remove: (slot, compare) => {
      const sought = positionOf(slot, compare)
      // A row with NaN compares equal to everything: it is searched one by one.
      const at = slots[sought] === slot ? sought : slots.subarray(0, count).indexOf(slot)
      if (at < 0) return
      slots.copyWithin(at, at + 1, count)
      count--
    },
  }
}

export type SortedLists = {
  /** The slots of a category (or `ALL_CATEGORIES`) in order; a view, valid until the next change. */
  readonly sorted: (sort: Sort, category: number) => Uint32Array
  /** To be called when the book is in its slot and its words are in the text index. */
  readonly insert: (slot: number) => void
  /** To be called before the book in the slot is changed or removed. */
  readonly remove: (slot: number) => void
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Each list is made at the first query for it. Books that compare equal are ordered by book_id. */
export const createSortedLists = (store: BookStore): SortedLists => {
  const lists = new Map<number, Map<Sort, SortedSlots>>()
  const titles: (string | undefined)[] = []

  const titleOf = (slot: number): string => {
    const row = store.row(slot)
    titles[slot] ??= row === undefined ? '' : titleSortKey(row.title, row.language)
    return titles[slot]
  }

  const byId: Compare = (a, b) => (store.bookId(a) < store.bookId(b) ? -1 : a === b ? 0 : 1)

  const compareBy = (sort: Sort): Compare => {
    const { price, popularity, availability, created, rows } = store
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
        return (a, b) => compareText(titleOf(a), titleOf(b)) || byId(a, b)
      case 'relevance':
        return (a, b) =>
          Number(availability[a] === SOLD_OUT) - Number(availability[b] === SOLD_OUT) ||
          (popularity[b] ?? 0) - (popularity[a] ?? 0) ||
          byId(a, b)
    }
  }

  const slotsIn = (category: number): Uint32Array => {
    if (category !== ALL_CATEGORIES) return store.slotsOfCategory.list(category).slice()
    const slots = new Uint32Array(store.size)
    let count = 0
    store.rows.forEach((row, slot) => {
      if (row !== undefined) slots[count++] = slot
    })
    return slots
  }

  /** The lists, made so far, that a book belongs to. */
  const listsOf = (slot: number): [Sort, SortedSlots][] => [
    ...(lists.get(ALL_CATEGORIES) ?? []),
    ...(lists.get(store.category[slot] ?? 0) ?? []),
  ]

  return {
    sorted: (sort, category) => {
      let ofCategory = lists.get(category)
      if (ofCategory === undefined) {
        ofCategory = new Map()
        lists.set(category, ofCategory)
      }
      let list = ofCategory.get(sort)
      if (list === undefined) {
        list = createSortedSlots(slotsIn(category).sort(compareBy(sort)))
        ofCategory.set(sort, list)
      }
      return list.view()
    },
    insert: slot => {
      for (const [sort, list] of listsOf(slot)) list.insert(slot, compareBy(sort))
    },
    remove: slot => {
      for (const [sort, list] of listsOf(slot)) list.remove(slot, compareBy(sort))
      titles[slot] = undefined
    },
  }
}

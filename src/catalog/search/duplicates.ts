/** Books that stand several times in the shop under one ISBN: lists show one of them. */
import { type BookStore, SOLD_OUT } from './book-store.ts'
import type { IsbnLookup } from './isbn-lookup.ts'

export type Duplicates = {
  /** These slots without those that another one stands for, in the order given; the same array when there are none. */
  readonly without: (slots: Uint32Array) => Uint32Array
  /** To be called when any row has changed. */
  readonly onChange: () => void
}

/** Of the slots of one ISBN, the one that is shown: one in stock if there is any, then by book_id. */
export const shownOf = (slots: readonly number[], store: BookStore): number | undefined => {
  const isSoldOut = (slot: number) => Number(store.availability[slot] === SOLD_OUT)
  return slots.toSorted(
    (a, b) => isSoldOut(a) - isSoldOut(b) || (store.bookId(a) < store.bookId(b) ? -1 : 1),
  )[0]
}

/** Found at the first query after a change; few books have a duplicate, so that is quick. */
export const createDuplicates = (store: BookStore, isbns: IsbnLookup): Duplicates => {
  let hidden: Set<number> | undefined

  const find = (): Set<number> => {
    const found = new Set<number>()
    for (const slots of isbns.shared()) {
      const shown = shownOf(slots, store)
      for (const slot of slots) if (slot !== shown) found.add(slot)
    }
    return found
  }

  return {
    without: slots => {
      hidden ??= find()
      const { size } = hidden
      return size === 0 ? slots : slots.filter(slot => !hidden?.has(slot))
    },
    onChange: () => {
      hidden = undefined
    },
  }
}

/** Filters books and counts, in the same pass, what each other value of a filter would give. */
import {
  availabilities,
  type BrowseQuery,
  type BrowseResult,
  type FacetValue,
  priceBands,
} from './book-index.ts'
import { type BookStore, priceBand } from './book-store.ts'

const mostAuthors = 20
const soldOut = availabilities.indexOf('sold_out')

const misses = { category: 1, author: 2, price: 4, availability: 8 } as const

/** The filters of a query with names turned into numbers; an unknown name is -1 and fits no book. */
export type Filter = {
  readonly category: number | undefined
  readonly authors: readonly number[] | undefined
  readonly minPrice: number
  readonly maxPrice: number
  readonly inStock: boolean | undefined
}

export type Facets = BrowseResult['facets']

type FilterQuery = Pick<
  BrowseQuery,
  'category' | 'author' | 'min_price_cents' | 'max_price_cents' | 'in_stock'
>

/** Reads the filters of a query; an author line of several names asks for books that have all of them. */
export function filterOf(query: FilterQuery, shelf: BookStore): Filter {
  return {
    category: query.category === undefined ? undefined : shelf.categories.idOf(query.category),
    authors: query.author?.split(';').map(name => shelf.authors.idOf(name.trim())),
    minPrice: query.min_price_cents ?? 0,
    maxPrice: query.max_price_cents ?? Number.POSITIVE_INFINITY,
    inStock: query.in_stock,
  }
}

/** Keeps its counters between queries. */
export class FacetCounter {
  readonly #shelf: BookStore
  #authorCounts = new Uint32Array(0)

  constructor(shelf: BookStore) {
    this.#shelf = shelf
  }

  /** The slots that pass the filter, in the order given, and the facets, each without its own filter. */
  count(slots: Uint32Array, filter: Filter): { readonly kept: Uint32Array; readonly facets: Facets } {
    const { category, price, availability, categories, authors, authorsOfSlot } = this.#shelf
    const kept = new Uint32Array(slots.length)
    let keptCount = 0
    const categoryCounts = new Uint32Array(categories.names.length)
    const priceCounts = new Uint32Array(priceBands.length)
    const availabilityCounts = new Uint32Array(availabilities.length)
    if (this.#authorCounts.length < authors.names.length) {
      this.#authorCounts = new Uint32Array(Math.ceil(authors.names.length * 1.25))
    }
    const authorCounts = this.#authorCounts
    const authorsSeen: number[] = []
    const { data, starts, counts } = authorsOfSlot
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] ?? 0
      const missed = this.#misses(slot, filter)
      if (missed === 0) kept[keptCount++] = slot
      if ((missed & ~misses.category) === 0) {
        const at = category[slot] ?? 0
        categoryCounts[at] = (categoryCounts[at] ?? 0) + 1
      }
      if ((missed & ~misses.price) === 0) {
        const at = priceBand(price[slot] ?? 0)
        priceCounts[at] = (priceCounts[at] ?? 0) + 1
      }
      if ((missed & ~misses.availability) === 0) {
        const at = availability[slot] ?? 0
        availabilityCounts[at] = (availabilityCounts[at] ?? 0) + 1
      }
      if ((missed & ~misses.author) === 0) {
        const start = starts[slot] ?? 0
        const end = start + (counts[slot] ?? 0)
        for (let at = start; at < end; at++) {
          const author = data[at] ?? 0
          const before = authorCounts[author] ?? 0
          if (before === 0) authorsSeen.push(author)
          authorCounts[author] = before + 1
        }
      }
    }
    const facets = {
      category: ranked(Array.from(categoryCounts.keys()), categoryCounts, id => categories.nameOf(id)),
      author: topAuthors(authorsSeen, authorCounts, id => authors.nameOf(id)),
      price: priceBands.map((value, band) => ({ value, count: priceCounts[band] ?? 0 })),
      availability: availabilities.map((value, i) => ({ value, count: availabilityCounts[i] ?? 0 })),
    }
    for (const author of authorsSeen) authorCounts[author] = 0
    return { kept: kept.subarray(0, keptCount), facets }
  }

  #misses(slot: number, filter: Filter): number {
    const { category, price, availability, authorsOfSlot } = this.#shelf
    let missed = 0
    if (filter.category !== undefined && filter.category !== category[slot]) missed |= misses.category
    const cents = price[slot] ?? 0
    if (cents < filter.minPrice || cents > filter.maxPrice) missed |= misses.price
    if (filter.inStock !== undefined && filter.inStock !== (availability[slot] !== soldOut)) {
      missed |= misses.availability
    }
    if (filter.authors !== undefined) {
      const ofSlot = authorsOfSlot.list(slot)
      if (!filter.authors.every(author => ofSlot.includes(author))) missed |= misses.author
    }
    return missed
  }
}

/** Values with a count, highest first, equal counts by name. */
function ranked(ids: readonly number[], counts: Uint32Array, nameOf: (id: number) => string): FacetValue[] {
  return ids
    .filter(id => (counts[id] ?? 0) > 0)
    .map(id => ({ value: nameOf(id), count: counts[id] ?? 0 }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}

/** The authors with the most books; looks at names only where counts cannot tell. */
function topAuthors(ids: number[], counts: Uint32Array, nameOf: (id: number) => string): FacetValue[] {
  if (ids.length <= mostAuthors) return ranked(ids, counts, nameOf)
  const byCount = Uint32Array.from(ids, id => counts[id] ?? 0).sort()
  const least = byCount[byCount.length - mostAuthors] ?? 0
  const likely = ids.filter(id => (counts[id] ?? 0) >= least)
  return ranked(likely, counts, nameOf).slice(0, mostAuthors)
}

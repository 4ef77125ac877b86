/** Filter and facet counter: filters books and counts, in the same pass, what each other value of a filter would give. */
import type { BrowseQuery, BrowseResult, FacetValue } from './book-index.ts'
import { AVAILABILITIES, type BookStore, PRICE_BANDS, priceBand } from './book-store.ts'

const MAX_AUTHORS = 20
const SOLD_OUT = AVAILABILITIES.indexOf('sold_out')

/** Bits for the filters that a book does not pass. */
const MISSES = { category: 1, author: 2, price: 4, availability: 8 } as const

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

/** Reads the filters of a query; an author line of several names means books that have all of them. */
export const readFilter = (query: FilterQuery, store: BookStore): Filter => ({
  category: query.category === undefined ? undefined : store.categories.idOf(query.category),
  authors: query.author?.split(';').map(name => store.authors.idOf(name.trim())),
  minPrice: query.min_price_cents ?? 0,
  maxPrice: query.max_price_cents ?? Number.POSITIVE_INFINITY,
  inStock: query.in_stock,
})

/** Values with a count, highest first, equal counts by name. */
const ranked = (ids: readonly number[], counts: Uint32Array, nameOf: (id: number) => string): FacetValue[] =>
  ids
    .filter(id => (counts[id] ?? 0) > 0)
    .map(id => ({ value: nameOf(id), count: counts[id] ?? 0 }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))

/** The authors with the most books; compares names only where counts are equal. */
const topAuthors = (ids: number[], counts: Uint32Array, nameOf: (id: number) => string): FacetValue[] => {
  if (ids.length <= MAX_AUTHORS) return ranked(ids, counts, nameOf)
  const byCount = Uint32Array.from(ids, id => counts[id] ?? 0).sort()
  const least = byCount[byCount.length - MAX_AUTHORS] ?? 0
  const candidates = ids.filter(id => (counts[id] ?? 0) >= least)
  return ranked(candidates, counts, nameOf).slice(0, MAX_AUTHORS)
}

export type FacetCounter = {
  /** The slots that pass the filter, in the order given, and the facets, each without its own filter. */
  readonly count: (
    slots: Uint32Array,
    filter: Filter,
  ) => { readonly kept: Uint32Array; readonly facets: Facets }
}

export const createFacetCounter = (store: BookStore): FacetCounter => {
  // Kept between queries and cleared after each: a store has many more authors than a query has matches.
  let authorCounts = new Uint32Array(0)

  const missesOf = (slot: number, filter: Filter): number => {
    const { category, price, availability, authorsOfSlot } = store
    let misses = 0
    if (filter.category !== undefined && filter.category !== category[slot]) misses |= MISSES.category
    const cents = price[slot] ?? 0
    if (cents < filter.minPrice || cents > filter.maxPrice) misses |= MISSES.price
    if (filter.inStock !== undefined && filter.inStock !== (availability[slot] !== SOLD_OUT)) {
      misses |= MISSES.availability
    }
    if (filter.authors !== undefined) {
      const ofSlot = authorsOfSlot.list(slot)
      if (!filter.authors.every(author => ofSlot.includes(author))) misses |= MISSES.author
    }
    return misses
  }

  const count = (slots: Uint32Array, filter: Filter) => {
    const { category, price, availability, categories, authors, authorsOfSlot } = store
    const kept = new Uint32Array(slots.length)
    let keptCount = 0
    const categoryCounts = new Uint32Array(categories.names.length)
    const priceCounts = new Uint32Array(PRICE_BANDS.length)
    const availabilityCounts = new Uint32Array(AVAILABILITIES.length)
    if (authorCounts.length < authors.names.length) {
      authorCounts = new Uint32Array(Math.ceil(authors.names.length * 1.25))
    }
    const countsOfAuthor = authorCounts
    const authorsSeen: number[] = []
    const { data, starts, counts } = authorsOfSlot
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] ?? 0
      const misses = missesOf(slot, filter)
      if (misses === 0) kept[keptCount++] = slot
      if ((misses & ~MISSES.category) === 0) {
        const at = category[slot] ?? 0
        categoryCounts[at] = (categoryCounts[at] ?? 0) + 1
      }
      if ((misses & ~MISSES.price) === 0) {
        const at = priceBand(price[slot] ?? 0)
        priceCounts[at] = (priceCounts[at] ?? 0) + 1
      }
      if ((misses & ~MISSES.availability) === 0) {
        const at = availability[slot] ?? 0
        availabilityCounts[at] = (availabilityCounts[at] ?? 0) + 1
      }
      if ((misses & ~MISSES.author) === 0) {
        const start = starts[slot] ?? 0
        const end = start + (counts[slot] ?? 0)
        for (let at = start; at < end; at++) {
          const author = data[at] ?? 0
          const before = countsOfAuthor[author] ?? 0
          if (before === 0) authorsSeen.push(author)
          countsOfAuthor[author] = before + 1
        }
      }
    }
    const facets = {
      category: ranked(Array.from(categoryCounts.keys()), categoryCounts, categories.nameOf),
      author: topAuthors(authorsSeen, countsOfAuthor, authors.nameOf),
      price: PRICE_BANDS.map((value, band) => ({ value, count: priceCounts[band] ?? 0 })),
      availability: AVAILABILITIES.map((value, i) => ({ value, count: availabilityCounts[i] ?? 0 })),
    }
    for (const author of authorsSeen) countsOfAuthor[author] = 0
    return { kept: kept.subarray(0, keptCount), facets }
  }

  return { count }
}

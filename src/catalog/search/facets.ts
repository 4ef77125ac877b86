/** Filter and facet counter: filters books and counts, in the same pass, what each other value of a filter would give. */
import { authorNames } from '../author-names.ts'
import { BEFORE_FIRST_DECADE } from '../decade.ts'
import type { BrowseQuery, BrowseResult, FacetValue } from './book-index.ts'
import { AVAILABILITIES, type BookStore, LEAST_RATINGS, SOLD_OUT } from './book-store.ts'
import type { Names } from './names.ts'

export const DEFAULT_AUTHORS = 20

/** Bits for the filters that a book does not pass. */
const MISSES = {
  category: 1,
  author: 2,
  price: 4,
  availability: 8,
  language: 16,
  decade: 32,
  rating: 64,
} as const

/** The filters of a query with names turned into numbers; an unknown name is -1 and fits no book. */
export type Filter = {
  readonly categories: readonly number[] | undefined
  /** One of these groups of authors, whole. */
  readonly authors: readonly (readonly number[])[] | undefined
  readonly languages: readonly number[] | undefined
  readonly decades: readonly number[] | undefined
  readonly minRating: number
  readonly minPrice: number
  readonly maxPrice: number
  readonly inStock: boolean | undefined
  /** How many authors are listed, besides those of the filter. */
  readonly maxAuthors: number
}

export type Facets = BrowseResult['facets']

type FilterQuery = Omit<BrowseQuery, 'q' | 'sort' | 'offset' | 'after' | 'limit'>

/** Reads the filters of a query; an author line of several names means books that have all of them. */
export const readFilter = (query: FilterQuery, store: BookStore): Filter => ({
  categories: query.category?.map(store.categories.idOf),
  authors: query.author?.map(line => authorNames(line).map(store.authors.idOf)),
  languages: query.language?.map(store.languages.idOf),
  decades: query.decade?.map(store.decades.idOf),
  minRating: query.min_rating ?? 0,
  minPrice: query.min_price ?? 0,
  maxPrice: query.max_price ?? Number.POSITIVE_INFINITY,
  inStock: query.in_stock,
  maxAuthors: query.facetLimit ?? DEFAULT_AUTHORS,
})

/** Whether a filter lets every book through. */
export const isOpen = (filter: Filter): boolean =>
  filter.categories === undefined &&
  filter.authors === undefined &&
  filter.languages === undefined &&
  filter.decades === undefined &&
  filter.minRating === 0 &&
  filter.minPrice === 0 &&
  filter.maxPrice === Number.POSITIVE_INFINITY &&
  filter.inStock === undefined

/** Values with a count, and the chosen ones with whatever they have; highest count first, equal ones by name. */
const ranked = (
  ids: readonly number[],
  counts: Uint32Array,
  { nameOf }: Names,
  chosen: readonly number[] = [],
): FacetValue[] =>
  [...new Set([...ids.filter(id => (counts[id] ?? 0) > 0), ...chosen.filter(id => id >= 0)])]
    .map(id => ({ value: nameOf(id), count: counts[id] ?? 0 }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))

/** The authors with the most books, and the chosen ones; compares names only where counts are equal. */
const topAuthors = (
  ids: number[],
  counts: Uint32Array,
  names: Names,
  { authors = [], maxAuthors }: Filter,
): FacetValue[] => {
  const chosen = authors.flat()
  if (ids.length <= maxAuthors) return ranked(ids, counts, names, chosen)
  const byCount = Uint32Array.from(ids, id => counts[id] ?? 0).sort()
  const least = byCount[byCount.length - maxAuthors] ?? 0
  const candidates = ids.filter(id => (counts[id] ?? 0) >= least)
  const top = ranked(candidates, counts, names).slice(0, maxAuthors)
  const others = ranked([], counts, names, chosen).filter(
    one => !top.some(({ value }) => value === one.value),
  )
  return [...top, ...others]
}

/** Adds one to a count. */
const increment = (counts: Uint32Array, at: number): void => {
  counts[at] = (counts[at] ?? 0) + 1
}

const everyId = (counts: Uint32Array): number[] => Array.from(counts.keys())
/** The ids of names but the first, which stands for none. */
const namedIds = (counts: Uint32Array): number[] => everyId(counts).slice(1)

/** What lies before the first decade comes last. */
const latestFirst = (a: FacetValue, b: FacetValue): number => {
  const yearOf = ({ value }: FacetValue) => (value === BEFORE_FIRST_DECADE ? 0 : Number(value))
  return yearOf(b) - yearOf(a)
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
    const { category, price, availability, language, decade, rating, authorsOfSlot } = store
    let misses = 0
    if (filter.categories?.includes(category[slot] ?? 0) === false) misses |= MISSES.category
    if (filter.languages?.includes(language[slot] ?? 0) === false) misses |= MISSES.language
    if (filter.decades?.includes(decade[slot] ?? 0) === false) misses |= MISSES.decade
    if ((rating[slot] ?? 0) < filter.minRating) misses |= MISSES.rating
    const amount = price[slot] ?? 0
    if (amount < filter.minPrice || amount > filter.maxPrice) misses |= MISSES.price
    if (filter.inStock !== undefined && filter.inStock !== (availability[slot] !== SOLD_OUT)) {
      misses |= MISSES.availability
    }
    if (filter.authors !== undefined) {
      const ofSlot = authorsOfSlot.list(slot)
      if (!filter.authors.some(all => all.every(author => ofSlot.includes(author)))) misses |= MISSES.author
    }
    return misses
  }

  const count = (slots: Uint32Array, filter: Filter) => {
    const { category, price, availability, language, decade, rating } = store
    const { categories, authors, languages, decades } = store
    const kept = new Uint32Array(slots.length)
    let keptCount = 0
    const categoryCounts = new Uint32Array(categories.names.length)
    const languageCounts = new Uint32Array(languages.names.length)
    const decadeCounts = new Uint32Array(decades.names.length)
    const priceCounts = new Uint32Array(store.bands.length)
    const availabilityCounts = new Uint32Array(AVAILABILITIES.length)
    const ratingCounts = new Uint32Array(LEAST_RATINGS.length)
    if (authorCounts.length < authors.names.length) {
      authorCounts = new Uint32Array(Math.ceil(authors.names.length * 1.25))
    }
    const authorsSeen: number[] = []
    const { data, starts, counts } = store.authorsOfSlot
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] ?? 0
      const misses = missesOf(slot, filter)
      if (misses === 0) kept[keptCount++] = slot
      // A book that misses two filters counts for no value.
      if ((misses & (misses - 1)) !== 0) continue
      if ((misses & ~MISSES.category) === 0) increment(categoryCounts, category[slot] ?? 0)
      if ((misses & ~MISSES.language) === 0) increment(languageCounts, language[slot] ?? 0)
      if ((misses & ~MISSES.decade) === 0) increment(decadeCounts, decade[slot] ?? 0)
      if ((misses & ~MISSES.price) === 0) increment(priceCounts, store.bandOf(price[slot] ?? 0))
      if ((misses & ~MISSES.availability) === 0) increment(availabilityCounts, availability[slot] ?? 0)
      if ((misses & ~MISSES.rating) === 0) {
        const ofSlot = rating[slot] ?? 0
        for (let at = LEAST_RATINGS.length - 1; at >= 0 && ofSlot >= (LEAST_RATINGS[at] ?? 0); at--) {
          increment(ratingCounts, at)
        }
      }
      if ((misses & ~MISSES.author) === 0) {
        const start = starts[slot] ?? 0
        const end = start + (counts[slot] ?? 0)
        for (let at = start; at < end; at++) {
          const author = data[at] ?? 0
          if (authorCounts[author] === 0) authorsSeen.push(author)
          increment(authorCounts, author)
        }
      }
    }
    const facets = {
      category: ranked(everyId(categoryCounts), categoryCounts, categories, filter.categories),
      author: topAuthors(authorsSeen, authorCounts, authors, filter),
      price: store.bands.map(({ name }, band) => ({ value: name, count: priceCounts[band] ?? 0 })),
      availability: AVAILABILITIES.map((value, i) => ({ value, count: availabilityCounts[i] ?? 0 })),
      language: ranked(namedIds(languageCounts), languageCounts, languages, filter.languages),
      decade: ranked(namedIds(decadeCounts), decadeCounts, decades, filter.decades).sort(latestFirst),
      rating: LEAST_RATINGS.map((value, i) => ({ value: String(value), count: ratingCounts[i] ?? 0 })),
    }
    for (const author of authorsSeen) authorCounts[author] = 0
    return { kept: kept.subarray(0, keptCount), facets }
  }

  return { count }
}

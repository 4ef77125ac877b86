/** Search engine in memory: browsing, searching and suggesting over typed arrays, without a database. */
import type { ListedBook } from '../schema.ts'
import type { BookSearch, BrowseQuery, BrowseResult, FacetValue, Match, Sort } from './book-index.ts'
import type { RowListener } from './book-rows.ts'
import type { BookStore } from './book-store.ts'
import { createDuplicates } from './duplicates.ts'
import { createFacetCounter, type Facets, type Filter, isOpen, readFilter } from './facets.ts'
import type { IsbnLookup } from './isbn-lookup.ts'
import { KIND, type Kind } from './query-parser.ts'
import { createSearcher, type Matches, type Searcher } from './searcher.ts'
import { ALL_CATEGORIES, createSortedLists } from './sorted-lists.ts'
import { makeSuggestions } from './suggest.ts'
import type { TextIndex } from './text-index.ts'
import { firstSlots } from './top-slots.ts'

/** How many of the best books suggestions are made from. */
const SUGGEST_FROM = 48
/** The names of the kinds of match, by their number. */
const MATCHES: readonly Match[] = ['exact', 'prefix', 'fuzzy']
/** How far new books may push the last book of a page back in a search before the next page loses it. */
const MAX_SHIFT = 48

const sameWords = (a: ListedBook | undefined, b: ListedBook | undefined): boolean =>
  a?.title === b?.title && a?.author === b?.author

/** What a search must know of all books, where the store has only the candidates of one query. */
export type Corpus = {
  readonly countBooks: () => number
  /** The categories that have books, in any order. */
  readonly categories: () => readonly FacetValue[]
  /** The books that match, where that is known and not searched for. */
  readonly matches?: Matches
  /** What has found them. */
  readonly searcher?: Searcher
}

const corpusOf = (store: BookStore): Corpus => ({
  countBooks: () => store.size,
  categories: () =>
    store.categories.names.map((value, id) => ({ value, count: store.slotsOfCategory.count(id) })),
})

/** Nothing is remembered from one query to the next but sorted lists and unfiltered facets, until a row changes. */
export const createMemorySearch = (
  store: BookStore,
  text: TextIndex,
  isbns: IsbnLookup,
  corpus: Corpus = corpusOf(store),
): { readonly search: BookSearch; readonly listener: RowListener } => {
  const sortedLists = createSortedLists(store)
  const facetCounter = createFacetCounter(store)
  const duplicates = createDuplicates(store, isbns)
  const searcher = corpus.searcher ?? createSearcher(store, text, corpus.countBooks)
  const unfilteredFacets = new Map<number, Facets>()

  const listener: RowListener = {
    beforeChange: (slot, old, next) => {
      sortedLists.remove(slot)
      if (!sameWords(old, next)) text.remove(slot)
      duplicates.onChange()
      unfilteredFacets.clear()
    },
    afterChange: (slot, next, old) => {
      if (!sameWords(old, next)) text.add(slot, next)
      sortedLists.insert(slot)
      duplicates.onChange()
      unfilteredFacets.clear()
    },
  }

  /** The books of a category, or of all, in order, each once. */
  const listed = (sort: Sort, category: number): Uint32Array =>
    duplicates.without(sortedLists.sorted(sort, category))

  /** Facets of a category or of all books without other filters, counted once between two changes. */
  const facetsWithoutFilter = (category: number): Facets => {
    const known = unfilteredFacets.get(category)
    if (known !== undefined) return known
    const noFilter = readFilter({}, store)
    const { facets } = facetCounter.count(listed('relevance', category), noFilter)
    unfilteredFacets.set(category, facets)
    return facets
  }

  const rowsAt = (slots: Uint32Array): ListedBook[] => {
    const rows: ListedBook[] = []
    for (const slot of slots) {
      const row = store.row(slot)
      if (row !== undefined) rows.push(row)
    }
    return rows
  }

  /** The page of these slots that the query asks for. */
  const pageOf = (
    slots: Uint32Array,
    { offset, after, limit }: BrowseQuery,
  ): Pick<BrowseResult, 'from' | 'items'> => {
    const last = after === undefined ? -1 : slots.indexOf(store.slotOf(after))
    const from = last < 0 ? offset : last + 1
    return { from, items: rowsAt(slots.subarray(from, from + limit)) }
  }

  const browseAll = (query: BrowseQuery, filter: Filter): BrowseResult => {
    const [only, ...others] = filter.categories ?? []
    const isByCategoryOnly =
      isOpen({ ...filter, categories: undefined }) && others.length === 0 && query.facetLimit === undefined
    if (isByCategoryOnly) {
      const category = only ?? ALL_CATEGORIES
      const isKnown = only === undefined || only >= 0
      const sorted = isKnown ? listed(query.sort, category) : new Uint32Array(0)
      const own = isKnown ? facetsWithoutFilter(category) : facetCounter.count(sorted, filter).facets
      const facets = { ...own, category: facetsWithoutFilter(ALL_CATEGORIES).category }
      return { ...pageOf(sorted, query), total: sorted.length, facets }
    }
    const { kept, facets } = facetCounter.count(listed(query.sort, ALL_CATEGORIES), filter)
    return { ...pageOf(kept, query), total: kept.length, facets }
  }

  /** The books whose ISBN was typed, whole or in part; undefined when the query does not look like an ISBN. */
  const matchIsbn = (q: string): Matches | undefined => {
    const exact = isbns.exact(q)
    const whole = exact.length > 0 ? exact : isbns.inText(q)
    const slots = whole.length > 0 ? whole : isbns.withPrefix(q)
    const kind = whole.length > 0 ? KIND.exact : KIND.prefix
    return slots.length > 0
      ? { slots: Uint32Array.from(slots), words: [], kindOf: () => kind, isExpanded: false }
      : undefined
  }

  const bestOf = (matches: Matches, kept: Uint32Array, limit: number): Uint32Array =>
    matches.words.length > 0
      ? searcher.best(matches, kept, limit)
      : firstSlots(kept, sortedLists.sorted('relevance', ALL_CATEGORIES), limit)

  /** The first `limit` of `kept` in another order than by relevance: those that match without guessing, then the others. */
  const firstInOrder = (matches: Matches, kept: Uint32Array, sort: Sort, limit: number): Uint32Array => {
    const sorted = sortedLists.sorted(sort, ALL_CATEGORIES)
    const fuzzy = kept.filter(slot => matches.kindOf(slot) === KIND.fuzzy)
    if (fuzzy.length === 0) return firstSlots(kept, sorted, limit)
    const close = kept.filter(slot => matches.kindOf(slot) !== KIND.fuzzy)
    return Uint32Array.of(...firstSlots(close, sorted, limit), ...firstSlots(fuzzy, sorted, limit))
  }

  const bestKind = ({ kindOf }: Matches, kept: Uint32Array): Kind => {
    if (kept.some(slot => kindOf(slot) === KIND.exact)) return KIND.exact
    return kept.some(slot => kindOf(slot) === KIND.prefix) ? KIND.prefix : KIND.fuzzy
  }

  const browseMatches = (query: BrowseQuery, filter: Filter, q: string): BrowseResult => {
    const { sort, offset, limit, after } = query
    const needed = offset + limit + (after === undefined ? 0 : MAX_SHIFT)
    const matches = corpus.matches ?? matchIsbn(q) ?? searcher.find(q)
    try {
      const { kept, facets } = facetCounter.count(duplicates.without(matches.slots), filter)
      const first =
        sort === 'relevance' ? bestOf(matches, kept, needed) : firstInOrder(matches, kept, sort, needed)
      const { from, items } = pageOf(first, query)
      const matchOf = (kind: Kind) => ({ match: MATCHES[kind] ?? 'fuzzy' })
      return {
        from,
        items: items.map(row => ({ ...row, ...matchOf(matches.kindOf(store.slotOf(row.book_id))) })),
        total: kept.length,
        ...(kept.length === 0 ? {} : matchOf(bestKind(matches, kept))),
        facets,
      }
    } finally {
      searcher.release(matches.words)
    }
  }

  const search: BookSearch = {
    browse: async query => {
      const filter = readFilter(query, store)
      const q = query.q?.trim() ?? ''
      return q === '' ? browseAll(query, filter) : browseMatches(query, filter, q)
    },
    suggest: async (q, limit) => {
      if (q.trim() === '' || limit < 1) return []
      const matches = corpus.matches ?? matchIsbn(q) ?? searcher.find(q, true)
      try {
        const best = bestOf(matches, duplicates.without(matches.slots), Math.max(SUGGEST_FROM, limit))
        return makeSuggestions({ q, limit, best, matches, store, text, categories: corpus.categories() })
      } finally {
        searcher.release(matches.words)
      }
    },
    categories: async () => facetsWithoutFilter(ALL_CATEGORIES).category,
  }
  return { search, listener }
}

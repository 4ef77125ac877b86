/**
 * Search engine in PostgreSQL, over the documents that the projection keeps there. Lists without a query, their facets and the
 * dictionary are read by SQL; a query is answered by the engine in memory over the candidates that SQL finds for it.
 */
import { LRUCache } from 'lru-cache'
import type { SqlQueries } from '../../../core/sql/sql.ts'
import { isbnsIn, normalizeIsbn } from '../../isbn.ts'
import type { PriceBand } from '../../price-bands.ts'
import type { BookSearch, BrowseQuery, BrowseResult, FacetValue } from '../book-index.ts'
import { BookStore } from '../book-store.ts'
import { createIsbnLookup, isbnPrefixes, MAX_FOUND } from '../isbn-lookup.ts'
import { type Corpus, createMemorySearch } from '../memory-search.ts'
import { KIND } from '../query-parser.ts'
import type { Matches } from '../searcher.ts'
import { TextIndex } from '../text-index.ts'
import {
  addRows,
  type CandidateRow,
  type Candidates,
  createTermCounts,
  findCandidates,
  MAX_CANDIDATES,
} from './candidates.ts'
import { type Counted, countFacets } from './count-facets.ts'
import { allOf, type FilterQuery, internChosen, readFilters } from './filters.ts'
import { readPage } from './list-page.ts'
import { quoted } from './text-query.ts'

export type SqlSearchOptions = {
  readonly sql: SqlQueries
  /** Of the price facet. */
  readonly bands: readonly PriceBand[]
  /** For how many times as long as it took, the count of a list is kept; 20 by default, 0 for not at all. */
  readonly keepFactor?: number
  /** Which filling of the search tables is read: what was counted in another is not used. */
  readonly generation?: () => string
  /** Whether descriptions are searched when titles and names give nothing, as they are by default. */
  readonly withDescriptions?: boolean
}

const KEEP_FACTOR = 20
/** How long a count is kept at least and at most (ms), and how many of them are. */
const KEEP_MS = { least: 200, most: 60_000 }
const MAX_KEPT = 300
/** Fewer letters than these tell nothing of a book by its description. */
const MIN_LETTERS = 4

type Row = { readonly doc: CandidateRow }

/** What was counted: books that have a word, and books and facets of lists. */
const createCounts = (generation: string) => ({
  generation,
  terms: createTermCounts(),
  lists: new LRUCache<string, Promise<Counted>>({ max: MAX_KEPT }),
})
type Counts = ReturnType<typeof createCounts>

/** The engine in memory over a few books. */
const searchOver = (store: BookStore, text: TextIndex, corpus: Corpus): BookSearch =>
  createMemorySearch(store, text, createIsbnLookup(store), corpus).search

/** An index of these books alone. */
const indexOf = (rows: readonly Row[], bands: readonly PriceBand[]) => {
  const store = new BookStore(bands)
  const text = new TextIndex()
  addRows(
    store,
    text,
    rows.map(({ doc }) => doc),
  )
  return { store, text }
}

export const createSqlSearch = ({
  sql,
  bands,
  keepFactor = KEEP_FACTOR,
  generation = () => '',
  withDescriptions = true,
}: SqlSearchOptions): BookSearch => {
  let counted = createCounts(generation())

  /** The counts of this generation. A count that is still running writes to those that it began with. */
  const countsNow = (): Counts => {
    const current = generation()
    if (counted.generation !== current) counted = createCounts(current)
    return counted
  }

  /** Counting all books of a large shop takes a second, so a count is kept for a while. */
  const count = (query: FilterQuery): Promise<Counted> => {
    const { lists: kept } = countsNow()
    const key = JSON.stringify(Object.entries(query).sort())
    const known = kept.get(key)
    if (known) return known
    const start = performance.now()
    const counting = countFacets(sql, query, bands)
    kept.set(key, counting, { ttl: KEEP_MS.most })
    counting.then(
      () => {
        const ttl = Math.min(Math.max(KEEP_MS.least, keepFactor * (performance.now() - start)), KEEP_MS.most)
        if (keepFactor === 0) kept.delete(key)
        else kept.set(key, counting, { ttl })
      },
      () => kept.delete(key),
    )
    return counting
  }

  const categories = async (): Promise<readonly FacetValue[]> => (await count({})).facets.category

  const browseAll = async (query: BrowseQuery): Promise<BrowseResult> => {
    const { q: _q, sort: _sort, offset: _offset, after: _after, limit: _limit, ...filters } = query
    const [page, counted] = await Promise.all([readPage(sql, query), count(filters)])
    return { ...page, ...counted }
  }

  const readByIsbn = (
    where: string,
    params: readonly (string | readonly string[])[],
  ): Promise<readonly Row[]> =>
    sql.query<Row>(
      `select json_build_array(row, fields) as doc from search.books where ${where} order by isbn13, book_id limit ${MAX_FOUND}`,
      params,
    )

  /** The books whose ISBN was typed, whole or in part. */
  const findByIsbn = async (q: string): Promise<readonly Row[]> => {
    const whole = [normalizeIsbn(q) ?? [], isbnsIn(q)].flat()
    const prefixes = isbnPrefixes(q)
    if (whole.length > 0) {
      const found = await readByIsbn('isbn13 = any(array(select jsonb_array_elements_text($1::jsonb)))', [
        whole,
      ])
      if (found.length > 0) return found
    }
    for (const prefix of prefixes) {
      const found = await readByIsbn('isbn13 >= $1 and isbn13 < $2', [prefix, `${prefix}:`])
      if (found.length > 0) return found
    }
    return []
  }

  /** Answers from these books alone. */
  const browseOver = async (
    query: BrowseQuery,
    { store, text }: { readonly store: BookStore; readonly text: TextIndex },
    corpus: Omit<Corpus, 'categories'>,
  ): Promise<BrowseResult> => {
    await internChosen(sql, query, store)
    return searchOver(store, text, { ...corpus, categories: () => [] }).browse(query)
  }

  /** Books whose descriptions have all the words as they were typed. */
  const browseDescriptions = async (
    query: BrowseQuery,
    words: readonly string[],
  ): Promise<BrowseResult | undefined> => {
    if (!withDescriptions || words.join('').length < MIN_LETTERS) return undefined
    const condition = words.map(quoted).join(' & ')
    const rows = await sql.query<Row>(
      `select json_build_array(row, fields) as doc from search.books where about @@ $1::tsquery and not hidden
       order by popularity desc, book_id limit ${MAX_CANDIDATES}`,
      [condition],
    )
    if (rows.length === 0) return undefined
    const index = indexOf(rows, bands)
    const slots = Uint32Array.from(index.store.rows.keys())
    const matches = { slots, words: [], kindOf: () => KIND.fuzzy, isExpanded: false }
    return browseOver(query, index, { countBooks: () => slots.length, matches })
  }

  /** More candidates than were read: those of the page pass the filters, and the others are counted where they are. */
  const browseMany = async (
    query: BrowseQuery,
    candidates: Candidates,
    matches: Matches,
  ): Promise<BrowseResult> => {
    const { store, text, books, searcher } = candidates
    // Fuzzy matches are few: where there are any, they and all others were read.
    const isClose =
      matches.slots.length > 0 && !matches.slots.some(slot => matches.kindOf(slot) === KIND.fuzzy)
    const beyond = isClose ? candidates.beyond : undefined
    const { q: _q, sort: _sort, offset: _offset, after: _after, limit: _limit, ...rest } = query
    const filters = readFilters(rest, 2)
    const isFiltered = beyond !== undefined && filters.params.length > 0
    if (isFiltered) {
      const rows = await sql.query<Row>(
        `select json_build_array(row, fields) as doc from search.books b where words @@ $1::tsquery${allOf(filters)}
         order by popularity desc, source_key limit ${MAX_CANDIDATES}`,
        [beyond, ...filters.params],
      )
      addRows(
        store,
        text,
        rows.map(({ doc }) => doc),
      )
    }
    const corpus = {
      countBooks: () => books,
      searcher,
      matches: isFiltered ? candidates.match() : matches,
    }
    const result = await browseOver(query, { store, text }, corpus)
    if (beyond === undefined) return result
    return { ...result, ...(await countFacets(sql, rest, bands, beyond)) }
  }

  return {
    browse: async query => {
      const q = query.q?.trim() ?? ''
      if (q === '') return browseAll(query)
      const byIsbn = await findByIsbn(q)
      if (byIsbn.length > 0) {
        const index = indexOf(byIsbn, bands)
        return browseOver(query, index, { countBooks: () => index.store.size })
      }
      const candidates = await findCandidates(sql, q, {
        bands,
        counts: countsNow().terms,
        isIncomplete: false,
      })
      const matches = candidates.match()
      const isEmpty = matches.slots.length === 0
      const described = isEmpty ? await browseDescriptions(query, candidates.required) : undefined
      return described ?? browseMany(query, candidates, matches)
    },
    suggest: async (q, limit) => {
      if (q.trim() === '' || limit < 1) return []
      const [byIsbn, ofAll] = await Promise.all([findByIsbn(q), categories()])
      const found =
        byIsbn.length > 0
          ? indexOf(byIsbn, bands)
          : await findCandidates(sql, q, { bands, counts: countsNow().terms, isIncomplete: true })
      const corpus =
        'books' in found
          ? { countBooks: () => found.books, searcher: found.searcher, matches: found.match() }
          : { countBooks: () => found.store.size }
      return searchOver(found.store, found.text, { ...corpus, categories: () => ofAll }).suggest(q, limit)
    },
    categories,
  }
}

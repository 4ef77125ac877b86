/**
 * Candidates of one query: an index in memory of the few books that may match it, which PostgreSQL finds, with the numbers that
 * count all books. The query parser, the scorer and the facet counter of the index in memory are asked over it as they are.
 */
import { LRUCache } from 'lru-cache'
import type { SqlQueries } from '../../../core/sql/sql.ts'
import type { PriceBand } from '../../price-bands.ts'
import type { ListedBook } from '../../schema.ts'
import { BookStore } from '../book-store.ts'
import { type QueryWord, queryWords } from '../query-parser.ts'
import { createSearcher, type Matches, MIN_SHARE, type Searcher } from '../searcher.ts'
import { type FieldWords, TextIndex } from '../text-index.ts'
import { readSpellings, readTerms, type TermCount } from './terms.ts'
import { toTextQuery } from './text-query.ts'

/** More candidates are not scored: of more the most popular. */
export const MAX_CANDIDATES = 1_500
/** What a book with all words is expected to score at least, as a share of the most that is possible. */
const EXPECTED_SHARE = 0.9

/** A text index that counts all books that have a word, not only those that it holds. A class for the reasons of decision 64. */
class CandidateText extends TextIndex {
  readonly #counts = new Map<number, number>()

  setCounts(terms: readonly TermCount[]): void {
    for (const { term, books } of terms)
      if (term !== '') this.#counts.set(this.dictionary.intern(term), books)
  }

  override documentCount(term: number): number {
    return this.#counts.get(term) ?? 0
  }
}

/** Row and folded words of a book. */
export type CandidateRow = readonly [row: ListedBook, fields: readonly FieldWords[]]

/**
 * Of the books of one ISBN the one that lists show belongs to the candidates, so that the others can be left out. Rows are read again
 * by their place, which does not change within a statement.
 */
const FIND = `with found as materialized (
    select ctid as place, source_key, popularity, isbn13, hidden from search.books where words @@ $1::tsquery),
  best as (select place from found order by popularity desc, source_key limit ${MAX_CANDIDATES}),
  docs as (select row, fields from search.books where ctid = any(array(select place from best))
    union all select row, fields from search.books
      where not hidden and isbn13 in (select isbn13 from found where hidden) and ctid not in (select place from best))
  select (select count(*)::int from found) as total,
    (select coalesce(json_agg(json_build_array(row, fields)), '[]') from docs) as docs`

type Found = { readonly total: number; readonly docs: readonly CandidateRow[] }

/** How many books have a word, as it was read a minute ago at most: the scorer weighs words by it. */
export type TermCounts = LRUCache<string, number>

const COUNTED_TERMS = { max: 50_000, ttl: 60_000 }

export const createTermCounts = (): TermCounts => new LRUCache(COUNTED_TERMS)

/** The counts of all words of these books. A count that is known may be forgotten while the others are read. */
const readCounts = async (
  sql: SqlQueries,
  known: TermCounts,
  rows: readonly CandidateRow[],
): Promise<readonly TermCount[]> => {
  const counted: TermCount[] = []
  const unknown: string[] = []
  for (const term of new Set(rows.flatMap(([, fields]) => fields.flatMap(([, words]) => words)))) {
    const books = known.get(term)
    if (books === undefined) unknown.push(term)
    else counted.push({ term, books })
  }
  if (unknown.length === 0) return counted
  const read = await sql.query<TermCount>(
    'select term, books from search.terms where term = any(array(select jsonb_array_elements_text($1::jsonb)))',
    [unknown],
  )
  for (const { term, books } of read) known.set(term, books)
  return [...counted, ...read]
}

export type Candidates = {
  readonly store: BookStore
  readonly text: TextIndex
  /** How many books there are. */
  readonly books: number
  /** Where there are more candidates than were read: the condition for books that have the words as typed. */
  readonly beyond: string | undefined
  /** The words as typed, without the optional ones; none where all of them are. */
  readonly required: readonly string[]
  readonly searcher: Searcher
  /** Those that match, of all that are in the store now. */
  readonly match: () => Matches
}

/** Books and their words, as `FIND` returns them. */
export const addRows = (store: BookStore, text: TextIndex, rows: readonly CandidateRow[]): void => {
  for (const [row, fields] of rows) if (store.slotOf(row.book_id) < 0) text.addWords(store.add(row), fields)
}

export type CandidateOptions = {
  readonly bands: readonly PriceBand[]
  readonly counts: TermCounts
  readonly isIncomplete: boolean
}

/** Finds the candidates of a typed query; `isIncomplete` while it is being typed. Throws SqlError. */
export const findCandidates = async (
  sql: SqlQueries,
  q: string,
  { bands, counts, isIncomplete }: CandidateOptions,
): Promise<Candidates> => {
  const store = new BookStore(bands)
  const text = new CandidateText()
  let books = 0
  const searcher = createSearcher(store, text, () => books)
  let isMore = false
  let asTyped: string | undefined

  /** Reads the books that meet the condition. */
  const read = async (condition: string): Promise<void> => {
    const [found] = await sql.query<Found>(FIND, [condition])
    if (!found) return
    text.setCounts(await readCounts(sql, counts, found.docs))
    addRows(store, text, found.docs)
    isMore = found.total > MAX_CANDIDATES
  }

  /**
   * Reads every book that may match: that has enough of the words, and reaches the share of the best score below which none matches. That
   * score is not known before: it is supposed, and where no book reaches it, that of the best book that was read is taken.
   */
  const collect = async (words: readonly QueryWord[], isTyped: boolean): Promise<void> => {
    const query = toTextQuery(words, text)
    const supposed = query.most * EXPECTED_SHARE
    const first = query.reaching(supposed * MIN_SHARE)
    if (first !== undefined) await read(first)
    asTyped = query.asTyped()
    const { best, isSure } = searcher.rate(words)
    if (best >= supposed || (isTyped && !isSure)) return
    const second = query.reaching(best * MIN_SHARE)
    if (second !== undefined && second !== first) await read(second)
  }

  const typed = queryWords(q).map(word => word.toWellFormed())
  const terms = await readTerms(sql, typed)
  text.setCounts(terms)
  books = terms.find(({ term }) => term === '')?.books ?? 0
  let words = searcher.parse(typed)
  const required = words.filter(word => word.required).map(word => word.text)
  await collect(words, true)
  const isExpanded = !searcher.isTidy(words)
  if (isExpanded) {
    text.setCounts(
      await readSpellings(
        sql,
        words.map(word => word.text),
      ),
    )
    searcher.release(words)
    words = searcher.parse(typed)
    searcher.expand(words)
    await collect(words, false)
  }
  return {
    store,
    text,
    books,
    beyond: isMore ? asTyped : undefined,
    required,
    searcher,
    match: () => searcher.match(words, isExpanded, isIncomplete),
  }
}

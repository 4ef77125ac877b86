/**
 * Document of a book in the search tables of PostgreSQL: its row of the index, its words as they are folded here, and what lists are
 * sorted and filtered by. PostgreSQL compares words and folds none, so both engines find the same.
 */
import { authorKey, authorNames } from '../../author-names.ts'
import { decadeOf } from '../../decade.ts'
import { foldWords } from '../../fold-words.ts'
import { normalizeIsbn } from '../../isbn.ts'
import type { ListedBook } from '../../schema.ts'
import { titleSortKey } from '../../title-order.ts'
import { AVAILABILITIES } from '../book-store.ts'
import { phoneticKey } from '../phonetic.ts'
import { popularity } from '../popularity.ts'
import { letterPairs } from '../spelling-keys.ts'
import { type FieldWords, wordsByField } from '../text-index.ts'

/** To be raised whenever a document, a sound or the letter pairs of a word change their meaning: all books are then written again. */
export const DOCUMENT_VERSION = 1

/** Text that a B-tree or an inverted index holds has a limit; nothing is told apart by more letters. */
const MAX_KEY = 200
/** Words of a description that are searched. */
const MAX_DESCRIPTION_WORDS = 1_000

export type SearchDocument = {
  readonly book_id: string
  readonly category: string
  readonly row: ListedBook
  readonly fields: readonly FieldWords[]
  /** The words of all fields, each once. */
  readonly words: readonly string[]
  /** The words of the description, each once. */
  readonly about: readonly string[]
  readonly isbn13: string | null
  /** Minor units. */
  readonly price: number
  /** Position in AVAILABILITIES. */
  readonly availability: number
  readonly popularity: number
  readonly rating: number
  readonly ratings: number
  readonly language: string | null
  readonly year: number | null
  readonly decade: string | null
  /** Milliseconds since 1970. */
  readonly created: number
  readonly title_key: string
  readonly authors: readonly string[]
  /** What the spellings of each of them have in common. */
  readonly author_keys: readonly string[]
}

/** What filters by authors, and the index of them, compare. */
export const authorKeyInSql = (name: string): string => authorKey(name).slice(0, MAX_KEY).toWellFormed()

/** The names of an author line by their keys; of two spellings of one name the first. */
const namesByKey = (line: string): ReadonlyMap<string, string> => {
  const names = new Map<string, string>()
  for (const name of authorNames(line)) {
    const key = authorKeyInSql(name)
    if (!names.has(key)) names.set(key, name)
  }
  return names
}

/** The document of a book. Its texts must be such as PostgreSQL holds. */
export const toDocument = (row: ListedBook, description = ''): SearchDocument => {
  const fields = wordsByField(row)
  const authors = namesByKey(row.author)
  return {
    book_id: row.book_id,
    category: row.category,
    row,
    fields,
    words: [...new Set(fields.flatMap(([, words]) => words))],
    about: [...new Set(foldWords(description, MAX_DESCRIPTION_WORDS))],
    isbn13: (row.isbn === undefined ? undefined : normalizeIsbn(row.isbn)) ?? null,
    price: row.price,
    availability: AVAILABILITIES.indexOf(row.availability),
    popularity: popularity(row),
    rating: row.average_rating ?? 0,
    ratings: row.ratings_count ?? 0,
    language: row.language ?? null,
    year: row.published_year ?? null,
    decade: row.published_year === undefined ? null : decadeOf(row.published_year),
    created: Date.parse(row.created_at) || 0,
    title_key: titleSortKey(row.title, row.language).slice(0, MAX_KEY).toWellFormed(),
    authors: [...authors.values()],
    author_keys: [...authors.keys()],
  }
}

/** What typing errors of a word are found by. */
export type TermKeys = {
  readonly sound: string
  readonly pairs: readonly { readonly pair: number; readonly n: number }[]
}

export const termKeys = (term: string): TermKeys => {
  const counts = new Map<number, number>()
  for (const pair of letterPairs(term)) counts.set(pair, (counts.get(pair) ?? 0) + 1)
  return { sound: phoneticKey(term), pairs: [...counts].map(([pair, n]) => ({ pair, n })) }
}

/** Suggestions for an incomplete query: categories, then titles and authors as they fit. */
import { nameWords } from '../author-names.ts'
import { foldWords } from '../fold-words.ts'
import type { FacetValue, Suggestion } from './book-index.ts'
import type { BookStore } from './book-store.ts'
import { queryWords } from './query-parser.ts'
import type { Matches } from './searcher.ts'
import type { TextIndex } from './text-index.ts'

const MAX_CATEGORIES = 2
const MIN_LETTERS = 2
/** From this similarity on a typed word counts as a word of an author's name. */
const MIN_NAME_SIMILARITY = 0.6

/** The categories whose words begin with the typed ones, biggest first. */
const suggestCategories = (q: string, categories: readonly FacetValue[]): Suggestion[] => {
  const typed = queryWords(q)
  if (typed.join('').length < MIN_LETTERS) return []
  return categories
    .filter(({ value, count }) => {
      if (count === 0) return false
      const words = foldWords(value)
      return typed.every(prefix => words.some(word => word.startsWith(prefix)))
    })
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_CATEGORIES)
    .map(({ value }) => ({ kind: 'category', text: value }))
}

/** Whether every typed word stands for a word of this name. */
const isAuthorTyped = (name: string, matches: Matches, text: TextIndex): boolean => {
  const terms = nameWords(name).map(word => text.dictionary.idOf(word))
  return matches.words.every(({ similarity }) =>
    terms.some(term => (similarity[term] ?? 0) >= MIN_NAME_SIMILARITY),
  )
}

type SuggestInput = {
  readonly q: string
  readonly limit: number
  /** The best books of the query, in their order. */
  readonly best: Uint32Array
  readonly matches: Matches
  readonly store: BookStore
  readonly text: TextIndex
  /** Of all books. */
  readonly categories: readonly FacetValue[]
}

/**
 * At most `limit` suggestions: the author of a book comes before its title when the author's name is what was typed. No
 * text twice within a kind.
 */
export const makeSuggestions = ({
  q,
  limit,
  best,
  matches,
  store,
  text,
  categories,
}: SuggestInput): Suggestion[] => {
  const found = suggestCategories(q, categories)
  const seen = new Set<string>()
  const maxAuthors = Math.max(1, Math.floor(limit / 2))
  let authors = 0
  const isNew = (key: string) => !seen.has(key) && seen.add(key).has(key)
  for (const slot of best) {
    const row = store.row(slot)
    if (row === undefined || found.length >= limit) break
    for (const author of matches.words.length === 0 ? [] : store.authorsOfSlot.list(slot)) {
      const name = store.authors.nameOf(author)
      if (authors < maxAuthors && isNew(`author ${name}`) && isAuthorTyped(name, matches, text)) {
        found.push({ kind: 'author', text: name })
        authors++
      }
    }
    if (isNew(`book ${row.title}`)) found.push({ kind: 'book', text: row.title, book: row })
  }
  return found.slice(0, limit)
}

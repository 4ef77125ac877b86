/** Makes suggestions for a half-typed query: categories, then titles and authors as they fit. */
import type { Suggestion } from './book-index.ts'
import type { BookStore } from './book-store.ts'
import { foldWords } from './fold.ts'
import { type Matches, queryWords } from './searcher.ts'
import type { TextIndex } from './text-index.ts'

const mostCategories = 2
const fewestLetters = 2
/** From here on a typed word is taken to mean a word of an author's name. */
const meant = 0.6

/** The categories whose words begin with the typed ones, biggest first. */
function categorySuggestions(q: string, shelf: BookStore): Suggestion[] {
  const typed = queryWords(q)
  if (typed.join('').length < fewestLetters) return []
  return shelf.categories.names
    .map((name, id) => ({ name, count: shelf.slotsOfCategory.count(id) }))
    .filter(({ name, count }) => {
      if (count === 0) return false
      const words = foldWords(name)
      return typed.every(prefix => words.some(word => word.startsWith(prefix)))
    })
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, mostCategories)
    .map(({ name }) => ({ kind: 'category', text: name }))
}

/** Whether every typed word stands for a word of this name. */
function namesAuthor(name: string, matches: Matches, text: TextIndex): boolean {
  const terms = foldWords(name).map(word => text.dictionary.idOf(word))
  return matches.words.every(({ similarity }) => terms.some(term => (similarity[term] ?? 0) >= meant))
}

/**
 * At most `limit` suggestions from the best books of a query, in their order: the author of a book comes before its
 * title when the author's name is what was typed. No text twice within a kind.
 */
export function suggestions(
  q: string,
  limit: number,
  best: Uint32Array,
  matches: Matches,
  shelf: BookStore,
  text: TextIndex,
): Suggestion[] {
  const found = categorySuggestions(q, shelf)
  const seen = new Set<string>()
  const mostAuthors = Math.max(1, Math.floor(limit / 2))
  let authors = 0
  const isNew = (key: string) => !seen.has(key) && seen.add(key).has(key)
  for (const slot of best) {
    const row = shelf.row(slot)
    if (row === undefined || found.length >= limit) break
    for (const author of matches.words.length === 0 ? [] : shelf.authorsOfSlot.list(slot)) {
      const name = shelf.authors.nameOf(author)
      if (authors < mostAuthors && isNew(`author ${name}`) && namesAuthor(name, matches, text)) {
        found.push({ kind: 'author', text: name })
        authors++
      }
    }
    if (isNew(`book ${row.title}`)) found.push({ kind: 'book', text: row.title, book_id: row.book_id })
  }
  return found.slice(0, limit)
}

/** Text search conditions of PostgreSQL, for the books that have so many of the words of a query that they may match. */
import { KIND, type QueryWord, SIMILARITY } from '../query-parser.ts'
import type { TextIndex } from '../text-index.ts'

/** More words than these are not combined: the number of combinations doubles with each. */
const MAX_COMBINED = 6

/** A word as a lexeme of a text search condition. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`

/** A word of a query as a condition, and the most that a book can score with it. */
type Part = { readonly condition: string; readonly most: number }

const partOf = (word: QueryWord, text: TextIndex): Part | undefined => {
  const { dictionary } = text
  const terms = word.terms.map(term => dictionary.termOf(term))
  const begun = terms.filter(term => term !== word.text && term.startsWith(word.text))
  const others = begun.length > 0 ? terms.filter(term => !term.startsWith(word.text)) : terms
  const alternatives = [
    ...(begun.length > 0 ? [`${quoted(word.text)}:*`] : []),
    ...others.map(quoted),
    ...word.halves.map(
      ({ left, right }) => `(${quoted(dictionary.termOf(left))} & ${quoted(dictionary.termOf(right))})`,
    ),
  ]
  if (alternatives.length === 0) return undefined
  const similarities = word.terms.map(term => word.similarity[term] ?? 0)
  const best = Math.max(word.halves.length > 0 ? SIMILARITY.halves : 0, ...similarities)
  return { condition: `(${alternatives.join(' | ')})`, most: word.weight * best }
}

/** What a book must have to score at least this much: any words, words that no book can have, or these. */
type Condition = 'any' | 'none' | { readonly text: string }

/** Each word is written as rarely as possible. */
const combine = (parts: readonly Part[], least: number): Condition => {
  if (least <= 0) return 'any'
  const [first, ...others] = parts
  if (!first || parts.reduce((sum, { most }) => sum + most, 0) < least) return 'none'
  const rest = combine(others, least - first.most)
  const without = combine(others, least)
  const withFirst =
    typeof rest === 'object' ? `(${first.condition} & ${rest.text})` : rest === 'any' ? first.condition : ''
  const all = [withFirst, typeof without === 'object' ? without.text : ''].filter(Boolean)
  return { text: all.length > 1 ? `(${all.join(' | ')})` : all.join('') }
}

export type TextQuery = {
  /** The most that any book can score; 0 where the dictionary has none of the words. */
  readonly most: number
  /** The most that a book scores that has nothing but the word that weighs least. */
  readonly least: number
  /** The condition for all books that can score this much, and perhaps others; undefined where no book can. */
  readonly reaching: (score: number) => string | undefined
  /** The condition for books that have every telling word as typed, or as the beginning of a longer one; undefined where no book has. */
  readonly asTyped: () => string | undefined
}

/** The conditions of a parsed query; words that nearly every book has take no part. */
export const toTextQuery = (words: readonly QueryWord[], text: TextIndex): TextQuery => {
  const parts = words
    .flatMap(word => (word.common ? [] : (partOf(word, text) ?? [])))
    .sort((a, b) => b.most - a.most)
  const combined = parts.slice(0, MAX_COMBINED)
  const left = parts.slice(MAX_COMBINED).reduce((sum, part) => sum + part.most, 0)
  return {
    most: parts.reduce((sum, part) => sum + part.most, 0),
    least: parts.at(-1)?.most ?? 0,
    reaching: score => {
      // Scores are added up in single precision.
      const condition = combine(combined, score * (1 - 1e-5) - left)
      if (condition === 'none') return undefined
      return condition === 'any' ? parts.map(part => part.condition).join(' | ') : condition.text
    },
    asTyped: () => {
      const required = words.filter(word => word.required)
      const close = required.map(word => {
        const terms = word.terms.filter((_, i) => word.kinds[i] !== KIND.fuzzy)
        return partOf({ ...word, terms, halves: [] }, text)?.condition
      })
      return close.includes(undefined) ? undefined : close.join(' & ') || undefined
    },
  }
}

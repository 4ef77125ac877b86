/** Text search conditions of PostgreSQL, for the books that have so many of the words of a query that they may match. */
import { isTelling, mayLack, mustFit } from '../plausibility.ts'
import { KIND, type QueryWord, SIMILARITY } from '../query-parser.ts'
import type { TextIndex } from '../text-index.ts'

/** More words than these are not combined: the number of combinations doubles with each. */
const MAX_COMBINED = 6

/** More words with the same beginning are written as that, although an index looks at all words that have it. */
const MAX_LISTED = 24

/** A word as a lexeme of a text search condition. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`

/** A word that may stand for one of a query, as a condition, and the most that a book can score with it. */
type Alternative = { readonly condition: string; readonly most: number }

/** A word of a query. */
type Part = {
  readonly alternatives: readonly Alternative[]
  /** Of the best alternative. */
  readonly most: number
  readonly isNeeded: boolean
}

const partOf = (word: QueryWord, text: TextIndex): Part | undefined => {
  const { dictionary } = text
  const terms = word.terms.map(term => ({
    term: dictionary.termOf(term),
    most: word.weight * (word.similarity[term] ?? 0),
  }))
  const begun = terms.filter(({ term }) => term.startsWith(word.text))
  const others = begun.length > MAX_LISTED ? terms.filter(({ term }) => !term.startsWith(word.text)) : terms
  const alternatives = [
    ...(begun.length > MAX_LISTED ? [{ condition: `${quoted(word.text)}:*`, most: highest(begun) }] : []),
    ...others.map(({ term, most }) => ({ condition: quoted(term), most })),
    ...word.halves.map(({ left, right }) => ({
      condition: `(${quoted(dictionary.termOf(left))} & ${quoted(dictionary.termOf(right))})`,
      most: word.weight * SIMILARITY.halves,
    })),
  ]
  if (alternatives.length === 0) return undefined
  return { alternatives, most: highest(alternatives), isNeeded: mustFit(word) }
}

const highest = (list: readonly { readonly most: number }[]): number =>
  Math.max(...list.map(({ most }) => most))

/** That a book has one of the alternatives with which it can score so much by this word. */
const conditionOf = ({ alternatives }: Part, least = 0): string => {
  const enough = alternatives.filter(({ most }) => most >= least)
  return `(${enough.map(({ condition }) => condition).join(' | ')})`
}

/** What a book must have to score at least this much: any words, words that no book can have, or these. */
type Condition = 'any' | 'none' | { readonly text: string }

/** Each word is written as rarely as possible; `lacking` is how many of the needed words a book may lack. */
const combine = (parts: readonly Part[], least: number, lacking: number): Condition => {
  if (least <= 0 && parts.filter(({ isNeeded }) => isNeeded).length <= lacking) return 'any'
  const [first, ...others] = parts
  const byOthers = others.reduce((sum, { most }) => sum + most, 0)
  if (!first || first.most + byOthers < least) return 'none'
  const lackingLeft = first.isNeeded ? lacking - 1 : lacking
  const without = lackingLeft < 0 ? 'none' : combine(others, least, lackingLeft)
  if (without === 'any') return 'any'
  const rest = combine(others, least - first.most, lacking)
  const condition = conditionOf(first, least - byOthers)
  const withFirst =
    typeof rest === 'object' ? `(${condition} & ${rest.text})` : rest === 'any' ? condition : ''
  const all = [withFirst, typeof without === 'object' ? without.text : ''].filter(Boolean)
  return all.length === 0 ? 'none' : { text: all.length > 1 ? `(${all.join(' | ')})` : all.join('') }
}

/** The condition for books that have two telling words as typed; undefined where none can. */
const twoAsTyped = (words: readonly QueryWord[], text: TextIndex): string | undefined => {
  const typed = words.filter(
    word => isTelling(word) && text.documentCount(text.dictionary.idOf(word.text)) > 0,
  )
  const pairs = typed.flatMap((word, i) =>
    typed.slice(i + 1).map(other => `${quoted(word.text)} & ${quoted(other.text)}`),
  )
  return pairs.length > 0 ? `(${pairs.join(' | ')})` : undefined
}

export type TextQuery = {
  /** The most that any book can score; 0 where the dictionary has none of the words. */
  readonly most: number
  /** The condition for all books that match and can score this much, and perhaps others; undefined where no book can. */
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
  const unknown = words.filter(mustFit).length - parts.filter(({ isNeeded }) => isNeeded).length
  const lacking = mayLack(words)
  const typed = lacking > 0 ? twoAsTyped(words, text) : undefined
  return {
    most: parts.reduce((sum, part) => sum + part.most, 0),
    reaching: score => {
      // Scores are added up in single precision.
      const least = score * (1 - 1e-5) - left
      const whole = unknown > 0 ? 'none' : combine(combined, least, 0)
      if (whole === 'any') return parts.map(part => conditionOf(part)).join(' | ')
      const other = typed === undefined ? 'none' : combine(combined, least, lacking - unknown)
      const all = [
        ...(whole === 'none' ? [] : [whole.text]),
        ...(other === 'none' || typed === undefined
          ? []
          : [other === 'any' ? typed : `${typed} & ${other.text}`]),
      ]
      return all.length > 0 ? all.join(' | ') : undefined
    },
    asTyped: () => {
      const required = words.filter(word => word.required)
      const close = required.map(word => {
        const terms = word.terms.filter((_, i) => word.kinds[i] !== KIND.fuzzy)
        const part = partOf({ ...word, terms, halves: [] }, text)
        return part && conditionOf(part)
      })
      return close.includes(undefined) ? undefined : close.join(' & ') || undefined
    },
  }
}

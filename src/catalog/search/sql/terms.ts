/** Reads the words of the dictionary in PostgreSQL that a query may mean: all that the query parser, which decides, would look at. */
import type { SqlQueries } from '../../../core/sql/sql.ts'
import { joinInitials } from '../../fold-words.ts'
import { numeralsFor } from '../../numerals.ts'
import { MAX_COMPLETIONS, otherSigns } from '../query-parser.ts'
import { MAX_CHECKED } from '../spelling-index.ts'
import { spellingKeys } from '../spelling-keys.ts'

/** A word of the dictionary, and how many books have it; the empty word is in every book. */
export type TermCount = { readonly term: string; readonly books: number }

type Prefix = { readonly prefix: string; readonly after: string; readonly always: boolean }

/** Above every word that begins with a prefix, in the order of code points. */
const AFTER = '\u{10FFFF}'

/** A scalar says whether the prefix is a word by itself: for EXISTS the whole dictionary would be hashed. */
const COMPLETIONS = (list: string): string => `
  select t.term, t.books from jsonb_to_recordset(${list}::jsonb) as p(prefix text, after text, always boolean),
    lateral (select term, books from search.terms
      where term >= p.prefix and term < p.after and books > 0 order by term limit ${MAX_COMPLETIONS}) t
  where p.always or coalesce((select x.books from search.terms x where x.term = p.prefix), 0) = 0`

const NAMED = (list: string): string => `
  select term, books from search.terms where books > 0 and term = any(array(select jsonb_array_elements_text(${list}::jsonb)))`

const READ_TERMS = `${NAMED('$1')} union ${COMPLETIONS('$2')}`

/** Whole groups of words that share equally many pairs, until there are more than the spelling index compares. */
const READ_SPELLINGS = `with named as (${NAMED('$1')} union ${COMPLETIONS('$2')}),
  sounding as (select term, books from search.terms
    where books > 0 and sound = any(array(select jsonb_array_elements_text($3::jsonb)))),
  sharing as (select t.term, t.books
    from jsonb_to_recordset($4::jsonb) as w(pairs jsonb, total int, needed int, least int, most int, length int, last boolean),
      lateral (select term from (
          select p.term, p.length, sum(p.n * q.n)::int as shared
          from (select value::smallint as pair, count(*)::int as n from jsonb_array_elements_text(w.pairs) group by 1) q
            join search.pairs p on p.pair = q.pair and p.length between w.least and w.most
          group by p.term, p.length having sum(p.n * q.n) >= w.needed) s
        order by 2 * (w.total - least(shared, w.total)) + case when w.last then 0 else abs(s.length - w.length) end
        fetch first ${MAX_CHECKED * 2 + 1} rows with ties) found
      join search.terms t on t.term = found.term and t.books > 0)
  select * from named union select * from sounding union select * from sharing`

const MAX_SMALLINT = 32_767

/** Both ways in which single letters may be read: each by itself, or joined as initials. */
const readings = (typed: readonly string[]): readonly (readonly string[])[] => [typed, joinInitials(typed)]

const halvesOf = (word: string): string[] =>
  Array.from({ length: word.length - 1 }, (_, i) => [word.slice(0, i + 1), word.slice(i + 1)]).flat()

const namedBy = (words: readonly string[], i: number): string[] => {
  const word = words[i] ?? ''
  return [
    word,
    ...numeralsFor(word, words[i - 1], i === words.length - 1),
    ...otherSigns(word),
    ...halvesOf(word),
    ...(i + 1 < words.length ? [word + words[i + 1]] : []),
  ]
}

/** Completions of the last word, and of others where the dictionary does not have them, or `always`. */
const prefixesOf = (words: readonly string[], always: boolean): Prefix[] =>
  words.flatMap((prefix, i) => {
    const isLast = i === words.length - 1
    return isLast || prefix.length > (always ? 2 : 1)
      ? [{ prefix, after: prefix + AFTER, always: isLast || always }]
      : []
  })

/** The words that the typed ones stand for without typing errors, and the number of all books under the empty word. */
export const readTerms = (sql: SqlQueries, typed: readonly string[]): Promise<readonly TermCount[]> => {
  const all = readings(typed)
  const named = all.flatMap(words => words.flatMap((_, i) => namedBy(words, i)))
  return sql.query<TermCount>(READ_TERMS, [
    ['', ...new Set(named)].map(word => word.toWellFormed()),
    all.flatMap(words => prefixesOf(words, false)),
  ])
}

/** The words that these, as the parser has read them, stand for with typing errors. */
export const readSpellings = (sql: SqlQueries, words: readonly string[]): Promise<readonly TermCount[]> => {
  const keys = words.flatMap((word, i) => {
    const isLast = i === words.length - 1
    const found = spellingKeys(word, isLast)
    return found ? [{ ...found, word, isLast }] : []
  })
  const shared = keys.flatMap(({ shared: of, word, isLast }) =>
    of
      ? [
          {
            ...of,
            most: Math.min(of.most, MAX_SMALLINT),
            total: of.pairs.length,
            length: word.length,
            last: isLast,
          },
        ]
      : [],
  )
  return sql.query<TermCount>(READ_SPELLINGS, [
    [...new Set(keys.flatMap(key => key.words))],
    prefixesOf(words, true),
    keys.flatMap(({ sound }) => sound ?? []),
    shared,
  ])
}

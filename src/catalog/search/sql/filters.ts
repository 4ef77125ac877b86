/** Filters of a list as conditions of SQL over `search.books b`, with their parameters. */
import type { SqlParam, SqlQueries } from '../../../core/sql/sql.ts'
import { authorNames } from '../../author-names.ts'
import type { BrowseQuery } from '../book-index.ts'
import { type BookStore, SOLD_OUT } from '../book-store.ts'
import { authorKeyInSql } from './document.ts'

export type FilterName = 'category' | 'author' | 'price' | 'availability' | 'language' | 'decade' | 'rating'

export type FilterQuery = Omit<BrowseQuery, 'q' | 'sort' | 'offset' | 'after' | 'limit'>

export type Filters = {
  /** The filters that the query has. */
  readonly conditions: Readonly<Partial<Record<FilterName, string>>>
  readonly params: readonly SqlParam[]
  /** The keys of the authors of the filter. */
  readonly authorKeys: readonly string[]
}

/** `first` is the number of the first parameter. */
export const readFilters = (query: FilterQuery, first: number): Filters => {
  const params: SqlParam[] = []
  const param = (value: SqlParam): string => {
    params.push(value)
    return `$${first + params.length - 1}`
  }
  const texts = (values: readonly string[]): string =>
    `any(array(select jsonb_array_elements_text(${param(values.map(value => value.toWellFormed()))}::jsonb)))`
  const authors = query.author?.map(line => authorNames(line).map(authorKeyInSql))
  const { category, language, decade, min_rating = 0, min_price = 0, max_price, in_stock } = query
  return {
    conditions: {
      ...(category && { category: `b.category = ${texts(category)}` }),
      ...(authors && {
        author: `(${authors.map(keys => `b.author_keys @> array(select jsonb_array_elements_text(${param(keys)}::jsonb))`).join(' or ') || 'false'})`,
      }),
      ...(language && { language: `b.language = ${texts(language)}` }),
      ...(decade && { decade: `b.decade = ${texts(decade)}` }),
      ...(min_rating > 0 && { rating: `b.rating >= ${param(min_rating)}::float8` }),
      ...((min_price > 0 || max_price !== undefined) && {
        price: `(b.price >= ${param(min_price)}::numeric${max_price === undefined ? '' : ` and b.price <= ${param(max_price)}::numeric`})`,
      }),
      ...(in_stock !== undefined && { availability: `b.availability ${in_stock ? '<>' : '='} ${SOLD_OUT}` }),
    },
    params,
    authorKeys: authors?.flat() ?? [],
  }
}

/** The values of the filters that any book has: the chosen ones are listed also where they have no match. */
const KNOWN = `select 'categories' as kind, v as name from jsonb_array_elements_text($1::jsonb) v
    where exists (select from search.books where category = v)
  union all select 'languages', v from jsonb_array_elements_text($2::jsonb) v where exists (select from search.books where language = v)
  union all select 'decades', v from jsonb_array_elements_text($3::jsonb) v where exists (select from search.books where decade = v)
  union all select 'authors', (select b.authors[array_position(b.author_keys, v)] from search.books b where b.author_keys @> array[v] limit 1)
    from jsonb_array_elements_text($4::jsonb) v`

/** Makes the chosen values of the filters known to a store of candidates, as they are to one of all books. */
export const internChosen = async (sql: SqlQueries, query: FilterQuery, store: BookStore): Promise<void> => {
  const { category = [], language = [], decade = [] } = query
  const { authorKeys } = readFilters(query, 1)
  const chosen = [category, language, decade, authorKeys].map(names => names.map(name => name.toWellFormed()))
  if (chosen.flat().length === 0) return
  type Known = {
    readonly kind: 'categories' | 'languages' | 'decades' | 'authors'
    readonly name: string | null
  }
  for (const { kind, name } of await sql.query<Known>(KNOWN, chosen))
    if (name !== null) store[kind].intern(name)
}

/** All conditions together. */
export const allOf = ({ conditions }: Filters): string =>
  Object.values(conditions)
    .map(condition => ` and ${condition}`)
    .join('')

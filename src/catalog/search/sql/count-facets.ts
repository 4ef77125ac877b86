/** Counts the books of a list and its facets in PostgreSQL. */
import type { SqlQueries } from '../../../core/sql/sql.ts'
import { BEFORE_FIRST_DECADE } from '../../decade.ts'
import type { PriceBand } from '../../price-bands.ts'
import type { BrowseResult, FacetValue } from '../book-index.ts'
import { AVAILABILITIES, LEAST_RATINGS } from '../book-store.ts'
import { DEFAULT_AUTHORS } from '../facets.ts'
import { type FilterName, type FilterQuery, readFilters } from './filters.ts'

export type Counted = { readonly total: number; readonly facets: BrowseResult['facets'] }

const NAMES: readonly FilterName[] = [
  'category',
  'author',
  'price',
  'availability',
  'language',
  'decade',
  'rating',
]

type Row = { readonly facet: string; readonly value: string | null; readonly count: number }

const byCount = (a: FacetValue, b: FacetValue): number => b.count - a.count || (a.value < b.value ? -1 : 1)
const latestFirst = (a: FacetValue, b: FacetValue): number => {
  const yearOf = ({ value }: FacetValue) => (value === BEFORE_FIRST_DECADE ? 0 : Number(value))
  return yearOf(b) - yearOf(a)
}

/** The statement reads the books once: how many filters each of them misses says for which values it counts. */
const statementOf = (conditions: Readonly<Partial<Record<FilterName, string>>>, matching: string): string => {
  const miss = (name: FilterName) => {
    const condition = conditions[name]
    return condition === undefined ? '0' : `(case when ${condition} then 0 else 1 end)`
  }
  const given = NAMES.filter(name => conditions[name] !== undefined)
  const missed = given.map(miss).join(' + ') || '0'
  const counts = (name: FilterName) => `missed - ${given.includes(name) ? `miss_${name}` : '0'} = 0`
  const value = `case grouping(category, language, decade, band, availability)
    when 15 then category when 23 then language when 27 then decade when 29 then band::text else availability::text end`
  const facets: readonly FilterName[] = ['category', 'language', 'decade', 'price', 'availability']
  const counted = facets.map(
    (name, i) => `when ${31 - 2 ** (4 - i)} then count(*) filter (where ${counts(name)})`,
  )
  const named = facets.map((name, i) => `when ${31 - 2 ** (4 - i)} then '${name}'`)
  return `with b as materialized (select category, language, decade, width_bucket(price, array(select value::bigint
        from jsonb_array_elements_text($1::jsonb))) as band, availability, rating, author_keys, authors, ${missed} as missed
        ${given.map(name => `, ${miss(name)} as miss_${name}`).join('')}
      from search.books b where not hidden${matching}),
    grouped as (select case grouping(category, language, decade, band, availability) ${named.join(' ')} end as facet,
        ${value} as value, case grouping(category, language, decade, band, availability) ${counted.join(' ')} end as count
      from b group by grouping sets ((category), (language), (decade), (band), (availability))),
    by_author as (select key, min(name collate "C") as name, count(*) filter (where ${counts('author')}) as count
      from b, unnest(author_keys, authors) as a(key, name) group by key),
    top as (select name, count, key, row_number() over (order by count desc, name collate "C") as place from by_author where count > 0)
    select facet, value, count::int from grouped
    union all select 'author', name, count::int from top where place <= $2::int
    union all select 'chosen', a.name, a.count::int from by_author a left join top t using (key)
      where a.key = any(array(select jsonb_array_elements_text($3::jsonb))) and coalesce(t.place > $2::int, true)
    union all select 'total', null, count(*)::int from b where missed = 0
    ${LEAST_RATINGS.map(least => `union all select 'rating', '${least}', count(*)::int from b where ${counts('rating')} and rating >= ${least}`).join('\n')}`
}

/**
 * Counts a list: all books, or those that a text search condition finds. `bands` are those of the price facet. Throws SqlError.
 */
export const countFacets = async (
  sql: SqlQueries,
  query: FilterQuery,
  bands: readonly PriceBand[],
  condition?: string,
): Promise<Counted> => {
  const filters = readFilters(query, condition === undefined ? 4 : 5)
  const matching = condition === undefined ? '' : ' and words @@ $4::tsquery'
  const bounds = bands.flatMap(({ end }) => end ?? [])
  const rows = await sql.query<Row>(statementOf(filters.conditions, matching), [
    bounds,
    query.facetLimit ?? DEFAULT_AUTHORS,
    filters.authorKeys,
    ...(condition === undefined ? [] : [condition]),
    ...filters.params,
  ])
  const of = (facet: string): FacetValue[] =>
    rows.flatMap(row =>
      row.facet === facet && row.value !== null ? [{ value: row.value, count: row.count }] : [],
    )
  const found = (facet: string, chosen: readonly string[] = []): FacetValue[] =>
    of(facet)
      .filter(({ value, count }) => count > 0 || chosen.includes(value))
      .sort(byCount)
  const countOf = (facet: string, value: number): number =>
    of(facet).find(one => one.value === String(value))?.count ?? 0
  return {
    total: rows.find(({ facet }) => facet === 'total')?.count ?? 0,
    facets: {
      category: found('category', query.category),
      author: [...of('author').sort(byCount), ...of('chosen').sort(byCount)],
      price: bands.map(({ name }, band) => ({ value: name, count: countOf('price', band) })),
      availability: AVAILABILITIES.map((value, i) => ({ value, count: countOf('availability', i) })),
      language: found('language', query.language),
      decade: found('decade', query.decade).sort(latestFirst),
      rating: LEAST_RATINGS.map(least => ({ value: String(least), count: countOf('rating', least) })),
    },
  }
}

/** A page of a list without a query, from PostgreSQL. */
import type { SqlQueries } from '../../../core/sql/sql.ts'
import type { ListedBook } from '../../schema.ts'
import type { BrowseQuery, Sort } from '../book-index.ts'
import { SOLD_OUT } from '../book-store.ts'
import { allOf, readFilters } from './filters.ts'

/** What a list is ordered by, as expressions of which each ascends; there is an index for each of them. */
const ORDERS: Readonly<Record<Sort, readonly string[]>> = {
  relevance: [`(b.availability = ${SOLD_OUT})`, '(-b.popularity)'],
  price_asc: ['b.price'],
  price_desc: ['(-b.price)'],
  newest: ['(-b.created)', '(-coalesce(b.year, -9999))'],
  title: ['b.title_key'],
  rating: ['(-b.rating)', '(-b.ratings)'],
}

const keysOf = (sort: Sort): string => [...ORDERS[sort], 'b.book_id'].join(', ')

/** How many books of the list come up to `after`, with it; undefined where the list does not have it. */
const placeAfter = async (
  sql: SqlQueries,
  { after, sort, ...query }: BrowseQuery,
): Promise<number | undefined> => {
  const filters = readFilters(query, 2)
  const keys = keysOf(sort)
  const last = `select ${keys} from search.books b where b.book_id = $1 and not b.hidden${allOf(filters)} limit 1`
  const [row] = await sql.query<{ place: number }>(
    `select count(*)::int as place from search.books b where not b.hidden${allOf(filters)} and (${keys}) <= (${last})`,
    [after, ...filters.params],
  )
  return row?.place || undefined
}

/** The rows of the page, and the position of the first one. Throws SqlError. */
export const readPage = async (
  sql: SqlQueries,
  query: BrowseQuery,
): Promise<{ readonly from: number; readonly items: readonly ListedBook[] }> => {
  const place = query.after === undefined ? undefined : await placeAfter(sql, query)
  const from = place ?? query.offset
  const filters = readFilters(query, 3)
  const rows = await sql.query<{ row: ListedBook }>(
    `select row from search.books b where not b.hidden${allOf(filters)} order by ${keysOf(query.sort)} offset $1::int limit $2::int`,
    [from, query.limit, ...filters.params],
  )
  return { from, items: rows.map(({ row }) => row) }
}

/** A list of books as its address says it: filters, sort and page, with the addresses of everything next to it. */
import { browseBooks } from '#src/catalog/api.ts'
import { type Card, cardOf } from './cards.server.ts'
import { type Facet, facetsOf } from './facets.server.ts'
import { type ListParams, linkOf, readListParams, type Sort, sorts } from './list-params.server.ts'
import { LAST_PAGE, PAGE, readPage } from './page-cursors.server.ts'
import { bandOf } from './price-bands.ts'
import type { Category } from './shelves.server.ts'
import type { Visit } from './visit.ts'

const queryOf = ({ q, category, author, price, inStock, sort }: ListParams) => {
  const band = price === undefined ? undefined : bandOf(price)
  return {
    ...(q === '' ? {} : { q }),
    ...(category === undefined ? {} : { category }),
    ...(author === undefined ? {} : { author }),
    ...(band?.min === undefined ? {} : { min_price: band.min.toFixed(2) }),
    ...(band?.max === undefined ? {} : { max_price: band.max.toFixed(2) }),
    ...(inStock ? { in_stock: 'true' as const } : {}),
    ...(sort === 'relevance' ? {} : { sort }),
  }
}

export type Listing = {
  readonly books: readonly Card[]
  readonly total: number | null
  readonly asked: ListParams
  readonly pages: number
  readonly previous: string | null
  readonly next: string | null
  readonly facets: readonly Facet[]
  readonly chosen: readonly { readonly label: string; readonly without: string }[]
  readonly clear: string
  /** Where nothing is found: some books that are there. */
  readonly instead: readonly Card[]
  readonly sorts: readonly { readonly sort: Sort; readonly href: string }[]
}

const INSTEAD = '6'

/** A shop that cannot tell shows none. */
const someBooks = ({ change }: Visit): Promise<readonly Card[]> =>
  change(browseBooks, { query: { in_stock: 'true', limit: INSTEAD } }).then(
    ({ items }) => items.map(cardOf),
    () => [],
  )

const pageLink = (url: URL, page: number): string => linkOf(url, { page: page === 1 ? null : String(page) })

/** Reads the list at `url`; undefined when its page lies behind the last one. `fixed` is the shelf whose page this is. */
export const readListing = async (
  visit: Visit,
  url: URL,
  shelves: readonly Category[],
  fixed?: Category,
): Promise<Listing | undefined> => {
  const { read, currency } = visit
  const asked = readListParams(url, fixed?.name)
  const query = queryOf(asked)
  const page = await readPage(JSON.stringify(query), asked.page, (limit, cursor) =>
    read(browseBooks, { query: { ...query, limit: String(limit), ...(cursor ? { cursor } : {}) } }),
  )
  if (!page || (asked.page > 1 && page.items.length === 0)) return undefined
  const { facets, chosen } = facetsOf(page, asked, url, shelves, fixed, currency)
  return {
    books: page.items.map(cardOf),
    total: page.total,
    asked,
    pages: Math.min(LAST_PAGE, Math.max(1, Math.ceil((page.total ?? 0) / PAGE))),
    previous: asked.page > 1 ? pageLink(url, asked.page - 1) : null,
    next: page.next_cursor !== null && asked.page < LAST_PAGE ? pageLink(url, asked.page + 1) : null,
    facets,
    chosen,
    clear: linkOf(url, { category: null, author: null, price: null, stock: null, sort: null }),
    instead: page.items.length > 0 ? [] : await someBooks(visit),
    sorts: sorts.map(sort => ({ sort, href: linkOf(url, { sort: sort === 'relevance' ? null : sort }) })),
  }
}

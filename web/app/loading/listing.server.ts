/** Data of a book list for its URL: books, filters, sort order and page, with the links between them. */
import { browseBooks } from '#src/catalog/api.ts'
import { type PriceBand, priceBands } from '#src/catalog/price-bands.ts'
import { type Currency, storedCurrency } from '#src/core/currency.ts'
import { minorUnits, toDecimalText } from '#src/core/money.ts'
import { type BookCardData, toCards } from './cards.server.ts'
import type { Category } from './categories.server.ts'
import { buildFacets, type Facet } from './facets.server.ts'
import { type ListParams, listLink, readListParams, SORTS, type Sort } from './list-params.server.ts'
import type { PageContext } from './page-context.ts'
import { LAST_PAGE, PAGE_SIZE, readPage } from './page-cursors.server.ts'

/** A band as bounds of the API, which include both: it ends one minor unit below the next one. */
const priceBounds = ({ min, end }: Omit<PriceBand, 'name'>, currency: Currency) => ({
  ...(min === undefined ? {} : { min_price: toDecimalText(min, currency) }),
  ...(end === undefined ? {} : { max_price: toDecimalText(minorUnits(end - 1), currency) }),
})

const toApiQuery = ({ q, category, author, price, inStock, sort }: ListParams, currency: Currency) => ({
  ...(q === '' ? {} : { q }),
  ...(category === undefined ? {} : { category: [category] }),
  ...(author === undefined ? {} : { author: [author] }),
  ...(price === undefined ? {} : priceBounds(price, currency)),
  ...(inStock ? { in_stock: 'true' as const } : {}),
  ...(sort === 'relevance' ? {} : { sort }),
})

export type Listing = {
  readonly books: readonly BookCardData[]
  readonly total: number | null
  /** Whether nothing was found as it was typed, only what is close to it. */
  readonly isSimilar: boolean
  readonly params: ListParams
  readonly pages: number
  readonly previous: string | null
  readonly next: string | null
  readonly facets: readonly Facet[]
  readonly activeFilters: readonly { readonly label: string; readonly without: string }[]
  readonly clearLink: string
  /** Books to suggest when nothing matches. */
  readonly alternatives: readonly BookCardData[]
  readonly sortLinks: readonly { readonly sort: Sort; readonly href: string }[]
}

const ALTERNATIVES = '6'

/** Resolves to an empty list if the API fails. */
const readAlternatives = (ctx: PageContext): Promise<readonly BookCardData[]> =>
  ctx.call(browseBooks, { query: { in_stock: 'true', limit: ALTERNATIVES } }).then(
    ({ items }) => toCards(ctx, items),
    () => [],
  )

const pageLink = (url: URL, page: number): string => listLink(url, { page: page === 1 ? null : String(page) })

/**
 * Reads the list at `url`; undefined for a page after the last one. `pageCategory` is set on category pages.
 */
export const readListing = async (
  ctx: PageContext,
  url: URL,
  categories: readonly Category[],
  pageCategory?: Category,
): Promise<Listing | undefined> => {
  const { read } = ctx
  const currency = storedCurrency(ctx.currency)
  const asked = readListParams(url, pageCategory?.name, priceBands(currency))
  const query = toApiQuery(asked, currency)
  const page = await readPage(JSON.stringify(query), asked.page, (limit, cursor) =>
    read(browseBooks, { query: { ...query, limit: String(limit), ...(cursor ? { cursor } : {}) } }),
  )
  if (!page || (asked.page > 1 && page.items.length === 0)) return undefined
  const { facets, chosen } = buildFacets(page, asked, url, categories, pageCategory, currency)
  return {
    books: toCards(ctx, page.items),
    total: page.total,
    isSimilar: page.match === 'fuzzy',
    params: asked,
    pages: Math.min(LAST_PAGE, Math.max(1, Math.ceil((page.total ?? 0) / PAGE_SIZE))),
    previous: asked.page > 1 ? pageLink(url, asked.page - 1) : null,
    next: page.next_cursor !== null && asked.page < LAST_PAGE ? pageLink(url, asked.page + 1) : null,
    facets,
    activeFilters: chosen,
    clearLink: listLink(url, { category: null, author: null, price: null, stock: null, sort: null }),
    alternatives: page.items.length > 0 ? [] : await readAlternatives(ctx),
    sortLinks: SORTS.map(sort => ({
      sort,
      href: listLink(url, { sort: sort === 'relevance' ? null : sort }),
    })),
  }
}

/** Data of a book list for its URL: books, filters, sort order and page, with the links between them. */
import { browseBooks } from '#src/catalog/api.ts'
import { type PriceBand, priceBands } from '#src/catalog/price-bands.ts'
import { type Currency, storedCurrency } from '#src/core/currency.ts'
import { minorUnits, toDecimalText } from '#src/core/money.ts'
import { SORTS } from '#src/pages/query-params.ts'
import { type BookCardData, toCards } from './cards.server.ts'
import type { Category } from './categories.server.ts'
import { type ActiveFilter, buildFacets, type Facet, MAX_AUTHORS } from './facets.server.ts'
import { type ListParams, listLink, readListParams, type Sort } from './list-params.server.ts'
import type { PageContext } from './page-context.ts'
import { PAGE_SIZE, type PageLink, pageLinks } from './pages.server.ts'

/** A band as bounds of the API, which include both: it ends one minor unit below the next one. */
const priceBounds = ({ min, end }: Omit<PriceBand, 'name'>, currency: Currency) => ({
  ...(min === undefined ? {} : { min_price: toDecimalText(min, currency) }),
  ...(end === undefined ? {} : { max_price: toDecimalText(minorUnits(end - 1), currency) }),
})

/** A filter of the API: left out where nothing is chosen. */
const oneOf = <Name extends string>(name: Name, values: readonly string[]) =>
  (values.length === 0 ? {} : { [name]: [...values] }) as { readonly [name in Name]?: string[] }

const toApiQuery = (
  { q, price, rating, inStock, sort, page, more, ...params }: ListParams,
  currency: Currency,
) => ({
  ...(q === '' ? {} : { q }),
  ...oneOf('category', params.category),
  ...oneOf('author', params.author),
  ...oneOf('language', params.language),
  ...oneOf('decade', params.decade),
  ...(rating === undefined ? {} : { min_rating: rating as '3' }),
  ...(price === undefined ? {} : priceBounds(price, currency)),
  ...(inStock ? { in_stock: 'true' as const } : {}),
  ...(sort === 'relevance' ? {} : { sort }),
  ...(more === 'author' ? { facet_limit: String(MAX_AUTHORS) } : {}),
  ...(page === 1 ? {} : { page: String(page) }),
  limit: String(PAGE_SIZE),
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
  /** Numbered pages; none for a list of one page. */
  readonly pageLinks: readonly PageLink[]
  readonly facets: readonly Facet[]
  readonly activeFilters: readonly ActiveFilter[]
  readonly clearLink: string
  /** The same list with its filters closed. */
  readonly closeLink: string
  /** Books to suggest when nothing matches. */
  readonly alternatives: readonly BookCardData[]
  readonly sortLinks: readonly { readonly sort: Sort; readonly href: string }[]
}

const ALTERNATIVES = '6'
/** Parameters of the filters. */
const FILTERS = ['category', 'author', 'language', 'decade', 'rating', 'price', 'stock', 'sort']

/** Resolves to an empty list if the API fails. */
const readAlternatives = (ctx: PageContext): Promise<readonly BookCardData[]> =>
  ctx.call(browseBooks, { query: { in_stock: 'true', limit: ALTERNATIVES } }).then(
    ({ items }) => toCards(ctx, items),
    () => [],
  )

/**
 * Reads the list at `url`; undefined for a page after the last one. `pageCategory` is set on category pages.
 */
export const readListing = async (
  ctx: PageContext,
  url: URL,
  pageCategory?: Category,
): Promise<Listing | undefined> => {
  const currency = storedCurrency(ctx.currency)
  const params = readListParams(url, pageCategory?.name, priceBands(currency))
  const { page } = params
  const found = await ctx.read(browseBooks, { query: toApiQuery(params, currency) })
  if (page > 1 && found.items.length === 0) return undefined
  // While the index is loading, the table answers, which knows only whether more follows.
  const pages = found.pages ?? (found.next_cursor === null ? page : page + 1)
  const linkTo = (number: number) => listLink(url, { page: number === 1 ? null : String(number) })
  const { facets, active } = buildFacets(found, params, url, currency, pageCategory !== undefined)
  return {
    books: toCards(ctx, found.items),
    total: found.total,
    isSimilar: found.match === 'fuzzy',
    params,
    pages: Math.max(1, pages),
    previous: page > 1 ? linkTo(page - 1) : null,
    next: page < pages ? linkTo(page + 1) : null,
    pageLinks: pages > 1 ? pageLinks(page, pages, linkTo) : [],
    facets,
    activeFilters: active,
    clearLink: listLink(url, Object.fromEntries(FILTERS.map(name => [name, null]))),
    closeLink: listLink(url, {}),
    alternatives: found.items.length > 0 ? [] : await readAlternatives(ctx),
    sortLinks: SORTS.map(sort => ({
      sort,
      href: listLink(url, { sort: sort === 'relevance' ? null : sort }),
    })),
  }
}

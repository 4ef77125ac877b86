/** Query parameters of a book list, and links that change some of them. */
import type { PriceBand } from '#src/catalog/price-bands.ts'
import { truncate } from '#src/core/truncate.ts'
import { LAST_PAGE } from './page-cursors.server.ts'

export const SORTS = ['relevance', 'newest', 'title', 'price_asc', 'price_desc', 'rating'] as const
export type Sort = (typeof SORTS)[number]

/** Parsed query parameters. Invalid values are ignored. */
export type ListParams = {
  readonly q: string
  readonly category: string | undefined
  readonly author: string | undefined
  readonly price: PriceBand | undefined
  readonly inStock: boolean
  readonly sort: Sort
  readonly page: number
}

const bounded = (text: string | null, max: number): string | undefined =>
  truncate(text?.trim() ?? '', max) || undefined

export const readListParams = (
  { searchParams }: URL,
  category: string | undefined,
  bands: readonly PriceBand[],
): ListParams => {
  const page = Number(searchParams.get('page') ?? 1)
  return {
    q: bounded(searchParams.get('q'), 200) ?? '',
    category: category ?? bounded(searchParams.get('category'), 60),
    author: bounded(searchParams.get('author'), 300),
    price: bands.find(({ name }) => name === searchParams.get('price')),
    inStock: searchParams.get('stock') === '1',
    sort: SORTS.find(sort => sort === searchParams.get('sort')) ?? 'relevance',
    page: Number.isInteger(page) && page >= 1 && page <= LAST_PAGE ? page : 1,
  }
}

/**
 * Link to the same list with some parameters changed; null removes one. Resets to page 1 unless `page` is
 * given.
 */
export const listLink = (url: URL, changes: Readonly<Record<string, string | null>>): string => {
  const params = new URLSearchParams(url.searchParams)
  params.delete('page')
  for (const [name, value] of Object.entries(changes))
    if (value === null) params.delete(name)
    else params.set(name, value)
  for (const [name, value] of [...params]) if (value === '') params.delete(name)
  return params.size > 0 ? `${url.pathname}?${params}` : url.pathname
}

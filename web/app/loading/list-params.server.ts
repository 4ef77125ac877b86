/** Query parameters of a book list, and links that change some of them. */
import type { PriceBand } from '#src/catalog/price-bands.ts'
import { MIN_RATINGS } from '#src/catalog/schema.ts'
import { truncate } from '#src/core/truncate.ts'
import { EXPANDABLE, type ListParam, SORTS } from '#src/pages/query-params.ts'

export type Sort = (typeof SORTS)[number]
export type Expandable = (typeof EXPANDABLE)[number]

/** As many as the API takes. */
const MAX_VALUES = 20
const MAX_PAGE = 100_000

/** Parsed query parameters. Invalid values are ignored. Of several values of a filter, a book needs one. */
export type ListParams = {
  readonly q: string
  readonly category: readonly string[]
  readonly author: readonly string[]
  readonly language: readonly string[]
  readonly decade: readonly string[]
  readonly rating: string | undefined
  readonly price: PriceBand | undefined
  readonly inStock: boolean
  readonly sort: Sort
  readonly page: number
  /** The facet that is listed in full. */
  readonly more: Expandable | undefined
  /** Whether the filters were open when one was chosen, on small screens. */
  readonly isPanelOpen: boolean
}

const bounded = (text: string | null, max: number): string => truncate(text?.trim() ?? '', max)

/** Number of the page in the parameter `page`, from 1. */
export const readPageNumber = ({ searchParams }: URL): number => {
  const page = Number(searchParams.get('page') ?? 1)
  return Number.isInteger(page) && page >= 1 && page <= MAX_PAGE ? page : 1
}

export const readListParams = (
  url: URL,
  category: string | undefined,
  bands: readonly PriceBand[],
): ListParams => {
  const get = (name: ListParam): string | null => url.searchParams.get(name)
  const listOf = (name: ListParam, max: number): string[] => {
    const values = url.searchParams.getAll(name).map(value => bounded(value, max))
    return [...new Set(values)].filter(value => value !== '').slice(0, MAX_VALUES)
  }
  return {
    q: bounded(get('q'), 200),
    category: category === undefined ? listOf('category', 60) : [category],
    author: listOf('author', 300),
    language: listOf('language', 35),
    decade: listOf('decade', 11).filter(value => /^(\d{4}|before-1900)$/.test(value)),
    rating: MIN_RATINGS.find(rating => rating === get('rating')),
    price: bands.find(({ name }) => name === get('price')),
    inStock: get('stock') === '1',
    sort: SORTS.find(sort => sort === get('sort')) ?? 'relevance',
    page: readPageNumber(url),
    more: EXPANDABLE.find(name => name === get('more')),
    isPanelOpen: get('panel') === '1',
  }
}

/** Parameters that belong to one view of the filters, and are not carried on. */
const VIEW = ['page', 'more', 'panel']

/**
 * Link to the same list with some parameters changed; null removes one, a list gives it several values. Goes
 * to page 1 with closed filters, unless they are given.
 */
export const listLink = (
  url: URL,
  changes: Readonly<Record<string, string | readonly string[] | null>>,
): string => {
  const params = new URLSearchParams(url.searchParams)
  for (const name of VIEW) params.delete(name)
  for (const [name, value] of Object.entries(changes)) {
    params.delete(name)
    for (const one of value === null ? [] : typeof value === 'string' ? [value] : value)
      params.append(name, one)
  }
  const given = [...params].filter(([, value]) => value !== '')
  return given.length > 0 ? `${url.pathname}?${new URLSearchParams(given)}` : url.pathname
}

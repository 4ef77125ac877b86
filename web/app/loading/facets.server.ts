/** Facets as groups of links that add or remove one filter each. */
import type { BookPage } from '#src/catalog/api.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import type { Category } from './categories.server.ts'
import { type ListParams, listLink } from './list-params.server.ts'
import { findPriceBand } from './price-bands.ts'

export type FacetValue = {
  readonly label: string
  readonly count: number
  readonly href: string
  readonly isSelected: boolean
}
export type Facet = { readonly name: string; readonly values: readonly FacetValue[] }

const MAX_VALUES = 10

export const priceBandLabel = (name: string, currency: string): string => {
  const { min, max } = findPriceBand(name) ?? {}
  const amount = (value: number) => money(value, currency).replace(/\D00$/, '')
  if (min === undefined) return t.list.under(amount(Math.ceil(max ?? 0)))
  return max === undefined ? t.list.over(amount(min)) : t.list.between(amount(min), amount(Math.ceil(max)))
}

type Value = { readonly value: string; readonly count: number }

export const buildFacets = (
  { facets }: BookPage,
  params: ListParams,
  url: URL,
  categories: readonly Category[],
  pageCategory: Category | undefined,
  currency: string,
) => {
  const group = (
    name: string,
    param: string,
    values: readonly Value[],
    chosen: string | undefined,
    label: (value: string) => string = value => value,
  ): Facet => ({
    name,
    values: values
      .filter(({ value, count }) => count > 0 || value === chosen)
      .slice(0, MAX_VALUES)
      .map(({ value, count }) => ({
        label: label(value),
        count,
        href: listLink(url, { [param]: value === chosen ? null : value }),
        isSelected: value === chosen,
      })),
  })
  const available = facets.availability.reduce(
    (sum, { value, count }) => sum + (value === 'sold_out' ? 0 : count),
    0,
  )
  const stock: Facet = {
    name: t.list.facet.availability,
    values: [
      {
        label: t.list.inStock,
        count: available,
        href: listLink(url, { stock: params.inStock ? null : '1' }),
        isSelected: params.inStock,
      },
    ],
  }
  const price = (value: string) => priceBandLabel(value, currency)
  const all = [
    ...(pageCategory ? [] : [group(t.list.facet.category, 'category', facets.category, params.category)]),
    group(t.list.facet.price, 'price', facets.price, params.price, price),
    group(t.list.facet.author, 'author', facets.author, params.author),
    stock,
  ]
  const chosen = [
    ...(pageCategory || !params.category
      ? []
      : [{ label: params.category, without: listLink(url, { category: null }) }]),
    ...(params.author ? [{ label: params.author, without: listLink(url, { author: null }) }] : []),
    ...(params.price ? [{ label: price(params.price), without: listLink(url, { price: null }) }] : []),
    ...(params.inStock ? [{ label: t.list.inStock, without: listLink(url, { stock: null }) }] : []),
  ]
  const useful = all.filter(
    ({ values }) =>
      values.length > 1 ||
      values.some(value => value.isSelected) ||
      (values === stock.values && available > 0),
  )
  return { facets: categories.length > 0 ? useful : all, chosen }
}

/** Facets as groups of links that add or remove one filter each. */
import type { BookPage } from '#src/catalog/api.ts'
import { type PriceBand, priceBands } from '#src/catalog/price-bands.ts'
import type { Currency } from '#src/core/currency.ts'
import { type MinorUnits, toDecimal } from '#src/core/money.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import type { Category } from './categories.server.ts'
import { type ListParams, listLink } from './list-params.server.ts'

export type FacetValue = {
  readonly label: string
  readonly count: number
  readonly href: string
  readonly isSelected: boolean
}
export type Facet = { readonly name: string; readonly values: readonly FacetValue[] }

const MAX_VALUES = 10

/** Bounds are whole units, so their decimals are left out. */
export const priceBandLabel = ({ min, end }: PriceBand, currency: Currency): string => {
  const { code, decimals } = currency
  const zeros = new RegExp(`\\D0{${decimals}}(?=\\D*$)`)
  const amount = (value: MinorUnits) => {
    const text = money(toDecimal(value, currency), code)
    return decimals > 0 ? text.replace(zeros, '') : text
  }
  if (min === undefined) return end === undefined ? '' : t.list.under(amount(end))
  return end === undefined ? t.list.over(amount(min)) : t.list.between(amount(min), amount(end))
}

type Value = { readonly value: string; readonly count: number }

export const buildFacets = (
  { facets }: BookPage,
  params: ListParams,
  url: URL,
  categories: readonly Category[],
  pageCategory: Category | undefined,
  currency: Currency,
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
  const bands = priceBands(currency)
  const priceLabel = (value: string): string => {
    const band = bands.find(({ name }) => name === value)
    return band ? priceBandLabel(band, currency) : value
  }
  const all = [
    ...(pageCategory ? [] : [group(t.list.facet.category, 'category', facets.category, params.category)]),
    group(t.list.facet.price, 'price', facets.price, params.price?.name, priceLabel),
    group(t.list.facet.author, 'author', facets.author, params.author),
    stock,
  ]
  const chosen = [
    ...(pageCategory || !params.category
      ? []
      : [{ label: params.category, without: listLink(url, { category: null }) }]),
    ...(params.author ? [{ label: params.author, without: listLink(url, { author: null }) }] : []),
    ...(params.price
      ? [{ label: priceBandLabel(params.price, currency), without: listLink(url, { price: null }) }]
      : []),
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

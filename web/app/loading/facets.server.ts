/** Facets as groups of links: each narrows the list down by one more thing, or takes that back. */
import type { BookPage } from '#src/catalog/api.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { type ListParams, linkOf } from './list-params.server.ts'
import { bandOf } from './price-bands.ts'
import type { Category } from './shelves.server.ts'

export type FacetValue = {
  readonly label: string
  readonly count: number
  readonly href: string
  readonly isChosen: boolean
}
export type Facet = { readonly name: string; readonly values: readonly FacetValue[] }

const MOST_VALUES = 10

export const bandLabel = (name: string, currency: string): string => {
  const { min, max } = bandOf(name) ?? {}
  const amount = (value: number) => money(value, currency).replace(/\D00$/, '')
  if (min === undefined) return t.list.under(amount(Math.ceil(max ?? 0)))
  return max === undefined ? t.list.over(amount(min)) : t.list.between(amount(min), amount(Math.ceil(max)))
}

type Value = { readonly value: string; readonly count: number }

export const facetsOf = (
  { facets }: BookPage,
  asked: ListParams,
  url: URL,
  shelves: readonly Category[],
  fixed: Category | undefined,
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
      .slice(0, MOST_VALUES)
      .map(({ value, count }) => ({
        label: label(value),
        count,
        href: linkOf(url, { [param]: value === chosen ? null : value }),
        isChosen: value === chosen,
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
        href: linkOf(url, { stock: asked.inStock ? null : '1' }),
        isChosen: asked.inStock,
      },
    ],
  }
  const price = (value: string) => bandLabel(value, currency)
  const all = [
    ...(fixed ? [] : [group(t.list.facet.category, 'category', facets.category, asked.category)]),
    group(t.list.facet.price, 'price', facets.price, asked.price, price),
    group(t.list.facet.author, 'author', facets.author, asked.author),
    stock,
  ]
  const chosen = [
    ...(fixed || !asked.category
      ? []
      : [{ label: asked.category, without: linkOf(url, { category: null }) }]),
    ...(asked.author ? [{ label: asked.author, without: linkOf(url, { author: null }) }] : []),
    ...(asked.price ? [{ label: price(asked.price), without: linkOf(url, { price: null }) }] : []),
    ...(asked.inStock ? [{ label: t.list.inStock, without: linkOf(url, { stock: null }) }] : []),
  ]
  const worthwhile = all.filter(
    ({ values }) =>
      values.length > 1 || values.some(value => value.isChosen) || (values === stock.values && available > 0),
  )
  return { facets: shelves.length > 0 ? worthwhile : all, chosen }
}

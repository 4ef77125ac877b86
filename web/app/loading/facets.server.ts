/** Facets as groups of links that add or remove one value each. */
import type { BookPage } from '#src/catalog/api.ts'
import { type PriceBand, priceBands } from '#src/catalog/price-bands.ts'
import type { Currency } from '#src/core/currency.ts'
import { type MinorUnits, toDecimal } from '#src/core/money.ts'
import { money } from '../texts/format.ts'
import { languageName } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import { type Expandable, type ListParams, listLink } from './list-params.server.ts'

export type FacetValue = {
  readonly label: string
  readonly count: number
  readonly href: string
  readonly isSelected: boolean
}
export type Facet = {
  readonly name: string
  readonly values: readonly FacetValue[]
  /**
   * Link to the same list with all values of this facet, where there are more; with `isAll`, to the most
   * frequent.
   */
  readonly more?: string
  readonly isAll?: boolean
}
export type ActiveFilter = { readonly label: string; readonly without: string }

/** Values of a facet that is not listed in full. */
const MAX_VALUES = 8
/** Authors of a facet that is listed in full. */
export const MAX_AUTHORS = 100

/** Bounds are whole units, so their decimals are left out. */
const priceBandLabel = ({ min, end }: PriceBand, currency: Currency): string => {
  const { code, decimals } = currency
  const zeros = new RegExp(`\\D0{${decimals}}(?=\\D*$)`)
  const amount = (value: MinorUnits) => {
    const text = money(toDecimal(value, currency), code)
    return decimals > 0 ? text.replace(zeros, '') : text
  }
  if (min === undefined) return end === undefined ? '' : t.list.under(amount(end))
  return end === undefined ? t.list.over(amount(min)) : t.list.between(amount(min), amount(end))
}

/** '1990' as '1990s', 'before-1900' as 'Before 1900'. */
const decadeLabel = (decade: string): string =>
  decade.startsWith('before-') ? t.list.before(decade.slice('before-'.length)) : t.list.decade(decade)

type Value = { readonly value: string; readonly count: number }
type Param = Expandable | 'price' | 'rating'
type Group = {
  readonly param: Param
  readonly name: string
  readonly values: readonly Value[]
  readonly chosen: readonly string[]
  /** Whether several values can be chosen. */
  readonly isMultiple: boolean
  readonly label: (value: string) => string
}

const sameText = (value: string): string => value
const toList = (value: string | undefined): string[] => (value === undefined ? [] : [value])

const groupsOf = (
  facets: BookPage['facets'],
  params: ListParams,
  currency: Currency,
  hasCategory: boolean,
): Group[] => {
  const name = t.list.facet
  const bands = priceBands(currency)
  const priceLabel = (value: string): string => {
    const band = bands.find(one => one.name === value)
    return band ? priceBandLabel(band, currency) : value
  }
  const group = (
    param: Param,
    chosen: readonly string[],
    label: (value: string) => string = sameText,
    isMultiple = true,
  ): Group => ({ param, name: name[param], values: facets[param], chosen, isMultiple, label })
  return [
    ...(hasCategory ? [] : [group('category', params.category)]),
    group('price', toList(params.price?.name), priceLabel, false),
    group('author', params.author),
    group('language', params.language, languageName),
    group('decade', params.decade, decadeLabel),
    group('rating', toList(params.rating), t.list.ratingFrom, false),
  ]
}

const isExpandable = (param: Param): param is Expandable => param !== 'price' && param !== 'rating'

const toFacet = (
  { param, name, values, chosen, isMultiple, label }: Group,
  url: URL,
  more: Expandable | undefined,
): Facet => {
  const isAll = more === param
  const useful = values.filter(({ value, count }) => count > 0 || chosen.includes(value))
  const listed = useful.filter(
    ({ value }, i) => !isExpandable(param) || isAll || i < MAX_VALUES || chosen.includes(value),
  )
  const after = (value: string): readonly string[] => {
    if (chosen.includes(value)) return chosen.filter(one => one !== value)
    return isMultiple ? [...chosen, value] : [value]
  }
  const view = { panel: '1', ...(isAll ? { more: param } : {}) }
  const all = listLink(url, { panel: '1', more: isAll ? null : param })
  return {
    name,
    values: listed.map(({ value, count }) => ({
      label: label(value),
      count,
      href: listLink(url, { ...view, [param]: after(value) }),
      isSelected: chosen.includes(value),
    })),
    ...(isExpandable(param) && useful.length > MAX_VALUES ? { more: all, isAll } : {}),
  }
}

const stockFacet = ({ availability }: BookPage['facets'], { inStock }: ListParams, url: URL): Facet => {
  const available = availability.reduce(
    (sum, { value, count }) => sum + (value === 'sold_out' ? 0 : count),
    0,
  )
  const href = listLink(url, { panel: '1', stock: inStock ? null : '1' })
  return {
    name: t.list.facet.availability,
    values:
      available > 0 || inStock
        ? [{ label: t.list.inStock, count: available, href, isSelected: inStock }]
        : [],
  }
}

/** A facet of one value that is not chosen would change nothing. */
const isUseful = ({ values }: Facet): boolean =>
  values.length > 1 || values.some(({ isSelected }) => isSelected)

/** Facets of a list, and its active filters. On a category page, the category is neither. */
export const buildFacets = (
  { facets }: BookPage,
  params: ListParams,
  url: URL,
  currency: Currency,
  hasCategory: boolean,
): { readonly facets: readonly Facet[]; readonly active: readonly ActiveFilter[] } => {
  const groups = groupsOf(facets, params, currency, hasCategory)
  const stock = stockFacet(facets, params, url)
  return {
    facets: [
      ...groups.map(group => toFacet(group, url, params.more)).filter(isUseful),
      ...(stock.values.length > 0 ? [stock] : []),
    ],
    active: [
      ...groups.flatMap(({ param, chosen, label }) =>
        chosen.map(value => ({
          label: label(value),
          without: listLink(url, { [param]: chosen.filter(one => one !== value) }),
        })),
      ),
      ...(params.inStock ? [{ label: t.list.inStock, without: listLink(url, { stock: null }) }] : []),
    ],
  }
}

/**
 * Query parameters of public pages: their names, and which values mean something. The page cache is keyed by them and the CDN
 * lets only them through, so a page never sees any other (public-pages.ts).
 */
import { MIN_RATINGS } from '../catalog/schema.ts'

/** The values of a parameter in their canonical form; none for what a page ignores, and for the default. */
export type CanonicalValues = (values: readonly string[]) => readonly string[]
export type QueryParams = Readonly<Record<string, CanonicalValues>>

/** The first value counts, if it is one of these. */
export const oneOf =
  (allowed: readonly string[]): CanonicalValues =>
  ([value]) =>
    value !== undefined && allowed.includes(value) ? [value] : []

const matching =
  (pattern: RegExp): CanonicalValues =>
  ([value]) =>
    value !== undefined && pattern.test(value) ? [value] : []

/** Each value counts, once and in any order. */
const several: CanonicalValues = values => [...new Set(values)].filter(value => value !== '').sort()

/** Sort orders of a list, the default first. */
export const SORTS = ['relevance', 'newest', 'title', 'price_asc', 'price_desc', 'rating'] as const
/** Facets whose values are listed in full where the parameter `more` names them. */
export const EXPANDABLE = ['category', 'author', 'language', 'decade'] as const

/** Parameters of the list of a category. */
export const CATEGORY_PARAMS = {
  q: matching(/./s),
  author: several,
  language: several,
  decade: several,
  rating: oneOf(MIN_RATINGS),
  price: matching(/^(?:(?:under|over)-\d{1,9}|\d{1,9}-\d{1,9})$/),
  stock: oneOf(['1']),
  sort: oneOf(SORTS.slice(1)),
  page: matching(/^(?!1$)(?:[1-9]\d{0,4}|100000)$/),
  more: oneOf(EXPANDABLE),
  panel: oneOf(['1']),
} as const satisfies QueryParams

/** Parameters of the list of all books. */
export const SEARCH_PARAMS = { ...CATEGORY_PARAMS, category: several } as const satisfies QueryParams

export type ListParam = keyof typeof SEARCH_PARAMS

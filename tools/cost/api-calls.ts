/**
 * API calls of each page that is rendered on AWS, where each is a request of the gateway and a call of a function. Counted by
 * web/tests/api-calls.test.ts, which fails where a page makes more or fewer.
 */
export const API_CALLS = {
  'front page': 2,
  'category page': 2,
  'search page': 2,
  'book page': 3,
  'visitor’s name and cart count, without a cart': 0,
  'visitor’s name and cart count, with a cart': 1,
  'visitor’s name and cart count, signed in': 2,
  'book put into the cart': 1,
  'cart page': 2,
  'checkout page': 4,
  'order placed': 1,
  'confirmation page': 2,
  'list of orders': 3,
  'order page': 3,
} as const

export type CountedPage = keyof typeof API_CALLS
type Visit = readonly (readonly [CountedPage, number])[]

/** Pages of a visit that the CDN may answer. */
export const VISIT: Visit = [
  ['front page', 1],
  ['category page', 1],
  ['search page', 2],
  ['book page', 2],
]
/** What fills a cart. */
export const CART: Visit = [
  ['book put into the cart', 2],
  ['cart page', 2],
]
/** What an order takes: a visitor looks at it twice afterwards. */
export const ORDER: Visit = [
  ['checkout page', 1],
  ['order placed', 1],
  ['confirmation page', 1],
  ['list of orders', 1],
  ['order page', 2],
]

export const countPages = (visit: Visit): number => visit.reduce((sum, [, often]) => sum + often, 0)
export const countApiCalls = (visit: Visit): number =>
  visit.reduce((sum, [page, often]) => sum + often * API_CALLS[page], 0)

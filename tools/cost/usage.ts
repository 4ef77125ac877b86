/**
 * From what a shop's owner knows (visitors, orders, or DynamoDB's reads and writes) to what AWS counts. What is assumed stands
 * here, each number with its reason; what the shop consumes of DynamoDB is measured, by `cloudshelf cost --measure`.
 */
import units from '../../data/measured-units.json' with { type: 'json' }
import { createLine, type Line, type Stage } from './prices.ts'

/** What somebody says of a month; what is left out follows from the rest. */
export type UsageInput = {
  /** Items read, and items written, as the specification's table counts them. */
  readonly reads?: number
  readonly writes?: number
  /** Gigabytes in the tables. */
  readonly storage?: number
  readonly books?: number
  readonly orders?: number
  readonly visitors?: number
}

export type Usage = {
  readonly visits: number
  readonly carts: number
  readonly orders: number
  readonly signUps: number
  readonly books: number
  readonly readUnits: number
  readonly writeUnits: number
  readonly storageGb: number
}

/** Assumed of visitors. Shops differ by far more than these numbers could be wrong: say your own orders and visitors. */
export const ASSUMPTIONS = {
  /** Pages that a visit looks at, two of them books'. */
  pagesPerVisit: 6,
  booksPerVisit: 2,
  /** Of visits, how many fill a cart, and how many order: a fiftieth is what shops report. */
  cartShare: 0.1,
  orderShare: 0.02,
  signUpsPerOrder: 0.3,
  signInsPerOrder: 0.5,
  /** Of public pages, how many the CDN gives again without asking: it keeps them for a minute. */
  cdnHitShare: 0.3,
  /** Items that a visit reads where each page is read from the table: six pages of eight. Here they come from memory. */
  specifiedReadsPerVisit: 50,
  /** Requests of a browser per page: the page, the small private one after it, files and covers that it has not kept. */
  requestsPerPage: 8,
  kilobytesPerPage: 120,
  /** Of requests for files and covers, how many the CDN has to fetch from S3. */
  cdnMissShare: 0.05,
  /** What a page asks of the API where the CDN does not answer; and the private request after it, for those with a cart. */
  apiCallsPerPage: 1.5,
  /** Requests of filling a cart and of ordering, pages with what they ask of the API. */
  pagesPerCart: 4,
  apiCallsPerCart: 6,
  pagesPerOrder: 6,
  apiCallsPerOrder: 8,
  /** Seconds by gigabytes of memory as the stacks set it; the time is assumed, not measured on Lambda. */
  pageGbSeconds: 1 * 0.045,
  apiGbSeconds: 0.75 * 0.02,
  consumerGbSeconds: 0.75 * 0.15,
  /** Of invocations, how many start a function, which AWS charges as well. */
  coldStartShare: 0.01,
  coldStartGbSeconds: 1 * 0.6,
  /** The sweeper each five minutes, the snapshot each six hours, visitors or not. */
  scheduledCalls: (30 * 86_400) / 300 + (30 * 86_400) / 21_600,
  /** Our line and Lambda's own three. */
  logKilobytes: 1.1,
  mailsPerOrder: 2,
  /** Megabytes of a book's covers in their sizes. */
  coverMegabytes: 0.3,
  /** Kilobytes in the tables: a book with its index and pointer, an order with its index and what control keeps. */
  bookKilobytes: 5,
  orderKilobytes: 4,
} as const

const GB = 1024 ** 2
const { actions } = units

/** Units of one action each, so many times. */
const sumUnits = (names: readonly (readonly [keyof typeof actions, number])[]) => ({
  reads: names.reduce((sum, [name, often]) => sum + often * actions[name].reads, 0),
  writes: names.reduce((sum, [name, often]) => sum + often * actions[name].writes, 0),
})

const PER_VISIT = sumUnits([
  ['front_page', 1],
  ['shelf_page', 1],
  ['search_page', 2],
  ['book_page', ASSUMPTIONS.booksPerVisit],
])
const PER_CART = sumUnits([
  ['first_add', 1],
  ['add', 1],
  ['cart_page', 2],
  ['cart_read', 2],
])
const PER_ORDER = sumUnits([
  ['order_3', 1],
  ['order_mail', ASSUMPTIONS.mailsPerOrder],
  ['order_read', 2],
  ['sign_up', ASSUMPTIONS.signUpsPerOrder],
  ['confirm', ASSUMPTIONS.signUpsPerOrder],
  ['sign_in', ASSUMPTIONS.signInsPerOrder],
])

/** An order of three lines writes the order, its cart, what control keeps of it, three books and the counter of its limit. */
export const ITEMS_PER_ORDER = 9
/** Units that a written item takes here, in a transaction and into indexes too. */
export const UNITS_PER_WRITE = actions.order_3.writes / ITEMS_PER_ORDER

/** How many units a month of visits and orders takes. */
const estimateUnits = (visits: number, orders: number) => {
  const carts = Math.max(visits * ASSUMPTIONS.cartShare, orders)
  const sum = (what: 'reads' | 'writes') =>
    visits * PER_VISIT[what] + carts * PER_CART[what] + orders * PER_ORDER[what]
  return { carts, reads: sum('reads'), writes: sum('writes') }
}

/** Visits of a shop that reads its pages from the table, as the specification's does, from what it reads or else writes. */
const estimateVisits = ({ reads, writes, orders }: UsageInput): number => {
  if (orders !== undefined) return orders / ASSUMPTIONS.orderShare
  if (reads !== undefined) return reads / ASSUMPTIONS.specifiedReadsPerVisit
  return writes === undefined ? 0 : visitsForWrites(writes)
}

/** How many visits, with the orders that come of them, so many written items are enough for here. */
export const visitsForWrites = (writes: number): number =>
  (writes * UNITS_PER_WRITE) / estimateUnits(1, ASSUMPTIONS.orderShare).writes

/** What follows from what was said. */
export const estimateUsage = (input: UsageInput): Usage => {
  const { books = 10_000 } = input
  const visits = input.visitors ?? estimateVisits(input)
  const orders = input.orders ?? visits * ASSUMPTIONS.orderShare
  const needed = estimateUnits(visits, orders)
  return {
    visits,
    carts: needed.carts,
    orders,
    signUps: orders * ASSUMPTIONS.signUpsPerOrder,
    books,
    readUnits: input.reads ?? needed.reads,
    writeUnits: input.writes === undefined ? needed.writes : input.writes * UNITS_PER_WRITE,
    // A year's orders lie there.
    storageGb:
      input.storage ?? (books * ASSUMPTIONS.bookKilobytes + 12 * orders * ASSUMPTIONS.orderKilobytes) / GB,
  }
}

/** What AWS would charge for this in a month, besides what stands there idle. */
export const createUsageLines = (usage: Usage, stage: Stage, withWaf = false): Line[] => {
  const { visits, carts, orders, signUps, books } = usage
  const pageViews = visits * ASSUMPTIONS.pagesPerVisit
  const rendered = pageViews * (1 - ASSUMPTIONS.cdnHitShare)
  const pages = rendered + pageViews + carts * ASSUMPTIONS.pagesPerCart + orders * ASSUMPTIONS.pagesPerOrder
  const api =
    rendered * ASSUMPTIONS.apiCallsPerPage +
    pageViews * ASSUMPTIONS.cartShare +
    carts * ASSUMPTIONS.apiCallsPerCart +
    orders * ASSUMPTIONS.apiCallsPerOrder
  const consumers = orders * (ASSUMPTIONS.mailsPerOrder + 1) + signUps + ASSUMPTIONS.scheduledCalls
  const invocations = pages + api + consumers
  const cdn = pageViews * ASSUMPTIONS.requestsPerPage
  const files = pageViews * (ASSUMPTIONS.requestsPerPage - 2)
  const logs = (invocations * ASSUMPTIONS.logKilobytes) / GB
  const gbSeconds =
    pages * ASSUMPTIONS.pageGbSeconds +
    api * ASSUMPTIONS.apiGbSeconds +
    consumers * ASSUMPTIONS.consumerGbSeconds +
    invocations * ASSUMPTIONS.coldStartShare * ASSUMPTIONS.coldStartGbSeconds
  const lines: [id: string, quantity: number][] = [
    ['dynamodb-read', usage.readUnits + ASSUMPTIONS.scheduledCalls],
    ['dynamodb-write', usage.writeUnits],
    ['dynamodb-storage', usage.storageGb],
    ['dynamodb-recovery', stage === 'prod' ? usage.storageGb : 0],
    ['lambda-request', invocations],
    ['lambda-duration', gbSeconds],
    ['api-gateway-request', pages + api],
    ['cloudfront-request', cdn],
    ['cloudfront-transfer', (pageViews * ASSUMPTIONS.kilobytesPerPage) / GB],
    ['s3-storage', (books * ASSUMPTIONS.coverMegabytes) / 1024],
    ['s3-get', files * ASSUMPTIONS.cdnMissShare],
    ['s3-put', Math.min(orders, (30 * 86_400) / 180) + (30 * 86_400) / 21_600],
    ['ses-mail', orders * ASSUMPTIONS.mailsPerOrder + signUps * 2],
    ['logs-ingestion', logs],
    ['logs-storage', logs],
    ['waf-request', withWaf ? cdn : 0],
  ]
  return lines.filter(([, quantity]) => quantity > 0).map(([id, quantity]) => createLine(id, quantity))
}

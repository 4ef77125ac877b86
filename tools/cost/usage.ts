/**
 * Usage model: from what an owner knows (visitors, orders, or DynamoDB reads and writes) to what AWS charges for. All assumptions
 * are here, each with its reason; the request units of each action are measured by `cloudshelf cost --measure`.
 */
import { deployedMegabytes, FUNCTION_MEMORY } from '#src/catalog/index/index-memory.ts'
import units from '../../data/measured-units.json' with { type: 'json' }
import { API_CALLS, CART, countApiCalls, countPages, ORDER, VISIT } from './api-calls.ts'
import { createLine, type Line, type Stage } from './prices.ts'

/** Monthly figures given by the owner; missing ones are derived. */
export type UsageInput = {
  /** Items read and written, as the specification's table counts them. */
  readonly reads?: number
  readonly writes?: number
  /** Gigabytes stored in the tables. */
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

/** Assumptions about visitors. Shops differ by more than these numbers could be wrong, so prefer your own orders and visitors. */
export const ASSUMPTIONS = {
  /** Pages per visit; two of them are book pages. */
  pagesPerVisit: countPages(VISIT),
  booksPerVisit: 2,
  /** Share of visits that fill a cart, and that order: shops commonly report 2 %. */
  cartShare: 0.1,
  orderShare: 0.02,
  signUpsPerOrder: 0.3,
  signInsPerOrder: 0.5,
  /** Share of public page views that the CDN answers from its cache: for 20 seconds, and for an hour with purges. By `npm run bench:cdn`. */
  cdnHitShare: 0.02,
  cdnHitShareWithPurges: 0.39,
  /** Paths that are purged for each order: a shop with 400 orders shows five sold-out books and edits a day, each for six paths. */
  cdnPathsPerOrder: 2.25,
  /** The most in production. */
  cdnPaths: 900,
  /** Gigabyte-seconds of a purge of six paths, which waits for other changes and for CloudFront, and of a scheduled call. */
  purgeGbSeconds: 0.25 * 40,
  purgerGbSeconds: 0.25 * 0.2,
  /** Items read per visit by a shop that reads each page from the table: six pages of eight. CloudShelf serves them from memory. */
  specifiedReadsPerVisit: 50,
  /** Browser requests per page: the page, the small private one after it, and files and covers that are not cached. */
  requestsPerPage: 8,
  kilobytesPerPage: 120,
  /** Share of requests for files and covers that the CDN fetches from S3. */
  cdnMissShare: 0.05,
  /** API calls of a page that the CDN does not answer, on average over a visit: counted, see api-calls.ts. */
  apiCallsPerPage: countApiCalls(VISIT) / countPages(VISIT),
  /** API calls of the small private request after each page, for visitors with a cart. */
  apiCallsPerVisitor: API_CALLS['visitor’s name and cart count, with a cart'],
  /** Requests for filling a cart and for ordering: pages and their API calls. */
  pagesPerCart: countPages(CART),
  apiCallsPerCart: countApiCalls(CART),
  pagesPerOrder: countPages(ORDER),
  apiCallsPerOrder: countApiCalls(ORDER),
  /** Gigabyte-seconds with the memory that the stacks configure; the duration is assumed, not measured on Lambda. */
  pageGbSeconds: 1 * 0.045,
  apiGb: 0.75,
  apiGbSeconds: 0.75 * 0.02,
  consumerGbSeconds: 0.75 * 0.15,
  /** Share of invocations that are cold starts, which AWS charges too. */
  coldStartShare: 0.01,
  coldStartGbSeconds: 1 * 0.6,
  /** Invocations of the sweeper every five minutes and of the snapshot every six hours, with or without visitors. */
  scheduledCalls: (30 * 86_400) / 300 + (30 * 86_400) / 21_600,
  /** Size of a book in the index snapshot, and time for 1,000 books to load or to write it: by `npm run bench:memory`. */
  snapshotKilobytesPerBook: 0.39,
  indexGbSecondsPerThousandBooks: 0.02,
  /** Log volume per invocation: our line and Lambda's three. */
  logKilobytes: 1.1,
  mailsPerOrder: 2,
  /** Size of a book's covers in all sizes. */
  coverMegabytes: 0.3,
  /** Stored size: a book with index and pointer; an order with index and control items. */
  bookKilobytes: 5,
  orderKilobytes: 4,
} as const

const GB = 1024 ** 2
const { actions } = units

/** Adds up the measured units of actions, each times its count. */
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

/** A checkout of three lines writes the order, the cart, six control items, three books and the limits of the network and the email. */
export const ITEMS_PER_ORDER = 13
/** Measured units per written item, with transactions and indexes included. */
export const UNITS_PER_WRITE = actions.order_3.writes / ITEMS_PER_ORDER

/** Estimates the units of a month's visits and orders. */
const estimateUnits = (visits: number, orders: number) => {
  const carts = Math.max(visits * ASSUMPTIONS.cartShare, orders)
  const sum = (what: 'reads' | 'writes') =>
    visits * PER_VISIT[what] + carts * PER_CART[what] + orders * PER_ORDER[what]
  return { carts, reads: sum('reads'), writes: sum('writes') }
}

/** Estimates the visits of a shop that reads its pages from the table, as the specification does. */
const estimateVisits = ({ reads, writes, orders }: UsageInput): number => {
  if (orders !== undefined) return orders / ASSUMPTIONS.orderShare
  if (reads !== undefined) return reads / ASSUMPTIONS.specifiedReadsPerVisit
  return writes === undefined ? 0 : visitsForWrites(writes)
}

/** Number of visits, with their orders, that this many written items pay for. */
export const visitsForWrites = (writes: number): number =>
  (writes * UNITS_PER_WRITE) / estimateUnits(1, ASSUMPTIONS.orderShare).writes

/** Derives the monthly usage from the given figures. */
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
    // Orders of one year are stored.
    storageGb:
      input.storage ?? (books * ASSUMPTIONS.bookKilobytes + 12 * orders * ASSUMPTIONS.orderKilobytes) / GB,
  }
}

const DAYS = 30
/** The most snapshots in a month: one every three minutes; and those of the schedule, every six hours. */
const MAX_SNAPSHOTS = (DAYS * 86_400) / 180
const SCHEDULED_SNAPSHOTS = (DAYS * 86_400) / 21_600
const PART_MEGABYTES = 8

/**
 * What the search index takes beside the answers: memory above the default, loading at cold starts, and snapshots, of which old
 * versions are kept for a day where the bucket keeps versions. `calls` are those of the catalogue.
 */
const estimateIndex = ({ books, orders }: Usage, calls: number) => {
  const snapshots = Math.min(orders, MAX_SNAPSHOTS) + SCHEDULED_SNAPSHOTS
  const megabytes = (books * ASSUMPTIONS.snapshotKilobytesPerBook) / 1024
  const parts = Math.ceil(megabytes / PART_MEGABYTES)
  const moreGb = Math.max(0, deployedMegabytes(books) - FUNCTION_MEMORY) / 1024
  const passes = calls * ASSUMPTIONS.coldStartShare + snapshots
  return {
    // An upload in parts begins and ends with a request of its own.
    puts: snapshots * (parts > 1 ? parts + 2 : 1),
    storageGb: ((snapshots / DAYS) * megabytes) / 1024,
    gbSeconds:
      calls * moreGb * (ASSUMPTIONS.apiGbSeconds / ASSUMPTIONS.apiGb) +
      passes * (books / 1_000) * ASSUMPTIONS.indexGbSecondsPerThousandBooks,
  }
}

const PATHS_OF_A_PURGE = 6
/** Calls of the purger by its schedule, every five minutes; each reads the rows of its partition and renews its state. */
const PURGER_CALLS = (DAYS * 86_400) / 300
const STATE_UNITS = 4

/** What the purge of the CDN takes. */
const estimatePurges = ({ orders }: Usage) => {
  const paths = Math.min(orders * ASSUMPTIONS.cdnPathsPerOrder, ASSUMPTIONS.cdnPaths)
  const purges = paths / PATHS_OF_A_PURGE
  return {
    paths,
    calls: PURGER_CALLS + purges,
    gbSeconds: purges * ASSUMPTIONS.purgeGbSeconds + PURGER_CALLS * ASSUMPTIONS.purgerGbSeconds,
    reads: PURGER_CALLS * 2,
    writes: PURGER_CALLS * STATE_UNITS,
  }
}
const NO_PURGES: ReturnType<typeof estimatePurges> = { paths: 0, calls: 0, gbSeconds: 0, reads: 0, writes: 0 }

/** Bill lines for this usage, without standing charges; `options` as for the bill. */
export const createUsageLines = (usage: Usage, stage: Stage, options: readonly string[] = []): Line[] => {
  const hasPurges = options.includes('cdnPaths')
  const purges = hasPurges ? estimatePurges(usage) : NO_PURGES
  const { visits, carts, orders, signUps, books } = usage
  const pageViews = visits * ASSUMPTIONS.pagesPerVisit
  const { cdnHitShare, cdnHitShareWithPurges } = ASSUMPTIONS
  const rendered = pageViews * (1 - (hasPurges ? cdnHitShareWithPurges : cdnHitShare))
  const pages = rendered + pageViews + carts * ASSUMPTIONS.pagesPerCart + orders * ASSUMPTIONS.pagesPerOrder
  const api =
    rendered * ASSUMPTIONS.apiCallsPerPage +
    pageViews * ASSUMPTIONS.cartShare * ASSUMPTIONS.apiCallsPerVisitor +
    carts * ASSUMPTIONS.apiCallsPerCart +
    orders * ASSUMPTIONS.apiCallsPerOrder
  const consumers = orders * (ASSUMPTIONS.mailsPerOrder + 1) + signUps + ASSUMPTIONS.scheduledCalls
  const invocations = pages + api + consumers + purges.calls
  const cdn = pageViews * ASSUMPTIONS.requestsPerPage
  const files = pageViews * (ASSUMPTIONS.requestsPerPage - 2)
  const logs = (invocations * ASSUMPTIONS.logKilobytes) / GB
  const index = estimateIndex(usage, rendered * ASSUMPTIONS.apiCallsPerPage)
  const gbSeconds =
    index.gbSeconds +
    purges.gbSeconds +
    pages * ASSUMPTIONS.pageGbSeconds +
    api * ASSUMPTIONS.apiGbSeconds +
    consumers * ASSUMPTIONS.consumerGbSeconds +
    invocations * ASSUMPTIONS.coldStartShare * ASSUMPTIONS.coldStartGbSeconds
  const lines: [id: string, quantity: number][] = [
    ['dynamodb-read', usage.readUnits + ASSUMPTIONS.scheduledCalls + purges.reads],
    ['dynamodb-write', usage.writeUnits + purges.writes],
    ['dynamodb-storage', usage.storageGb],
    ['dynamodb-recovery', stage === 'dev' ? 0 : usage.storageGb],
    ['lambda-request', invocations],
    ['lambda-duration', gbSeconds],
    ['api-gateway-request', pages + api],
    ['cloudfront-request', cdn],
    // Of public pages, cached ones too, and of what is for one visitor.
    ['cloudfront-function', pageViews + pages - rendered],
    ['cloudfront-invalidation', purges.paths],
    ['cloudfront-transfer', (pageViews * ASSUMPTIONS.kilobytesPerPage) / GB],
    ['s3-storage', (books * ASSUMPTIONS.coverMegabytes) / 1024 + (stage === 'prod' ? index.storageGb : 0)],
    ['s3-get', files * ASSUMPTIONS.cdnMissShare],
    ['s3-put', index.puts],
    ['ses-mail', orders * ASSUMPTIONS.mailsPerOrder + signUps * 2],
    ['logs-ingestion', logs],
    ['logs-storage', logs],
    ['waf-request', options.includes('waf') ? cdn : 0],
  ]
  return lines.filter(([, quantity]) => quantity > 0).map(([id, quantity]) => createLine(id, quantity))
}

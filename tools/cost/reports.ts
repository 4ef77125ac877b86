/** What PostgreSQL for reports costs by its rhythm, the option `reports`: mostly the time for which Aurora is awake. */
import { VISIT } from './api-calls.ts'
import { createLine, createStandingLines, sumLines } from './prices.ts'
import { ASSUMPTIONS } from './usage.ts'

export type Rhythm = 'nightly' | 'hourly' | 'live'

/** Assumptions beside those of the bill, none of which was measured on AWS. */
export const REPORT_ASSUMPTIONS = {
  /** Once nobody uses it, the cluster pauses after five minutes; the work itself takes about one. */
  minutesAwake: 6,
  /** Smallest size of a cluster that is awake. */
  capacityUnits: 0.5,
  hoursWithOrders: 16,
  /** Times that staff change books or the states of orders. */
  visitsOfStaff: 30,
  /** Times that staff open the reports while it is paused. */
  visitsToReports: 30,
  /** A row and its indexes: an order of two lines with its steps and cart, and a book. */
  kilobytesPerOrder: 4,
  statementsPerBatch: 20,
  /** Write units of a search that is counted, at most. */
  unitsPerSearch: 2,
} as const

const DAYS = 30
const HOURS = 730
const GB = 1024 ** 2

/** Searches a month, two for each visit. */
const searchesOf = (orders: number): number =>
  (orders / ASSUMPTIONS.orderShare) * (VISIT.find(([page]) => page === 'search page')?.[1] ?? 0)

/** Groups of changes a month: carts, each of which becomes an order or is deleted when its time is over, and what staff do. */
const changesOf = (orders: number): number => {
  const carts = orders * (ASSUMPTIONS.cartShare / ASSUMPTIONS.orderShare)
  return 2 * carts + Math.min(REPORT_ASSUMPTIONS.visitsOfStaff, orders)
}

/** How often a month it wakes up, beside the visits to reports. */
const wakesOf = (rhythm: Rhythm, orders: number): number => {
  const changes = changesOf(orders)
  if (rhythm === 'nightly') return Math.min(DAYS, changes)
  // Search terms wait for the hour also where other changes are applied at once.
  const hours = Math.min(DAYS * REPORT_ASSUMPTIONS.hoursWithOrders, changes + searchesOf(orders))
  return rhythm === 'hourly' ? hours : changes + hours
}

/** Hours awake a month. Changes that are applied at once come at any time: often it is awake already. */
const hoursAwake = (rhythm: Rhythm, wakes: number): number => {
  const apart = (wakes * REPORT_ASSUMPTIONS.minutesAwake) / 60
  return rhythm === 'live' ? HOURS * (1 - Math.exp(-apart / HOURS)) : Math.min(HOURS, apart)
}

/** US dollars a month with so many orders, spread evenly, and one year of them stored. */
export const estimateReports = (rhythm: Rhythm, orders: number): number => {
  const { capacityUnits, visitsToReports, kilobytesPerOrder, statementsPerBatch, unitsPerSearch } =
    REPORT_ASSUMPTIONS
  const wakes = wakesOf(rhythm, orders)
  return sumLines([
    createLine('aurora-capacity', hoursAwake(rhythm, wakes + visitsToReports) * capacityUnits),
    createLine('aurora-storage', Math.max(1, (12 * orders * kilobytesPerOrder) / GB)),
    createLine('data-api-request', wakes * statementsPerBatch),
    createLine('dynamodb-write', searchesOf(orders) * unitsPerSearch),
    ...createStandingLines('dev', 'reports'),
  ]).usd
}

/** What PostgreSQL for reports costs by its rhythm, the option `reports`: mostly the time for which Aurora is awake. */
import { createLine, createStandingLines, sumLines } from './prices.ts'

export type Rhythm = 'nightly' | 'hourly' | 'live'

/** Assumptions, none of which was measured on AWS. */
export const REPORT_ASSUMPTIONS = {
  /** Once nobody uses it, the cluster pauses after five minutes; the work itself takes about one. */
  minutesAwake: 6,
  /** Smallest size of a cluster that is awake. */
  capacityUnits: 0.5,
  hoursWithOrders: 16,
  /** Times that staff open the reports while it is paused. */
  visitsToReports: 30,
  /** A row and its indexes: an order of two lines with its steps and cart, and a book. */
  kilobytesPerOrder: 4,
  statementsPerBatch: 20,
} as const

const DAYS = 30
const HOURS = 730
const GB = 1024 ** 2

/** How often a month it wakes up, beside the visits to reports. */
const wakesOf = (rhythm: Rhythm, orders: number): number => {
  if (rhythm === 'nightly') return Math.min(DAYS, orders)
  if (rhythm === 'hourly') return Math.min(DAYS * REPORT_ASSUMPTIONS.hoursWithOrders, orders)
  // A cart and an order: two groups of changes.
  return 2 * orders
}

/** US dollars a month with so many orders, spread evenly, and one year of them stored. */
export const estimateReports = (rhythm: Rhythm, orders: number): number => {
  const { minutesAwake, capacityUnits, visitsToReports, kilobytesPerOrder, statementsPerBatch } =
    REPORT_ASSUMPTIONS
  const wakes = wakesOf(rhythm, orders)
  const hours = Math.min(HOURS, ((wakes + visitsToReports) * minutesAwake) / 60)
  return sumLines([
    createLine('aurora-capacity', hours * capacityUnits),
    createLine('aurora-storage', Math.max(1, (12 * orders * kilobytesPerOrder) / GB)),
    createLine('data-api-request', wakes * statementsPerBatch),
    ...createStandingLines('dev', 'reports'),
  ]).usd
}

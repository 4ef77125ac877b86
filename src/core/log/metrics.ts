/** Metrics of the shop: names and units, which the dashboard reads too. */

/** Units are CloudWatch's; `None` is the shop's currency, or hours. */
export const METRIC_UNITS = {
  OrdersPlaced: 'Count',
  Revenue: 'None',
  OutboxAge: 'Seconds',
  /** Payments that may not become an order. */
  PaymentsInReview: 'Count',
  /** Events of payment providers whose signature, age or form is wrong. */
  RefusedEvents: 'Count',
  /** Refunds that the provider has not made: the money is still the shop's. */
  RefundsFailed: 'Count',
  IndexAge: 'Seconds',
  OrderGap: 'None',
  ServerErrors: 'Count',
  UnreadableRows: 'Count',
} as const

export type MetricName = keyof typeof METRIC_UNITS
/** Seconds or a count; revenue in units of the currency, for example 52.42. */
export type Measurements = Readonly<Partial<Record<MetricName, number>>>

export const METRICS_NAMESPACE = 'CloudShelf'

export const METRIC_NAMES = Object.keys(METRIC_UNITS) as MetricName[]

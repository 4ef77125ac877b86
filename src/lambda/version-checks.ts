/** What a rollout sends a new version of each function before it gets calls, as data. Nothing of it writes. */
import type { FunctionId } from './functions.ts'

/** A batch without records, which Lambda never delivers: a function that answers it has started. */
export const EMPTY_BATCH = { Records: [] } as const

/** Whether an event is the check of a version, for a function that would otherwise work at any event. */
export const isEmptyBatch = (event: unknown): boolean =>
  typeof event === 'object' &&
  event !== null &&
  'Records' in event &&
  Array.isArray(event.Records) &&
  event.Records.length === 0

/** A GET request by a visitor without a cookie, and the expected status. */
export type Visit = { readonly path: string; readonly routeKey: string; readonly status: number }

const visit = (path: string, status: number, routeKey = `GET ${path}`): Visit => ({ path, routeKey, status })

/** The visit of a function with routes; other functions get an empty batch. */
export const VERSION_CHECKS: Readonly<Record<FunctionId, Visit | typeof EMPTY_BATCH>> = {
  BookCatalog: visit('/api/health', 200),
  ShoppingCart: visit('/api/cart', 200),
  UserAccounts: visit('/api/auth/session', 200),
  OrderProcess: visit('/api/orders', 200),
  Pages: visit('/', 200, '$default'),
  IndexConsumer: EMPTY_BATCH,
  OutboxConsumer: EMPTY_BATCH,
  Sweeper: EMPTY_BATCH,
  ReportsConsumer: EMPTY_BATCH,
  CdnPurger: EMPTY_BATCH,
  // Only signed events are answered: that the shop itself refuses it shows that the function has started.
  PaymentEvents: visit('/api/payments/events/stripe', 405, 'ANY /api/payments/events/{proxy+}'),
}

/** The gateway's event of a visit that comes through the shop's own proxy. */
export const createVisitEvent = (
  { path, routeKey }: Visit,
  { proxySecret, publicUrl, requestId }: Readonly<Record<'proxySecret' | 'publicUrl' | 'requestId', string>>,
): object => ({
  version: '2.0',
  routeKey,
  rawPath: path,
  rawQueryString: '',
  headers: { host: new URL(publicUrl).host, accept: '*/*', 'x-trusted-proxy': proxySecret },
  requestContext: {
    http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'release check' },
    domainName: new URL(publicUrl).host,
    requestId,
    routeKey,
    stage: '$default',
    timeEpoch: Date.now(),
  },
  isBase64Encoded: false,
})

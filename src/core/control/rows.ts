/**
 * Rows of the control table by kind: the only place with their keys. Every reader and writer takes the key from here, so that
 * no prefix, hash purpose or TTL is written twice. Stored rows must stay readable (`test/upgrade`): a prefix or a purpose is
 * never changed.
 */
import { sha256 } from '../ids.ts'
import { rowGroup, rowList, singleRow } from './row-kind.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Hashes a secret for one purpose: a copy of the table contains no usable secret, and none works for another purpose. */
const hashedFor = (purpose: string) => (text: string) => sha256(`${purpose}:${text}`)

/** Rows of the shop itself. */
export const CONTROL_ROWS = {
  /** What the shop keeps of its settings: its currency. */
  shop: rowList('shop', { ttl: 'never', owner: 'composition/shop-currency.ts', personalData: false }),
  /** Whether the database takes writes. It belongs to the database and not to the shop: no copy contains it. */
  writeFence: rowList('write-fence', { ttl: 'never', owner: 'core/fence/fence.ts', personalData: false }),
  /** What the projection in PostgreSQL recognizes these tables by. */
  projection: rowList('projection', { ttl: 'never', owner: 'projection/marker.ts', personalData: false }),
  /** Which engine answers searches, where that was switched. */
  searchEngine: rowList('search-engine', {
    ttl: 'never',
    owner: 'catalog/search-mode.ts',
    personalData: false,
  }),
  /** The category of a book, by its id: makes ids unique across categories. */
  bookPointer: singleRow('book#', 'pointer', {
    ttl: 'never',
    owner: 'catalog/table-writes.ts',
    personalData: false,
  }),
  /** Change log of the catalog, by time: tells other processes which books to read again. */
  catalogChange: rowList('catalog-changes', {
    ttl: 48 * HOUR,
    owner: 'catalog/index/change-log.ts',
    personalData: false,
  }),
  /** How often shoppers searched for which words, by day and the process that counted; thirteen months. */
  searchTerms: rowList('searches', {
    ttl: 396 * DAY,
    owner: 'catalog/search-terms.ts',
    personalData: false,
  }),
  /** Purge of the CDN: what is to be purged, what is being purged, paths of each month, and whether it works. */
  cdnPurge: rowList('cdn-purge', { ttl: 'per row', owner: 'cdn/table.ts', personalData: false }),
  /** Categories that were renamed or merged, by their former names: where links to them lead. */
  renamedCategory: rowList('renamed-categories', {
    ttl: 'never',
    owner: 'catalog/renamed-categories.ts',
    personalData: false,
  }),
  /** The order of an idempotency key, by user id and key. */
  idempotency: rowGroup('idem#', 'checkout#', {
    ttl: 24 * HOUR,
    owner: 'orders/table.ts',
    personalData: true,
  }),
  /** Orders of guests, by email and order id. */
  emailOrder: rowGroup(
    'email-orders#',
    '',
    { ttl: 'never', owner: 'orders/table.ts', personalData: true },
    sha256,
  ),
  /** The order of an order number. */
  orderNumber: singleRow('order-number#', 'order-number', {
    ttl: 'never',
    owner: 'orders/table.ts',
    personalData: true,
  }),
  /** How far the pass is that numbers orders of earlier releases. */
  orderNumbering: rowList('order-numbering', {
    ttl: 'never',
    owner: 'orders/numbering.ts',
    personalData: true,
  }),
  /** The order that a mailed link opens, by its token. */
  orderLink: singleRow(
    'order-link#',
    'order-link',
    { ttl: 30 * MINUTE, owner: 'orders/links.ts', personalData: true },
    hashedFor('order-link'),
  ),
  /** Links that show an order, by order id and token; how long each shows it is up to the state of the order. */
  orderView: rowGroup(
    'order-view#',
    '',
    { ttl: 730 * DAY, owner: 'orders/view-links.ts', personalData: true },
    undefined,
    hashedFor('order-view'),
  ),
  /**
   * Outbox: mails that are due or leased, by shard (core/outbox.ts), then by the time from which they may be taken, then `#` and
   * the mail's id.
   */
  outboxShard: rowGroup('outbox#', '', { ttl: 'never', owner: 'notifications/table.ts', personalData: true }),
  /** Outbox as releases up to 0.2 wrote it, in one partition. Rows in it are sent, and move to a shard when they are retried. */
  outbox: rowList('outbox', { ttl: 'never', owner: 'notifications/table.ts', personalData: true }),
  /** Dead letters: mails that were given up, by their id. */
  deadLetter: rowList('outbox-dead', {
    ttl: 'never',
    owner: 'notifications/table.ts',
    personalData: true,
  }),
  /** Records of sent mails, by their id. */
  sentMail: singleRow('mail#', 'sent', {
    ttl: 30 * DAY,
    owner: 'notifications/table.ts',
    personalData: true,
  }),
  /** The times of the last requests that a rate limit admitted, by a keyed hash of what it counts. */
  rateLimit: singleRow('limit#', 'limit', {
    ttl: 'per row',
    owner: 'core/rate-limit/sliding-window.ts',
    personalData: false,
  }),
  /** Uniqueness record: the account of an email. */
  emailReservation: singleRow('email#', 'email', {
    ttl: 'never',
    owner: 'accounts/table.ts',
    personalData: true,
  }),
  /** A checkout with a payment page, by the id of the order that it may become. It expires some time after it has ended. */
  checkout: singleRow('checkout#', 'checkout', {
    ttl: 'per row',
    owner: 'payments/checkout-table.ts',
    personalData: true,
  }),
  /** The live checkout of a shopper, by user id: there is one at most. */
  liveCheckout: singleRow('user#', 'checkout', {
    ttl: 'never',
    owner: 'payments/checkout-table.ts',
    personalData: true,
  }),
  /** That an account may pay by invoice, by user id. */
  invoicePermission: singleRow('user#', 'invoice', {
    ttl: 'never',
    owner: 'payments/invoice-permission.ts',
    personalData: true,
  }),
  /** Checkouts that something may still change, by the time at which the sweeper is to look at them, and `#` and the order id. */
  hold: rowList('holds', { ttl: 'never', owner: 'payments/checkout-table.ts', personalData: true }),
  /** Payment of an order with its refunds, disputes and journal entries: `payment`, `refund#…`, `dispute#…`, `entry#…`. */
  payment: rowGroup('payment#', '', { ttl: 'never', owner: 'payments/table.ts', personalData: true }),
  /** Refunds that the provider has not finished, by the time at which to ask again, `#` and order id and refund id. */
  openRefund: rowList('open-refunds', { ttl: 'never', owner: 'payments/table.ts', personalData: true }),
  /** Events of a payment provider that were worked on, by its id. */
  paymentEvent: rowGroup('payment-event#', '', {
    ttl: 35 * DAY,
    owner: 'payments/events.ts',
    personalData: false,
  }),
  /** Open work of staff by queue: `desk#<queue>`, then what it is sorted by, `#` and the order id. */
  desk: rowGroup('desk#', '', { ttl: 'never', owner: 'payments/table.ts', personalData: true }),
  /** The invoice of an order and its credit notes, in the order in which they were issued. */
  invoice: rowGroup('order#', 'invoice#', {
    ttl: 'per row',
    owner: 'invoices/table.ts',
    personalData: true,
  }),
  /** The last numbers of invoices and credit notes of a year. */
  invoiceNumbers: rowGroup('counter', 'invoice#', {
    ttl: 'never',
    owner: 'invoices/table.ts',
    personalData: false,
  }),
  /** Orders of which an invoice or a credit note is to be issued, by order id, `#` and why. */
  dueInvoice: rowList('due-invoices', { ttl: 'never', owner: 'invoices/table.ts', personalData: false }),
  /** Saved postal addresses, by user id and time. */
  postalAddress: rowGroup('user#', 'address#', {
    ttl: 'never',
    owner: 'accounts/profile/service.ts',
    personalData: true,
  }),
  /** Used codes of authenticator apps, by user id and code; stored for longer than a code is valid. */
  usedCode: rowGroup(
    'user#',
    'code#',
    { ttl: 5 * MINUTE, owner: 'accounts/auth/auth.ts', personalData: true },
    undefined,
    hashedFor('code'),
  ),
  /** Mailed account links, by their token. */
  accountLink: singleRow(
    'account-link#',
    'account-link',
    { ttl: 'per row', owner: 'accounts/account-links.ts', personalData: true },
    hashedFor('account-link'),
  ),
  /** Cognito sign-ins in progress, by the secret in the browser's cookie. */
  cognitoRequest: singleRow(
    'cognito#',
    'cognito',
    { ttl: 10 * MINUTE, owner: 'accounts/cognito/routes.ts', personalData: true },
    hashedFor('cognito'),
  ),
  /** Known devices: browsers that have signed in with an email, by the email and the secret in their cookie. */
  knownDevice: rowGroup(
    'devices#',
    '',
    { ttl: 400 * DAY, owner: 'accounts/known-devices.ts', personalData: true },
    hashedFor('devices'),
    hashedFor('device'),
  ),
  /** Accounts with a role, by user id. */
  staffRole: rowList('staff', { ttl: 'never', owner: 'accounts/staff.ts', personalData: true }),
  /** Tombstones of accounts that are being or were erased, by user id. */
  erasure: rowList('erasures', { ttl: 'never', owner: 'privacy/erase.ts', personalData: true }),
  /** Audit trail of books, orders and accounts, by subject and time. */
  audit: rowGroup('audit#', '', { ttl: 'never', owner: 'core/audit.ts', personalData: true }),
  /** The same entries, by day and time. */
  auditDay: rowGroup('audit-day#', '', { ttl: 'never', owner: 'core/audit.ts', personalData: true }),
} as const

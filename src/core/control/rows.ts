/**
 * The rows of the control table, kind by kind: the only place that knows their keys. Whoever reads or writes such a row asks
 * here for its key, so that no prefix, hash purpose or lifetime is written down twice. What is stored under these keys must
 * stay readable (`test/upgrade`): a prefix or a purpose is never changed.
 */
import { sha256 } from '../ids.ts'
import { rowGroup, rowList, singleRow } from './row-kind.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The hash of a secret for one purpose: a copy of the table opens nothing, and no secret works for another purpose. */
const hashedFor = (purpose: string) => (text: string) => sha256(`${purpose}:${text}`)

/** Rows of the shop itself. */
export const CONTROL_ROWS = {
  /** The category of a book, by its id: makes ids unique across categories. */
  bookPointer: singleRow('book#', 'pointer', {
    ttl: 'never',
    owner: 'catalog/table-writes.ts',
    personalData: false,
  }),
  /** Which books changed, by time: how one process learns what another wrote. */
  catalogChange: rowList('catalog-changes', {
    ttl: 48 * HOUR,
    owner: 'catalog/index/change-log.ts',
    personalData: false,
  }),
  /** The order that an idempotency key made, by user and key. */
  idempotency: rowGroup('idem#', 'checkout#', {
    ttl: 24 * HOUR,
    owner: 'orders/table.ts',
    personalData: true,
  }),
  /** A guest's orders, by their email address and the order's id. */
  emailOrder: rowGroup(
    'email-orders#',
    '',
    { ttl: 'never', owner: 'orders/table.ts', personalData: true },
    sha256,
  ),
  /** The order that a mailed link opens, by the link's token. */
  orderLink: singleRow(
    'order-link#',
    'order-link',
    { ttl: 30 * MINUTE, owner: 'orders/links.ts', personalData: true },
    hashedFor('order-link'),
  ),
  /** Mails to be sent and those being sent, by the time from which they may be taken, then `#` and the mail's id. */
  outbox: rowList('outbox', { ttl: 'never', owner: 'notifications/table.ts', personalData: true }),
  /** Dead letters: mails that were given up, by the mail's id. */
  deadLetter: rowList('outbox-dead', {
    ttl: 'never',
    owner: 'notifications/table.ts',
    personalData: true,
  }),
  /** That a mail was sent, by its id. */
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
  /** The account that an email address belongs to: the uniqueness record that gives an address one account. */
  emailReservation: singleRow('email#', 'email', {
    ttl: 'never',
    owner: 'accounts/table.ts',
    personalData: true,
  }),
  /** A saved postal address, by user and time. */
  postalAddress: rowGroup('user#', 'address#', {
    ttl: 'never',
    owner: 'accounts/profile/service.ts',
    personalData: true,
  }),
  /** A code of an authenticator app that was used, by user and code; kept longer than any code is accepted. */
  usedCode: rowGroup(
    'user#',
    'code#',
    { ttl: 5 * MINUTE, owner: 'accounts/auth/auth.ts', personalData: true },
    undefined,
    hashedFor('code'),
  ),
  /** What a mailed link allows, by the link's token. */
  accountLink: singleRow(
    'account-link#',
    'account-link',
    { ttl: 'per row', owner: 'accounts/account-links.ts', personalData: true },
    hashedFor('account-link'),
  ),
  /** What a browser asked Cognito for, by the secret in its cookie. */
  cognitoRequest: singleRow(
    'cognito#',
    'cognito',
    { ttl: 10 * MINUTE, owner: 'accounts/cognito/routes.ts', personalData: true },
    hashedFor('cognito'),
  ),
  /** A browser that has signed in with an email address, by the address and the secret in its cookie. */
  knownDevice: rowGroup(
    'devices#',
    '',
    { ttl: 400 * DAY, owner: 'accounts/known-devices.ts', personalData: true },
    hashedFor('devices'),
    hashedFor('device'),
  ),
  /** Accounts with a role, by user. */
  staffRole: rowList('staff', { ttl: 'never', owner: 'accounts/staff.ts', personalData: true }),
  /** Tombstones of accounts that were or are being erased, by user. */
  erasure: rowList('erasures', { ttl: 'never', owner: 'privacy/erase.ts', personalData: true }),
  /** What was done to a book, an order or an account, by subject and time. */
  audit: rowGroup('audit#', '', { ttl: 'never', owner: 'core/audit.ts', personalData: true }),
  /** The same, by day and time. */
  auditDay: rowGroup('audit-day#', '', { ttl: 'never', owner: 'core/audit.ts', personalData: true }),
} as const

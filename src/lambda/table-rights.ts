/**
 * Rights of the functions on tables, as data: exactly the calls that their code makes. The roles on AWS are made from it
 * (infra/shop/permissions.ts), and every test compares it with the calls of the code (test/table-rights.ts).
 *
 * In the control table a right is for kinds of rows. It becomes a condition on the partition key (`dynamodb:LeadingKeys`), so that
 * kinds that share a partition, such as those of an account, are one to IAM.
 *
 * In a rollout the release before this one runs under the same roles: a right that its code needs is withdrawn one release later.
 */
import { AUTH_POINTERS, AUTH_ROWS } from '../core/control/auth-rows.ts'
import type { RowKind } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { TableId } from '../tables/definitions.ts'

/** Actions of IAM on items. A transaction needs those of its parts. */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'Scan'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'

export type TableRight = {
  readonly table: TableId
  readonly actions: readonly TableAction[]
  /** The index that may be queried, instead of the table. */
  readonly index?: string
  /** Kinds of rows of the control table. Only these, where given. */
  readonly rows?: readonly RowKind[]
}

const onTable = (table: Exclude<TableId, 'control'>, ...actions: readonly TableAction[]): TableRight => ({
  table,
  actions,
})
const onIndex = (table: TableId, index: string): TableRight => ({ table, index, actions: ['Query'] })
const onRows = (actions: readonly TableAction[], ...rows: readonly RowKind[]): TableRight => ({
  table: 'control',
  actions,
  rows,
})

const {
  shop,
  writeFence,
  bookPointer,
  catalogChange,
  searchTerms,
  cdnPurge,
  renamedCategory,
  idempotency,
  emailOrder,
  orderNumber,
  orderLink,
  orderView,
  outboxShard,
  outbox,
  deadLetter,
  sentMail,
  rateLimit,
  emailReservation,
  postalAddress,
  usedCode,
  accountLink,
  cognitoRequest,
  knownDevice,
  staffRole,
  erasure,
  audit,
  auditDay,
  checkout,
  liveCheckout,
  hold,
  payment,
  invoicePermission,
  openRefund,
  paymentEvent,
  invoice,
  invoiceNumbers,
  dueInvoice,
  desk,
} = CONTROL_ROWS
const { user, session, ...SIGN_IN_RECORDS } = AUTH_ROWS

/**
 * Of every function with tables: at its start the shop's currency is read, and recorded by the first function of all; before
 * writes, whether the database takes them, where an overdue pause is ended.
 */
const START = [onRows(['GetItem', 'PutItem'], shop, writeFence)]

/** For each request: the caller's session and role. */
const IDENTITY = [onRows(['GetItem', 'UpdateItem'], session), onRows(['GetItem'], user)]

const RATE_LIMITS = [onRows(['UpdateItem'], rateLimit)]

/** What is only ever added to. */
const AUDIT = [onRows(['PutItem'], audit, auditDay)]

const ANNOUNCE_MAIL = [onRows(['PutItem'], outboxShard)]

/** Of release 0.2, which writes its mails into one partition and moves them there. */
export const OF_EARLIER_RELEASE = [onRows(['PutItem'], outbox)]

/** Sending of mails that are due: rows move between the shards, the dead letters and the records of what was sent. */
const DELIVERY = [
  onRows(['PutItem', 'DeleteItem'], outboxShard),
  onRows(['DeleteItem'], outbox),
  onRows(['PutItem'], deadLetter, sentMail, orderLink, orderView, accountLink),
  onTable('orders', 'GetItem'),
  onTable('users', 'GetItem'),
]

/** Terms and amounts of orders as they are shown. */
const TERMS = [onRows(['BatchGetItem'], payment)]

/** Checkouts that are paid on a payment page, and what becomes of them. */
const PAYMENTS = [
  ...TERMS,
  onTable('carts', 'DeleteItem', 'ConditionCheckItem'),
  onTable('orders', 'PutItem'),
  onTable('books', 'BatchGetItem', 'UpdateItem'),
  onRows(['BatchGetItem'], bookPointer),
  onRows(['GetItem', 'PutItem', 'DeleteItem'], checkout, liveCheckout),
  onRows(['PutItem', 'DeleteItem'], hold, openRefund, desk),
  onRows(['PutItem'], payment, emailOrder, dueInvoice),
  onRows(['PutItem', 'DeleteItem'], orderNumber),
  onRows(['DeleteItem'], idempotency),
]

/** Issuing of the invoices and credit notes that are due, by the function that changed the order, by its mail, or by the sweeper. */
const INVOICING = [
  onRows(['Query', 'PutItem'], invoice),
  onRows(['GetItem', 'UpdateItem'], invoiceNumbers),
  onRows(['Query', 'DeleteItem'], dueInvoice),
  onRows(['Query'], payment),
  onTable('orders', 'GetItem', 'ConditionCheckItem'),
]

/** Steps of an erasure after its tombstone, by the function that got the request or by the sweeper. */
const ERASURE = [
  onRows(['PutItem'], erasure),
  onRows(['GetItem', 'Query', 'DeleteItem'], user, postalAddress, usedCode),
  onRows(['BatchGetItem', 'DeleteItem'], session, ...Object.values(SIGN_IN_RECORDS)),
  onRows(['Query', 'DeleteItem'], ...Object.values(AUTH_POINTERS).flat()),
  onRows(['Query', 'DeleteItem'], knownDevice, emailOrder, orderView, outboxShard, outbox, deadLetter),
  onRows(['GetItem', 'DeleteItem'], emailReservation),
  onRows(['DeleteItem'], staffRole),
  ...ANNOUNCE_MAIL,
  onTable('users', 'GetItem', 'DeleteItem'),
  onTable('carts', 'Query', 'DeleteItem'),
  onTable('orders', 'Query', 'BatchGetItem', 'UpdateItem'),
]

/** Rights of each function; none: the function has no table. */
export const TABLE_RIGHTS = {
  BookCatalog: [
    ...START,
    ...IDENTITY,
    ...AUDIT,
    // The whole table is read where there is no snapshot of the index.
    onTable(
      'books',
      'GetItem',
      'BatchGetItem',
      'Query',
      'Scan',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    ),
    onIndex('books', 'TitleSearchIndex'),
    onRows(['BatchGetItem', 'PutItem', 'DeleteItem'], bookPointer),
    onRows(['Query', 'PutItem'], catalogChange),
    onRows(['Query'], renamedCategory),
    onRows(['PutItem'], searchTerms),
    onRows(['GetItem'], cdnPurge),
    // Health: since when mails have been waiting.
    onRows(['Query'], outboxShard, outbox),
  ],
  ShoppingCart: [
    ...START,
    ...IDENTITY,
    ...RATE_LIMITS,
    onTable('carts', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem', 'ConditionCheckItem'),
    onTable('books', 'BatchGetItem'),
    onRows(['BatchGetItem'], bookPointer),
    // Copies that the shopper holds while paying.
    onRows(['GetItem'], checkout, liveCheckout),
  ],
  UserAccounts: [
    ...START,
    ...IDENTITY,
    ...RATE_LIMITS,
    ...AUDIT,
    ...ERASURE,
    ...OF_EARLIER_RELEASE,
    onTable('users', 'PutItem', 'UpdateItem'),
    onRows(['PutItem'], user, postalAddress, usedCode),
    onRows(['GetItem', 'PutItem'], session, ...Object.values(SIGN_IN_RECORDS)),
    onRows(['PutItem'], ...Object.values(AUTH_POINTERS).flat()),
    onRows(['PutItem'], emailReservation),
    onRows(['GetItem', 'PutItem'], knownDevice),
    onRows(['GetItem', 'PutItem', 'DeleteItem'], accountLink, cognitoRequest),
    // For the export of what the shop holds about a person, and what its erasure leaves to the sweeper.
    ...TERMS,
    onRows(['Query'], payment, desk, idempotency, hold),
    onRows(['BatchGetItem'], checkout),
    onRows(['Query'], audit, invoice),
  ],
  OrderProcess: [
    ...START,
    ...IDENTITY,
    ...RATE_LIMITS,
    ...AUDIT,
    ...ANNOUNCE_MAIL,
    ...OF_EARLIER_RELEASE,
    onTable('orders', 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
    onIndex('orders', 'OrderDateIndex'),
    onTable('carts', 'BatchGetItem', 'Query', 'DeleteItem'),
    onTable('books', 'BatchGetItem', 'UpdateItem'),
    onTable('users', 'GetItem'),
    onRows(['BatchGetItem'], bookPointer),
    onRows(['GetItem', 'Query', 'PutItem'], idempotency, emailOrder),
    onRows(['GetItem', 'PutItem'], orderNumber),
    onRows(['GetItem', 'PutItem', 'DeleteItem'], orderLink),
    onRows(['GetItem', 'Query', 'DeleteItem'], orderView),
    onRows(['GetItem'], knownDevice),
    ...PAYMENTS,
    ...INVOICING,
    onRows(['Query'], desk, payment),
    onRows(['ConditionCheckItem'], payment),
    onRows(['GetItem'], emailReservation, invoicePermission),
    onRows(['PutItem', 'DeleteItem'], invoicePermission),
  ],
  PaymentEvents: [
    ...START,
    ...RATE_LIMITS,
    ...AUDIT,
    ...ANNOUNCE_MAIL,
    ...PAYMENTS,
    onTable('orders', 'GetItem'),
    onRows(['Query'], payment),
    onRows(['GetItem', 'PutItem'], paymentEvent),
  ],
  Pages: [],
  IndexConsumer: [
    ...START,
    onTable('books', 'BatchGetItem', 'Scan'),
    onRows(['Query', 'PutItem'], catalogChange),
    onRows(['BatchGetItem', 'PutItem'], bookPointer),
    onRows(['PutItem'], cdnPurge),
  ],
  CdnPurger: [
    ...START,
    onRows(['Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'], cdnPurge),
  ],
  OutboxConsumer: [...START, ...DELIVERY, ...TERMS, ...INVOICING, ...OF_EARLIER_RELEASE],
  Sweeper: [
    ...START,
    ...DELIVERY,
    ...ERASURE,
    ...OF_EARLIER_RELEASE,
    onRows(['Query'], outboxShard, outbox, erasure),
    ...PAYMENTS,
    ...RATE_LIMITS,
    ...INVOICING,
    onRows(['Query'], hold, openRefund, desk, payment, idempotency),
    onRows(['BatchGetItem'], checkout),
    ...AUDIT,
  ],
  ReportsConsumer: [
    ...START,
    onTable('books', 'BatchGetItem'),
    onTable('orders', 'BatchGetItem'),
    onTable('carts', 'BatchGetItem'),
    onTable('users', 'BatchGetItem'),
    onRows(['BatchGetItem'], searchTerms, payment),
  ],
} as const satisfies Readonly<Record<string, readonly TableRight[]>>

/** What a partition key begins with where it has further letters; otherwise the whole key. */
export const leadingKeyPattern = ({ prefix }: RowKind): string =>
  prefix.endsWith('#') ? `${prefix}*` : prefix

/** A call on one item or partition; `leadingKey` is its partition key. A scan has none. */
export type TableCall = {
  readonly table: TableId
  readonly action: TableAction
  readonly index?: string | undefined
  readonly leadingKey?: string | undefined
}

const hasLeadingKey = ({ prefix }: RowKind, key: string): boolean =>
  prefix.endsWith('#') ? key.startsWith(prefix) : key === prefix

/** Whether the right is for this call, as IAM decides it. */
export const allows = (right: TableRight, { table, action, index, leadingKey }: TableCall): boolean =>
  right.table === table &&
  right.index === index &&
  right.actions.includes(action) &&
  (right.rows === undefined ||
    (leadingKey !== undefined && right.rows.some(kind => hasLeadingKey(kind, leadingKey))))

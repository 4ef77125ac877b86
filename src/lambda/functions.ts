/** Functions on AWS as data: endpoints, triggers and permissions of each. Bundles, stacks and tests read it. */
import { ENDPOINT_GROUPS } from '../composition/endpoints.ts'
import type { ProviderSecret } from '../composition/function-secrets.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { OUTBOX_PARTITIONS } from '../core/outbox.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { STREAM_WINDOW_SECONDS } from '../projection/streamed.ts'
import type { TableId } from '../tables/definitions.ts'
import { TABLE_RIGHTS, type TableRight } from './table-rights.ts'

export type Right = 'read' | 'write'

/** What invokes a function besides the gateway. */
export type Trigger =
  | {
      readonly kind: 'stream'
      readonly table: TableId
      /** Filter of the event source mapping; records that do not match are not delivered. */
      readonly filter?: object
      /** Batches of one shard of the stream that are worked on at once, those of one partition in their order; 1 unless given. */
      readonly parallelBatches?: number
      /** How long records are collected for a batch, and how many at most; 1 second and 100 unless given. */
      readonly batching?: { readonly seconds: number; readonly records: number }
      /** Whether a batch that fails is tried again for as long as the stream has it, a day. */
      readonly isKept?: boolean
    }
  | { readonly kind: 'schedule'; readonly everyMinutes: number }

export type FunctionDefinition = {
  readonly id: string
  /** Its file in src/lambda, without the extension; the file exports `handler`. */
  readonly entry: string
  readonly endpoints: readonly Endpoint[]
  /** Further route keys of the gateway: unmatched paths under its own, so that the shop's own 404 answers them. */
  readonly otherRoutes: readonly string[]
  readonly triggers: readonly Trigger[]
  readonly tables: readonly TableRight[]
  /** Blobs: covers and the snapshot of the index; `write` includes reading. */
  readonly blobs?: Right
  readonly sendsMail?: boolean
  /** Reads or writes PostgreSQL through the Data API, where the option `reports` is on. */
  readonly usesDatabase?: boolean
  /** Reads a stream that ReportsConsumer needs too: with a second Region it hands keys on, see stream-keys.ts. */
  readonly handsOn?: boolean
  /** Erases personal data, and calls the function that erases in PostgreSQL. */
  readonly erases?: boolean
  /** Only deployed where this option is on. */
  readonly option?: 'reports' | 'cdnPaths' | 'stripe'
  /** Its part in the purge of the CDN: it invalidates paths, starts the function that does, or lets the CDN keep responses for long. */
  readonly cdn?: 'purge' | 'wake' | 'share'
  /** The secrets it reads: the shop's, and the one by which the CDN proves itself. */
  readonly secrets: readonly ('secret' | 'proxy')[]
  /** The secrets of the payment provider that it reads, where the shop takes payments by one. */
  readonly providerSecrets?: readonly ProviderSecret[]
}

const none = { endpoints: [], otherRoutes: [], triggers: [] } as const
const HTTP_SECRETS = ['secret', 'proxy'] as const

export const FUNCTIONS = [
  {
    ...none,
    id: 'BookCatalog',
    entry: 'catalog',
    endpoints: [...ENDPOINT_GROUPS.catalog, ...ENDPOINT_GROUPS.health, ...ENDPOINT_GROUPS.reports],
    // The API documentation, and the 404 of unmatched /api routes.
    otherRoutes: ['ANY /api/{proxy+}', 'ANY /api'],
    tables: TABLE_RIGHTS.BookCatalog,
    blobs: 'write',
    usesDatabase: true,
    cdn: 'share',
    secrets: HTTP_SECRETS,
  },
  {
    ...none,
    id: 'ShoppingCart',
    entry: 'cart',
    endpoints: ENDPOINT_GROUPS.cart,
    otherRoutes: ['ANY /api/cart', 'ANY /api/cart/{proxy+}'],
    tables: TABLE_RIGHTS.ShoppingCart,
    secrets: HTTP_SECRETS,
  },
  {
    ...none,
    id: 'UserAccounts',
    entry: 'accounts',
    endpoints: ENDPOINT_GROUPS.accounts,
    otherRoutes: ['ANY /api/auth/{proxy+}', 'ANY /api/users/{proxy+}'],
    // For the order history, and for an erasure, which deletes carts and restricts orders.
    tables: TABLE_RIGHTS.UserAccounts,
    erases: true,
    secrets: HTTP_SECRETS,
  },
  {
    ...none,
    id: 'OrderProcess',
    entry: 'orders',
    endpoints: [...ENDPOINT_GROUPS.orders, ...ENDPOINT_GROUPS.payments, ...ENDPOINT_GROUPS.invoices],
    otherRoutes: [
      'ANY /api/orders',
      'ANY /api/orders/{proxy+}',
      'ANY /api/checkout-options',
      'ANY /api/checkouts/{proxy+}',
      'ANY /api/payments',
      'ANY /api/payments/{proxy+}',
      'ANY /api/accounts/{proxy+}',
    ],
    tables: TABLE_RIGHTS.OrderProcess,
    secrets: HTTP_SECRETS,
    providerSecrets: ['stripe-key'],
  },
  {
    ...none,
    id: 'Pages',
    entry: 'pages',
    otherRoutes: ['$default'],
    tables: TABLE_RIGHTS.Pages,
    secrets: ['proxy'],
  },
  {
    ...none,
    id: 'IndexConsumer',
    entry: 'index-stream',
    triggers: [
      { kind: 'stream', table: 'books' },
      // A snapshot must not become older than the change log, also in a quiet shop.
      { kind: 'schedule', everyMinutes: 360 },
    ],
    tables: TABLE_RIGHTS.IndexConsumer,
    handsOn: true,
    blobs: 'write',
    cdn: 'wake',
    secrets: [],
  },
  {
    ...none,
    id: 'OutboxConsumer',
    entry: 'outbox-stream',
    triggers: [
      {
        kind: 'stream',
        table: 'control',
        parallelBatches: 10,
        // Rows that were postponed are sent by the sweeper.
        filter: {
          eventName: ['INSERT'],
          dynamodb: {
            NewImage: { pk: { S: [...OUTBOX_PARTITIONS] }, state: { S: ['PENDING'] }, tries: { N: ['0'] } },
          },
        },
      },
    ],
    tables: TABLE_RIGHTS.OutboxConsumer,
    handsOn: true,
    sendsMail: true,
    secrets: [],
  },
  {
    ...none,
    id: 'Sweeper',
    entry: 'sweeper',
    triggers: [{ kind: 'schedule', everyMinutes: 5 }],
    // For finishing interrupted erasures and payments.
    tables: TABLE_RIGHTS.Sweeper,
    erases: true,
    sendsMail: true,
    secrets: [],
    providerSecrets: ['stripe-key'],
  },
] as const satisfies readonly FunctionDefinition[]

/** Of the control table, the records that reports need. */
export const SEARCH_TERMS = {
  dynamodb: { Keys: { pk: { S: [CONTROL_ROWS.searchTerms.pk, { prefix: CONTROL_ROWS.payment.prefix }] } } },
}

/** Functions that are deployed only where their option is on. */
export const OPTIONAL_FUNCTIONS = [
  {
    ...none,
    id: 'ReportsConsumer',
    entry: 'reports-stream',
    option: 'reports',
    // Keys alone are read of the records. Of the control table reports show search terms and payments.
    triggers: (['books', 'orders', 'carts', 'users', 'control'] as const).map(table => ({
      kind: 'stream' as const,
      table,
      ...(table === 'control' ? { filter: SEARCH_TERMS } : {}),
      batching: { seconds: STREAM_WINDOW_SECONDS, records: 1_000 },
      isKept: true,
    })),
    tables: TABLE_RIGHTS.ReportsConsumer,
    usesDatabase: true,
    secrets: ['secret'],
  },
  {
    ...none,
    id: 'CdnPurger',
    entry: 'cdn-purger',
    // Changes of books start it too; the schedule sends what is left, and shows the other functions that it is well.
    triggers: [{ kind: 'schedule', everyMinutes: 5 }],
    tables: TABLE_RIGHTS.CdnPurger,
    cdn: 'purge',
    option: 'cdnPaths',
    secrets: [],
  },
  {
    ...none,
    id: 'PaymentEvents',
    entry: 'payment-events',
    endpoints: ENDPOINT_GROUPS.paymentEvents,
    otherRoutes: ['ANY /api/payments/events/{proxy+}'],
    tables: TABLE_RIGHTS.PaymentEvents,
    option: 'stripe',
    secrets: HTTP_SECRETS,
    providerSecrets: ['stripe-key', 'stripe-webhook'],
  },
] as const satisfies readonly FunctionDefinition[]

export type FunctionId = (typeof FUNCTIONS | typeof OPTIONAL_FUNCTIONS)[number]['id']
export type OptionalFunctionId = (typeof OPTIONAL_FUNCTIONS)[number]['id']

/** The function that checks new versions in a rollout; it has no version of its own that gets calls. */
export const RELEASE_CHECK = {
  ...none,
  id: 'ReleaseCheck',
  entry: 'release-check',
  tables: [],
  secrets: ['proxy'],
} as const satisfies FunctionDefinition

/** Functions that have a bundle. */
export type BundleId = FunctionId | typeof RELEASE_CHECK.id
export const BUNDLES: readonly BundleId[] = [
  ...[...FUNCTIONS, ...OPTIONAL_FUNCTIONS].map(({ id }) => id),
  RELEASE_CHECK.id,
]

/** The gateway's route key of an endpoint: `GET /api/books/{book_id}`, or with a greedy variable, `{category+}`. */
export const routeKey = ({ method, path, slashesInPath }: Endpoint): string =>
  `${method} ${slashesInPath ? path.replace(/\}$/, '+}') : path}`

/** Whether the gateway calls a function. */
export const hasRoutes = ({
  endpoints,
  otherRoutes,
}: Pick<FunctionDefinition, 'endpoints' | 'otherRoutes'>): boolean =>
  endpoints.length + otherRoutes.length > 0

/** The definition of a function. Throws TypeError for an unknown id. */
export const findFunction = (id: BundleId): FunctionDefinition => {
  const found = [...FUNCTIONS, ...OPTIONAL_FUNCTIONS, RELEASE_CHECK].find(one => one.id === id)
  if (!found) throw new TypeError(`must be the id of a function: ${id}`)
  return found
}

/**
 * The tables as data: the specification's four ("DynamoDB Table Design") and `cloudshelf-control`, which holds everything
 * that the specification does not know. The provisioner, the verifier, the stores, local mode and infra read them here.
 */
type Key = { readonly hash: string; readonly range?: string }

export type TableDefinition = {
  /** The specification's name; deployments may prefix it. */
  readonly name: string
  /** The environment variable that carries the deployed name. */
  readonly env: string
  readonly key: Key
  /** Every index projects all attributes; every key attribute is a string. */
  readonly indexes: Readonly<Record<string, Key>>
  /** The attribute with the expiry in epoch seconds, where items expire. */
  readonly ttl?: string
}

export const TABLES = {
  books: {
    name: 'cloudshelf-books',
    env: 'BOOKS_TABLE_NAME',
    key: { hash: 'category', range: 'book_id' },
    indexes: { TitleSearchIndex: { hash: 'title' } },
  },
  carts: {
    name: 'cloudshelf-carts',
    env: 'CARTS_TABLE_NAME',
    key: { hash: 'user_id', range: 'cart_id' },
    indexes: {},
    ttl: 'expires_at',
  },
  users: {
    name: 'cloudshelf-users',
    env: 'USERS_TABLE_NAME',
    key: { hash: 'user_id' },
    indexes: { EmailIndex: { hash: 'email' } },
  },
  orders: {
    name: 'cloudshelf-orders',
    env: 'ORDERS_TABLE_NAME',
    key: { hash: 'user_id', range: 'order_id' },
    indexes: { OrderDateIndex: { hash: 'order_date', range: 'order_id' } },
  },
  control: {
    name: 'cloudshelf-control',
    env: 'CONTROL_TABLE_NAME',
    key: { hash: 'pk', range: 'sk' },
    indexes: {},
    ttl: 'expires_at',
  },
} as const satisfies Record<string, TableDefinition>

export type TableId = keyof typeof TABLES
export const TABLE_IDS = Object.keys(TABLES) as TableId[]

/** The deployed name of each table. */
export type TableNames = Readonly<Record<TableId, string>>

export const DEFAULT_TABLE_NAMES: TableNames = {
  books: TABLES.books.name,
  carts: TABLES.carts.name,
  users: TABLES.users.name,
  orders: TABLES.orders.name,
  control: TABLES.control.name,
}

/**
 * Definitions of the tables as data: the specification's four ("DynamoDB Table Design"), and `cloudshelf-control` for everything
 * that the specification does not have. Provisioning, the CDK stacks and the data access of the shop all read them.
 */
import type { Item } from '../core/dynamo/write.ts'

type Key = { readonly hash: string; readonly range?: string }

export type TableDefinition = {
  /** The specification's name; deployments may prefix it. */
  readonly name: string
  /** Environment variable with the name of the deployed table. */
  readonly env: string
  readonly key: Key
  /** Every index projects all attributes; every key attribute is a string. */
  readonly indexes: Readonly<Record<string, Key>>
  /** Attribute with the expiry time in epoch seconds; undefined: items do not expire. */
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

/** The primary key of an item of the table. */
export const primaryKey = (id: TableId, item: Item): Item => {
  const { hash, range }: Key = TABLES[id].key
  return { [hash]: item[hash], ...(range === undefined ? {} : { [range]: item[range] }) }
}

export const DEFAULT_TABLE_NAMES: TableNames = {
  books: TABLES.books.name,
  carts: TABLES.carts.name,
  users: TABLES.users.name,
  orders: TABLES.orders.name,
  control: TABLES.control.name,
}

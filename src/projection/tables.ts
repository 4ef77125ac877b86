/** The tables of DynamoDB that the projection follows, each with its mapper and the SQL of its rows. */
import { partition, type RowKind } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo, Key, ScanOptions } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import { TABLES, type TableId, type TableNames } from '../tables/definitions.ts'
import { mapBook } from './map-books.ts'
import { mapCart } from './map-carts.ts'
import { mapOrder } from './map-orders.ts'
import { mapPayment } from './map-payments.ts'
import { mapSearches } from './map-searches.ts'
import { mapUser } from './map-users.ts'
import type { MapItem } from './mapping.ts'
import { STORED_BOOKS } from './search-rows.ts'

export type ProjectedId = Exclude<TableId, 'control'> | 'searches' | 'payments'

export type ReadOptions = Pick<ScanOptions, 'attributes' | 'after'> & { readonly pageSize: number }

export type ProjectedTable = {
  readonly id: ProjectedId
  /** Deployed name of the DynamoDB table. */
  readonly source: string
  readonly keyAttributes: readonly string[]
  readonly map: MapItem
  /** Whether an item of the source with this key is one of its own. */
  readonly accepts: (key: Key) => boolean
  /** Its items, or what follows the key `after`, page by page. */
  readonly pages: (
    db: Pick<Dynamo, 'scan' | 'pages'>,
    options: ReadOptions,
  ) => AsyncGenerator<readonly Item[]>
  /** Table of the rows, in PostgreSQL. */
  readonly target: string
  /** What is stored of each item, as a relation: `source_key`, `source_hash` and `sealed_key`. */
  readonly stored: string
  /**
   * What the row of an item that was deleted keeps, as assignments of an SQL update; undefined where it goes too. Past sales name
   * books, and carts have an outcome.
   */
  readonly onGone?: string
  /** Columns of the row and of its children, with their types. */
  readonly columns: Readonly<Record<string, string>>
  readonly children: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const TIMES = { created_at: 'timestamptz', updated_at: 'timestamptz' }
const MONEY = { currency: 'text', total_minor: 'bigint' }

/**
 * What became of a cart is not written anywhere: it was bought when its owner has ordered since its last change, which is decided
 * when it goes. It then no longer says whose it was.
 */
const CART_GONE = `gone_at = now(), owner = null, outcome = case
  when exists (select from shop.orders o where o.owner = shop.carts.owner and o.ordered_at >= shop.carts.updated_at) then 'bought'
  when now() >= expires_at then 'abandoned'
  else 'emptied' end`

type Projected = Omit<ProjectedTable, 'id' | 'source' | 'keyAttributes' | 'accepts' | 'pages'> & {
  /** The partition of the control table that it is, where it is no table of its own. */
  readonly partition?: string
  /** The rows of the control table that it is, where they are in partitions of their own. */
  readonly rows?: Pick<RowKind, 'matches'>
}

const PROJECTED: Readonly<Record<ProjectedId, Projected>> = {
  books: {
    map: mapBook,
    target: 'shop.books',
    stored: STORED_BOOKS,
    onGone: 'gone_at = now()',
    columns: {
      category: 'text',
      book_id: 'text',
      title: 'text',
      author: 'text',
      isbn: 'text',
      price_minor: 'bigint',
      currency: 'text',
      stock: 'int',
      status: 'text',
      language: 'text',
      published_year: 'int',
      pages: 'int',
      ...TIMES,
    },
    children: { book_authors: { place: 'int', name: 'text' } },
  },
  orders: {
    map: mapOrder,
    target: 'shop.orders',
    stored: 'shop.orders',
    columns: {
      order_id: 'text',
      owner: 'bytea',
      customer: 'bytea',
      is_account: 'boolean',
      order_date: 'date',
      ordered_at: 'timestamptz',
      updated_at: 'timestamptz',
      status: 'text',
      ...MONEY,
      subtotal_minor: 'bigint',
      adjustments_minor: 'bigint',
      tax_minor: 'bigint',
      shipping_minor: 'bigint',
      revenue_minor: 'bigint',
      cancelled_minor: 'bigint',
      refunded_minor: 'bigint',
      country: 'text',
    },
    children: {
      order_lines: {
        line: 'int',
        ordered_at: 'timestamptz',
        book_id: 'text',
        category: 'text',
        title: 'text',
        price_minor: 'bigint',
        quantity: 'int',
        amount_minor: 'bigint',
        is_cancelled: 'boolean',
        currency: 'text',
        is_repeat: 'boolean',
      },
    },
  },
  carts: {
    map: mapCart,
    target: 'shop.carts',
    stored: 'shop.carts',
    onGone: CART_GONE,
    columns: { owner: 'bytea', ...TIMES, expires_at: 'timestamptz', lines: 'int', copies: 'int', ...MONEY },
    children: {},
  },
  users: {
    map: mapUser,
    target: 'shop.customers',
    stored: 'shop.customers',
    columns: { customer: 'bytea', account_status: 'text', country: 'text', since: 'timestamptz' },
    children: {},
  },
  searches: {
    partition: CONTROL_ROWS.searchTerms.pk,
    map: mapSearches,
    target: 'shop.search_days',
    stored: 'shop.search_days',
    columns: { day: 'date' },
    children: { searches: { day: 'date', words: 'text', times: 'int', without_result: 'int' } },
  },
  payments: {
    rows: CONTROL_ROWS.payment,
    map: mapPayment,
    target: 'shop.payment_rows',
    stored: 'shop.payment_rows',
    columns: {
      kind: 'text',
      order_id: 'text',
      method: 'text',
      currency: 'text',
      amount_minor: 'bigint',
      captured_minor: 'bigint',
      refunded_minor: 'bigint',
      reserved_minor: 'bigint',
      disputed_minor: 'bigint',
      tax_minor: 'bigint',
      state: 'text',
      due_on: 'date',
      is_voided: 'boolean',
      at: 'timestamptz',
      updated_at: 'timestamptz',
    },
    children: {},
  },
}

/** Orders come before carts: what became of a cart is up to its owner's orders. */
const PROJECTED_IDS: readonly ProjectedId[] = ['books', 'orders', 'carts', 'users', 'searches', 'payments']

/** The items of a table that match, a page at a time; pages without any are left out. */
async function* matching(
  pages: AsyncIterable<readonly Item[]>,
  { matches }: Pick<RowKind, 'matches'>,
): AsyncGenerator<readonly Item[]> {
  for await (const page of pages) {
    const own = page.filter(matches)
    if (own.length > 0) yield own
  }
}

export const projectedTables = (names: TableNames): readonly ProjectedTable[] =>
  PROJECTED_IDS.map(id => {
    const { partition: pk, rows, ...projected } = PROJECTED[id]
    const tableId: TableId = id === 'searches' || id === 'payments' ? 'control' : id
    const source = names[tableId]
    const { hash, range }: { readonly hash: string; readonly range?: string } = TABLES[tableId].key
    return {
      id,
      source,
      keyAttributes: range === undefined ? [hash] : [hash, range],
      accepts: key => rows?.matches(key) ?? (pk === undefined || key[hash] === pk),
      pages: (db, options) =>
        pk === undefined
          ? rows
            ? matching(db.scan(source, options), rows)
            : db.scan(source, options)
          : db.pages({ ...partition(source, pk), ...(options.after && { after: options.after }) }),
      ...projected,
    }
  })

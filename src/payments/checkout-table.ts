/** Checkouts with a payment page, in the control table: the only file that knows their attributes and keys. */
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { epochSeconds } from '../core/ids.ts'
import type { TableDeps } from '../tables/table-deps.ts'
import { type Checkout, StoredCheckout } from './schema.ts'

/** How long a checkout is kept after its end, in seconds. */
const KEPT_SECONDS = 30 * 86_400

export interface CheckoutTable {
  get(orderId: string): Promise<Checkout | undefined>
  /** The checkout of a row as it is stored. */
  parse(item: Item): Checkout | undefined
  /** The order id of the shopper's live checkout. */
  liveOf(userId: string): Promise<string | undefined>
  /** Order ids of a person's checkouts that something may still change: those that have an address. */
  openOf(userId: string): Promise<readonly string[]>
  /**
   * Checkouts among which all of a shopper's are that may hold an address or an email: those of the last day, and all that something
   * may still change; with those of `more` order ids.
   */
  listOf(userId: string, more: readonly string[]): Promise<readonly Checkout[]>
  /** Order ids of the checkouts that are due at `now`, those due first first; at most `limit`. */
  listDue(now: Date, limit: number): Promise<readonly string[]>
  /** Writes a new checkout. Fails where the shopper has another live one than `replaced`. */
  begin(checkout: Checkout, replaced: string | undefined): BeginWrites
  /** Writes `after` in place of `before`. Fails where it was changed since it was read. */
  change(before: Checkout, after: ChangedCheckout): ChangeWrites
}

export type ChangedCheckout = Omit<Checkout, 'version'>
export type BeginWrites = { readonly checkout: Write; readonly live: Write; readonly due: readonly Write[] }
export type ChangeWrites = { readonly checkout: Write; readonly others: readonly Write[] }

/** Whether it holds copies. */
export const holdsCopies = ({ state }: Pick<Checkout, 'state'>): boolean =>
  isLive({ state }) || state === 'processing'

/** Whether the shopper may not begin another checkout beside it. Beside a debit that is on its way for days they may. */
export const isLive = ({ state }: Pick<Checkout, 'state'>): boolean => state === 'opening' || state === 'held'

export const createCheckoutTable = ({ db, names, unreadable }: TableDeps): CheckoutTable => {
  const table = names.control
  const rows = CONTROL_ROWS

  const dueWrites = (
    before: string | undefined,
    after: string | undefined,
    { order_id, user_id }: Pick<Checkout, 'order_id' | 'user_id'>,
  ): Write[] => {
    if (before === after) return []
    const keyOf = (time: string): Item => rows.hold.key(`${time}#${order_id}`)
    return [
      ...(before === undefined ? [] : [{ action: 'Delete', table, key: keyOf(before) } as const]),
      ...(after === undefined
        ? []
        : [{ action: 'Put', table, item: { ...keyOf(after), order_id, user_id } } as const]),
    ]
  }

  const toItem = (checkout: Checkout): Item => ({ ...rows.checkout.key(checkout.order_id), ...checkout })

  const parse: CheckoutTable['parse'] = item =>
    unreadable.read(StoredCheckout, item, { kind: 'checkout', id: rows.checkout.idOf(item.pk) })

  return {
    parse,
    get: async orderId => {
      const item = await db.get(table, rows.checkout.key(orderId))
      return item && parse(item)
    },
    liveOf: async userId => {
      const item = await db.get(table, rows.liveCheckout.key(userId))
      return typeof item?.order_id === 'string' ? item.order_id : undefined
    },
    openOf: async userId => {
      const found: string[] = []
      for await (const page of db.pages(partition(table, rows.hold.pk)))
        found.push(...page.filter(row => row.user_id === userId).map(({ order_id }) => String(order_id)))
      return found
    },
    listOf: async (userId, more) => {
      const ids = new Set(more)
      for (const pk of [rows.idempotency.pk(userId), rows.hold.pk])
        for await (const page of db.pages(partition(table, pk)))
          for (const { order_id } of page) ids.add(String(order_id))
      const keys = [...ids].map(rows.checkout.key)
      const items = keys.length > 0 ? await db.batchGet(table, keys) : []
      return items.flatMap(
        item => unreadable.read(StoredCheckout, item, { kind: 'checkout', id: String(item.order_id) }) ?? [],
      )
    },
    listDue: async (now, limit) => {
      const { items } = await db.query({
        ...partition(table, rows.hold.pk),
        where: 'pk = :pk AND sk <= :until',
        values: { ':pk': rows.hold.pk, ':until': `${now.toISOString()}#~` },
        limit,
      })
      return items.map(({ order_id }) => String(order_id))
    },
    begin: (checkout, replaced) => {
      const { order_id, user_id, due_at } = checkout
      return {
        checkout: { action: 'Put', table, item: toItem(checkout), condition: 'attribute_not_exists(pk)' },
        live: {
          action: 'Put',
          table,
          item: { ...rows.liveCheckout.key(user_id), order_id },
          condition:
            replaced === undefined
              ? 'attribute_not_exists(pk)'
              : 'attribute_not_exists(pk) OR order_id = :replaced',
          ...(replaced === undefined ? {} : { values: { ':replaced': replaced } }),
        },
        due: dueWrites(undefined, due_at, checkout),
      }
    },
    change: (before, changed) => {
      const after: Checkout = { ...changed, version: before.version + 1 }
      const { order_id, user_id } = after
      const ends = isLive(before) && !isLive(after)
      const isOver = after.due_at === undefined && after.ended_at !== undefined
      return {
        checkout: {
          action: 'Put',
          table,
          item: {
            ...toItem(after),
            // Only where nothing can change any more: the expiry of a row gives no copies back.
            ...(isOver ? { expires_at: epochSeconds(new Date(after.ended_at ?? 0)) + KEPT_SECONDS } : {}),
          },
          condition: 'version = :version',
          values: { ':version': before.version },
        },
        others: [
          ...dueWrites(before.due_at, after.due_at, after),
          ...(ends
            ? [
                {
                  action: 'Delete',
                  table,
                  key: rows.liveCheckout.key(user_id),
                  // Another checkout may have taken its place already, where this one was released with it.
                  condition: 'attribute_not_exists(pk) OR order_id = :order_id',
                  values: { ':order_id': order_id },
                } as const,
              ]
            : []),
        ],
      }
    },
  }
}

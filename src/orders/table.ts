/** Orders table and its control rows: with `table-writes.ts` the only file that knows their attributes, keys and indexes. */
import * as z from 'zod'
import { fromAmountFields } from '../cart/amount-fields.ts'
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { type Currency, storedCurrency } from '../core/currency.ts'
import type { Key } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import { dayOfOrderId, epochSeconds, isGuestUserId } from '../core/ids.ts'
import { fromDecimal } from '../core/money.ts'
import { type HeldAmount, heldIds } from '../core/rate-limit/holds.ts'
import { firstProblem } from '../core/unreadable-rows.ts'
import type { TableDeps } from '../tables/table-deps.ts'
import type { OrderKey } from './links.ts'
import type { CheckoutRecord } from './request-hash.ts'
import { type Order, StoredOrder, StoredOrderLine } from './schema.ts'
import { createOrderWrites, type OrderWrites } from './table-writes.ts'

/** Orders, items that cannot be read as orders, and the key after which the next page starts, if there is one. */
export type OrderPage = {
  readonly orders: readonly Order[]
  /** As they are stored. Lists leave them out; an export and an erasure of personal data do not. */
  readonly unreadable: readonly Item[]
  readonly next?: Key
}

/** Orders and unreadable items found by email address, whether there are older ones, and the id of the last pointer of the page. */
export type OrdersByEmail = Omit<OrderPage, 'next'> & {
  readonly more: boolean
  readonly last?: string
}

/** Other clients may write anything into the table: an item that is not an order is reported, and left out. */
export interface OrderTable extends OrderWrites {
  get(userId: string, orderId: string): Promise<Order | undefined>
  /** An order by its id alone: the id carries the day, and OrderDateIndex finds the owner. */
  getById(orderId: string): Promise<Order | undefined>
  /** An order by its number. Makes the same calls for a number that no order has. */
  getByNumber(number: string): Promise<Order | undefined>
  /** The id of the order of this number; undefined where there is none. */
  idOfNumber(number: string): Promise<string | undefined>
  /** A guest's order that was placed with this email address. */
  getByEmail(email: string, orderId: string): Promise<Order | undefined>
  /** A shopper's orders, latest first. */
  listByUser(userId: string, limit: number, after?: Key): Promise<OrderPage>
  /**
   * Guests' orders placed with this email address, latest first, before the id `before`. An order of an account belongs to the
   * account alone, whatever address was typed into it; earlier releases wrote pointers to such orders as well.
   */
  listByEmail(email: string, limit: number, before?: string): Promise<OrdersByEmail>
  /** A day's orders (UTC) by id, through OrderDateIndex. */
  listByDay(day: string, limit: number, after?: Key): Promise<OrderPage>
  /** The order of a day (UTC) that was placed last. */
  getLatestOfDay(day: string): Promise<Order | undefined>
  /** Every item, a page at a time. */
  scan(): AsyncGenerator<Omit<OrderPage, 'next'>>
  /** The idempotency record under this key, while it is kept (24 hours). */
  getCheckoutRecord(userId: string, key: string, now: Date): Promise<CheckoutRecord | undefined>
  /** What a guest's order of the last 24 hours holds on limits; empty for any other order, without a call. */
  heldBy(order: Order, now: Date): Promise<readonly HeldAmount[]>
  /** Ids of all amounts that are held on the same row. */
  heldTogether(held: HeldAmount, now: Date): Promise<readonly string[]>
}

/** Records of earlier releases hold nothing. */
const HeldAmounts = z
  .array(z.object({ row: z.string(), id: z.string(), amount: z.number(), per: z.string() }))
  .catch([])

/** Orders of a day among which the latest is looked for. */
const LATEST = 20

/** Owner id that no shopper has. */
export const NO_OWNER = 'nobody'

/**
 * An item as an order, without lines that cannot be read; undefined for one that is no order. `currency` is the shop's, of orders
 * that name none. `report` gets what is wrong with the item or a line.
 */
export const readOrder = (
  item: Item,
  currency: Currency,
  report: (problem: string) => void,
): Order | undefined => {
  const parsed = StoredOrder.safeParse(item)
  if (!parsed.success) {
    report(firstProblem(parsed.error))
    return undefined
  }
  const { items, subtotal, adjustments, tax, shipping, total, ...order } = parsed.data
  const own = order.currency === undefined ? currency : storedCurrency(order.currency)
  const lines = items.flatMap(item => {
    const line = StoredOrderLine.safeParse(item)
    if (!line.success) report(firstProblem(line.error))
    return line.success ? [{ ...line.data, price: fromDecimal(line.data.price, own) }] : []
  })
  return {
    ...order,
    currency: own,
    items: lines,
    amounts: fromAmountFields({ subtotal, adjustments, tax, shipping, total }, own),
  }
}

export const createOrderTable = (deps: TableDeps): OrderTable => {
  const { db, names, unreadable } = deps
  const table = names.orders

  const parseOrder = (item: Item): Order | undefined => {
    const row = { kind: 'order', id: String(item.order_id) }
    return readOrder(item, deps.currency, problem => unreadable.report(row, problem))
  }
  const parseOrders = (items: readonly Item[]): Omit<OrderPage, 'next'> => {
    const parsed = items.map(item => ({ item, order: parseOrder(item) }))
    return {
      orders: parsed.flatMap(({ order }) => order ?? []),
      unreadable: parsed.flatMap(({ item, order }) => (order ? [] : [item])),
    }
  }

  const get: OrderTable['get'] = async (userId, orderId) => {
    const item = await db.get(table, { user_id: userId, order_id: orderId })
    return item && parseOrder(item)
  }

  const readNumberPointer = async (number: string): Promise<OrderKey | undefined> => {
    const { user_id, order_id } = (await db.get(names.control, CONTROL_ROWS.orderNumber.key(number))) ?? {}
    return typeof user_id === 'string' && typeof order_id === 'string' ? { user_id, order_id } : undefined
  }

  const toPage = ({ items, next }: { readonly items: readonly Item[]; readonly next?: Key }): OrderPage => ({
    ...parseOrders(items),
    ...(next ? { next } : {}),
  })

  const listByEmail: OrderTable['listByEmail'] = async (email, limit, before) => {
    const { items, next } = await db.query({
      table: names.control,
      where: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
      values: {
        ':pk': CONTROL_ROWS.emailOrder.pk(email),
        ...(before === undefined ? {} : { ':before': before }),
      },
      descending: true,
      limit,
      consistent: true,
    })
    const keys = items
      .map(({ user_id, sk }) => ({ user_id: String(user_id), order_id: String(sk) }))
      .filter(({ user_id }) => isGuestUserId(user_id))
    const last = items.at(-1)?.sk
    return {
      ...parseOrders(await db.batchGet(table, keys)),
      more: next !== undefined,
      ...(typeof last === 'string' ? { last } : {}),
    }
  }

  return {
    get,
    getById: async orderId => {
      const day = dayOfOrderId(orderId)
      if (day === undefined) return undefined
      const { items } = await db.query({
        table,
        index: 'OrderDateIndex',
        where: 'order_date = :day AND order_id = :order_id',
        values: { ':day': day, ':order_id': orderId },
        limit: 1,
      })
      const [found] = items
      return found && get(String(found.user_id), String(found.order_id))
    },
    getByNumber: async number => {
      const pointer = await readNumberPointer(number)
      return get(pointer?.user_id ?? NO_OWNER, pointer?.order_id ?? number)
    },
    idOfNumber: async number => (await readNumberPointer(number))?.order_id,
    getByEmail: async (email, orderId) => {
      const pointer = await db.get(names.control, CONTROL_ROWS.emailOrder.key(email, orderId))
      const owner = pointer?.user_id
      return typeof owner === 'string' && isGuestUserId(owner) ? get(owner, orderId) : undefined
    },
    listByUser: async (userId, limit, after) =>
      toPage(
        await db.query({
          table,
          where: 'user_id = :user_id',
          values: { ':user_id': userId },
          descending: true,
          limit,
          consistent: true,
          ...(after ? { after } : {}),
        }),
      ),
    listByEmail,
    listByDay: async (day, limit, after) =>
      toPage(
        await db.query({
          table,
          index: 'OrderDateIndex',
          where: 'order_date = :day',
          values: { ':day': day },
          limit,
          ...(after ? { after } : {}),
        }),
      ),
    getLatestOfDay: async day => {
      const { items } = await db.query({
        table,
        index: 'OrderDateIndex',
        where: 'order_date = :day',
        values: { ':day': day },
        descending: true,
        limit: LATEST,
      })
      // Ids of other programs may sort otherwise, and may not be readable.
      return parseOrders(items).orders.reduce<Order | undefined>(
        (latest, order) => (latest && latest.created_at >= order.created_at ? latest : order),
        undefined,
      )
    },
    async *scan() {
      for await (const items of db.scan(table)) yield parseOrders(items)
    },
    getCheckoutRecord: async (userId, key, now) => {
      const item = await db.get(names.control, CONTROL_ROWS.idempotency.key(userId, key))
      if (!item || !(Number(item.expires_at) > epochSeconds(now))) return undefined
      return {
        request_hash: String(item.request_hash),
        hash_version: Number(item.hash_version ?? 1),
        order_id: String(item.order_id),
      }
    },
    heldBy: async ({ user_id, order_id, created_at }, now) => {
      const age = now.getTime() - Date.parse(created_at)
      // As long as the record of its checkout is kept.
      if (!isGuestUserId(user_id) || age > CONTROL_ROWS.idempotency.ttl * 1000) return []
      const records = partition(names.control, CONTROL_ROWS.idempotency.pk(user_id))
      for await (const rows of db.pages(records)) {
        const record = rows.find(row => row.order_id === order_id)
        if (record) return HeldAmounts.parse(record.held)
      }
      return []
    },
    heldTogether: async ({ row }, now) =>
      heldIds(await db.get(names.control, CONTROL_ROWS.rateLimit.key(row)), now.getTime()),
    ...createOrderWrites(names),
  }
}

/** The orders table and its records in control: the only file that knows their attributes, keys and indexes. */
import { toOrderAmountFields } from '../cart/amount-fields.ts'
import { type AuditEvent, auditWrites } from '../core/audit.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo, Key } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { dayOfOrderId, epochSeconds } from '../core/ids.ts'
import { toDecimal } from '../core/money.ts'
import { announceMail } from '../core/outbox.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { RequestHash } from './request-hash.ts'
import { Order } from './schema.ts'
import type { OrderStatus } from './status.ts'

/** Idempotency record of a checkout: its order, and the hash of the request that placed it. */
export type CheckoutRecord = RequestHash & { readonly order_id: string }
export type OrderEvent = 'order_confirmed' | 'order_shipped' | 'order_cancelled' | 'order_link'
export type OrderPage = { readonly orders: readonly Order[]; readonly next?: Key }
export type OrderTable = ReturnType<typeof createOrderTable>

const toItem = ({ amounts, ...order }: Order): Item => ({
  ...order,
  items: order.items.map(line => ({ ...line, price: toDecimal(line.price) })),
  ...toOrderAmountFields(amounts),
})

const readOrder = (item: Item | undefined): Order | undefined => Order.safeParse(item).data

const checkoutRecord = (item: Item | undefined, now: Date): CheckoutRecord | undefined =>
  item && Number(item.expires_at) > epochSeconds(now)
    ? {
        request_hash: String(item.request_hash),
        hash_version: Number(item.hash_version ?? 1),
        order_id: String(item.order_id),
      }
    : undefined

/** What German and French commercial law wants of an invoice; others want less. */
const RETAIN_YEARS = 10

/** Whether an erased person's address is needed no longer. */
const endsRestricted = ({ retain_until }: Order, status: OrderStatus): boolean =>
  retain_until !== undefined && (status === 'delivered' || status === 'cancelled')

const countryOnly = (address: Order['shipping_address']): Item =>
  address?.country === undefined ? {} : { country: address.country }

export const createOrderTable = (db: Dynamo, names: TableNames) => {
  const table = names.orders

  const get = async (userId: string, orderId: string): Promise<Order | undefined> =>
    readOrder(await db.get(table, { user_id: userId, order_id: orderId }))

  const page = (answer: { items: readonly Item[]; next?: Key }): OrderPage => {
    const orders = answer.items.map(readOrder).filter(order => order !== undefined)
    return answer.next ? { orders, next: answer.next } : { orders }
  }

  /** A shopper's orders, the latest first. */
  const ofUser = async (userId: string, limit: number, after?: Key): Promise<OrderPage> =>
    page(
      await db.query({
        table,
        where: 'user_id = :user_id',
        values: { ':user_id': userId },
        descending: true,
        limit,
        consistent: true,
        ...(after ? { after } : {}),
      }),
    )

  /** A day's orders (UTC) in the order of their ids, through OrderDateIndex. */
  const onDay = async (day: string, limit: number, after?: Key): Promise<OrderPage> =>
    page(
      await db.query({
        table,
        index: 'OrderDateIndex',
        where: 'order_date = :day',
        values: { ':day': day },
        limit,
        ...(after ? { after } : {}),
      }),
    )

  /** An order by its id alone, whoever owns it: the id carries the day, and OrderDateIndex finds it there. */
  const byId = async (orderId: string): Promise<Order | undefined> => {
    const day = dayOfOrderId(orderId)
    if (day === undefined) return undefined
    const { items } = await db.query({
      table,
      index: 'OrderDateIndex',
      where: 'order_date = :day AND order_id = :order_id',
      values: { ':day': day, ':order_id': orderId },
      limit: 1,
    })
    const found = readOrder(items[0])
    return found && get(found.user_id, found.order_id)
  }

  /** What an earlier checkout under this key left, while it is kept (24 hours). */
  const checkout = async (userId: string, key: string, now: Date): Promise<CheckoutRecord | undefined> =>
    checkoutRecord(await db.get(names.control, CONTROL_ROWS.idempotency.key(userId, key)), now)

  const keepCheckout = (userId: string, key: string, record: CheckoutRecord, now: Date): Write => ({
    action: 'Put',
    table: names.control,
    item: {
      ...CONTROL_ROWS.idempotency.key(userId, key),
      ...record,
      expires_at: epochSeconds(now) + CONTROL_ROWS.idempotency.ttl,
    },
    condition: 'attribute_not_exists(pk) OR expires_at <= :now',
    values: { ':now': epochSeconds(now) },
  })

  const put = (order: Order): Write => ({
    action: 'Put',
    table,
    item: toItem(order),
    condition: 'attribute_not_exists(order_id)',
  })

  /**
   * The row that tells the mail worker of an order's event, with all that the mail needs to find the order. An event that
   * an order can meet more than once is told apart by `which`.
   */
  const announce = (order: Order, event: OrderEvent, now: Date, which?: string): Write => {
    const { user_id, order_id } = order
    const id = [order_id, event, ...(which === undefined ? [] : [which])].join('#')
    return announceMail(names.control, id, { event, user_id, order_id }, now)
  }

  /** The pointer by which an account finds a guest's orders under its verified address. */
  const pointFromEmail = (order: Order, email: string): Write => ({
    action: 'Put',
    table: names.control,
    item: { ...CONTROL_ROWS.emailOrder.key(email, order.order_id), user_id: order.user_id },
  })

  /** The order that a pointer of this address leads to, if there is one. */
  const pointed = async (email: string, orderId: string): Promise<Order | undefined> => {
    const pointer = await db.get(names.control, CONTROL_ROWS.emailOrder.key(email, orderId))
    return typeof pointer?.user_id === 'string' ? get(pointer.user_id, orderId) : undefined
  }

  /** Orders made with this address, the latest first, before the order `before`; `more`: there are older ones. */
  const ofEmail = async (
    email: string,
    limit: number,
    before?: string,
  ): Promise<{ readonly orders: readonly Order[]; readonly more: boolean; readonly last?: string }> => {
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
    const keys = items.map(({ user_id, sk }) => ({ user_id: String(user_id), order_id: String(sk) }))
    const found = await db.batchGet(table, keys)
    const last = items.at(-1)?.sk
    return {
      orders: found.map(readOrder).filter(order => order !== undefined),
      more: next !== undefined,
      ...(typeof last === 'string' ? { last } : {}),
    }
  }

  /** Moves an order on, if it is still in the state that was seen. */
  const setStatus = (order: Order, status: OrderStatus, now: Date): Write => ({
    action: 'Update',
    table,
    key: { user_id: order.user_id, order_id: order.order_id },
    set: `SET #status = :to, updated_at = :now, version = if_not_exists(version, :none) + :one${
      endsRestricted(order, status) ? ', shipping_address = :left' : ''
    }`,
    condition: '#status = :from',
    names: { '#status': 'status' },
    values: {
      ':from': order.status,
      ':to': status,
      ':now': now.toISOString(),
      ':none': 0,
      ':one': 1,
      ...(endsRestricted(order, status) ? { ':left': countryOnly(order.shipping_address) } : {}),
    },
  })

  /**
   * Takes the person out of an order whose account is erased. The amounts, the books, the day and the country stay, for
   * ten years after the day; the address stays until the books have arrived, and goes with `setStatus` then.
   */
  const restrict = (order: Order): Write[] => {
    const { user_id, order_id, order_date, email, status, shipping_address } = order
    const over = status === 'delivered' || status === 'cancelled'
    return [
      {
        action: 'Update',
        table,
        key: { user_id, order_id },
        set: `SET retain_until = :until${over ? ', shipping_address = :left' : ''} REMOVE email`,
        condition: 'attribute_exists(order_id)',
        values: {
          ':until': `${Number(order_date.slice(0, 4)) + RETAIN_YEARS}${order_date.slice(4)}`,
          ...(over ? { ':left': countryOnly(shipping_address) } : {}),
        },
      },
      ...(email === undefined
        ? []
        : [
            {
              action: 'Delete',
              table: names.control,
              key: CONTROL_ROWS.emailOrder.key(email, order_id),
            } as const,
          ]),
    ]
  }

  /** The audit's rows of what was done to an order. */
  const note = (act: Omit<AuditEvent, 'subject'>, order: Order, now: Date): Write[] =>
    auditWrites(names.control, { ...act, subject: `order:${order.order_id}` }, now)

  /** Notes for the shop's people that cancelled copies could not go back, because their book is gone. */
  const noteUnreturned = (order: Order, bookIds: readonly string[], now: Date): Write[] => {
    const lines = order.items
      .filter(line => bookIds.includes(line.book_id))
      .map(({ book_id, quantity }) => ({ book_id, quantity }))
    return note({ actor: 'system', what: 'order.stock_not_returned', after: { lines } }, order, now)
  }

  return {
    get,
    ofUser,
    onDay,
    byId,
    checkout,
    keepCheckout,
    put,
    announce,
    pointFromEmail,
    pointed,
    ofEmail,
    setStatus,
    restrict,
    note,
    noteUnreturned,
  }
}

/** Writes to the orders table and its control rows, as values: a service sends several of them in one transaction. */
import { toOrderAmountFields } from '../cart/amount-fields.ts'
import { type AuditEvent, auditWrites } from '../core/audit.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { dayOfOrderId, epochSeconds } from '../core/ids.ts'
import { toDecimal } from '../core/money.ts'
import { announceMail } from '../core/outbox.ts'
import { giveBack, type HeldAmount } from '../core/rate-limit/holds.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { OrderKey } from './links.ts'
import { orderNumber } from './number.ts'
import type { CheckoutRecord } from './request-hash.ts'
import type { Order } from './schema.ts'
import { isFinal, type OrderStatus } from './status.ts'

/** Events of an order that a mail tells its customer. */
export type OrderEvent =
  | 'order_confirmed'
  | 'order_shipped'
  | 'order_cancelled'
  | 'order_link'
  | 'payment_received'
  | 'payment_refunded'
  | 'payment_reminder'

/** What an erasure needs to know of an order. */
type RestrictedOrder = Pick<
  Order,
  'user_id' | 'order_id' | 'order_date' | 'status' | 'email' | 'shipping_address'
>

export interface OrderWrites {
  /** Puts a new order. Fails where its id is taken. */
  put(order: Order): Write
  /** Puts the idempotency record of a checkout, with what its order holds. Fails while an earlier one is kept (24 hours). */
  putCheckoutRecord(
    userId: string,
    key: string,
    record: CheckoutRecord & { readonly held?: readonly HeldAmount[] },
    now: Date,
  ): Write
  /** Gives back what an order holds. Fails where it is given back, or has expired. */
  giveBack(held: HeldAmount): Write
  /** Puts the pointer by which an account finds a guest's orders under its confirmed address. */
  putEmailPointer(order: Order, email: string): Write
  /** Puts the pointer by which the order is found by its number. Fails where the number is taken. */
  putNumberPointer(order: OrderKey): Write
  /**
   * Announces an event of the order to the mail worker, with the keys by which the mail finds the order. `distinction` tells
   * apart the occurrences of an event that can happen more than once.
   */
  announce(order: Order, event: OrderEvent, now: Date, distinction?: string): Write
  /** Moves the order to `status`. Fails where it is no longer in the status that was read (optimistic locking). */
  setStatus(order: Order, status: OrderStatus, now: Date): Write
  /** Fails where the order is no longer in the status that was read. */
  assertStatus(order: Order): Write
  /**
   * Takes the person out of an order when an account is erased. Amounts, books, day and country stay for ten years; the
   * address stays until the books have arrived, and is removed by `setStatus` then.
   */
  restrict(order: RestrictedOrder): Write[]
  /** The same for an item that cannot be read as an order. Nothing moves it on, so its address is removed at once. */
  restrictUnreadable(item: Item): Write[]
  /** Audit rows of a change of the order. */
  audit(event: Omit<AuditEvent, 'subject'>, order: Pick<Order, 'order_id'>, now: Date): Write[]
  /** Audit rows for staff: copies of a canceled order that could not be returned to stock, because their book is gone. */
  auditUnreturnedStock(order: Order, bookIds: readonly string[], now: Date): Write[]
}

/** Retention of invoices in German and French commercial law, which is the longest that the shop must observe. */
const RETAIN_YEARS = 10

/** Until when an order of this day is kept, once its person is erased. */
export const retainUntil = (orderDate: string): string =>
  `${Number(orderDate.slice(0, 4)) + RETAIN_YEARS}${orderDate.slice(4)}`

/** An order as the table has it. */
export const orderItem = ({ amounts, currency, ...order }: Order): Item => ({
  ...order,
  items: order.items.map(line => ({ ...line, price: toDecimal(line.price, currency) })),
  ...toOrderAmountFields(amounts, currency),
  currency: currency.code,
})

const isDay = (value: unknown): value is string => /^\d{4}-\d{2}-\d{2}/.test(String(value))
const UNKNOWN_DAY = '1970-01-01'

const countryOnly = (address: Order['shipping_address']): Item =>
  address?.country === undefined ? {} : { country: address.country }

export const createOrderWrites = (names: TableNames): OrderWrites => {
  const table = names.orders

  const setStatus: OrderWrites['setStatus'] = (order, status, now) => {
    // An erased person's address is no longer needed.
    const endsRestriction = order.retain_until !== undefined && isFinal(status)
    return {
      action: 'Update',
      table,
      key: { user_id: order.user_id, order_id: order.order_id },
      set: `SET #status = :to, updated_at = :now, version = if_not_exists(version, :none) + :one${
        endsRestriction ? ', shipping_address = :left' : ''
      }`,
      condition: '#status = :from',
      names: { '#status': 'status' },
      values: {
        ':from': order.status,
        ':to': status,
        ':now': now.toISOString(),
        ':none': 0,
        ':one': 1,
        ...(endsRestriction ? { ':left': countryOnly(order.shipping_address) } : {}),
      },
    }
  }

  const restrict: OrderWrites['restrict'] = order => {
    const { user_id, order_id, order_date, email, shipping_address } = order
    const isOver = isFinal(order.status)
    const update: Write = {
      action: 'Update',
      table,
      key: { user_id, order_id },
      set: `SET retain_until = :until${isOver ? ', shipping_address = :left' : ''} REMOVE email`,
      condition: 'attribute_exists(order_id)',
      values: {
        ':until': retainUntil(order_date),
        ...(isOver ? { ':left': countryOnly(shipping_address) } : {}),
      },
    }
    if (email === undefined) return [update]
    const key = CONTROL_ROWS.emailOrder.key(email, order_id)
    return [update, { action: 'Delete', table: names.control, key }]
  }

  const restrictUnreadable: OrderWrites['restrictUnreadable'] = item => {
    const { user_id, order_id, order_date, email, shipping_address: address } = item
    const country =
      typeof address === 'object' && address && 'country' in address ? address.country : undefined
    return restrict({
      user_id: String(user_id),
      order_id: String(order_id),
      order_date: dayOfOrderId(String(order_id)) ?? (isDay(order_date) ? order_date : UNKNOWN_DAY),
      status: 'unknown',
      email: typeof email === 'string' ? email : undefined,
      shipping_address: typeof country === 'string' ? { country } : undefined,
    })
  }

  const audit: OrderWrites['audit'] = (event, { order_id }, now) =>
    auditWrites(names.control, { ...event, subject: `order:${order_id}` }, now)

  return {
    put: order => ({
      action: 'Put',
      table,
      item: orderItem(order),
      condition: 'attribute_not_exists(order_id)',
    }),
    putCheckoutRecord: (userId, key, record, now) => ({
      action: 'Put',
      table: names.control,
      item: {
        ...CONTROL_ROWS.idempotency.key(userId, key),
        ...record,
        expires_at: epochSeconds(now) + CONTROL_ROWS.idempotency.ttl,
      },
      condition: 'attribute_not_exists(pk) OR expires_at <= :now',
      values: { ':now': epochSeconds(now) },
    }),
    giveBack: held => giveBack(names.control, held),
    putEmailPointer: ({ user_id, order_id }, email) => ({
      action: 'Put',
      table: names.control,
      item: { ...CONTROL_ROWS.emailOrder.key(email, order_id), user_id },
    }),
    putNumberPointer: ({ user_id, order_id }) => ({
      action: 'Put',
      table: names.control,
      item: { ...CONTROL_ROWS.orderNumber.key(orderNumber(order_id)), user_id, order_id },
      condition: 'attribute_not_exists(pk)',
    }),
    announce: ({ user_id, order_id }, event, now, distinction) => {
      const id = [order_id, event, ...(distinction === undefined ? [] : [distinction])].join('#')
      return announceMail(names.control, id, { event, user_id, order_id }, now)
    },
    setStatus,
    assertStatus: ({ user_id, order_id, status }) => ({
      action: 'ConditionCheck',
      table,
      key: { user_id, order_id },
      condition: '#status = :status',
      names: { '#status': 'status' },
      values: { ':status': status },
    }),
    restrict,
    restrictUnreadable,
    audit,
    auditUnreturnedStock: (order, bookIds, now) => {
      const lines = order.items
        .filter(line => bookIds.includes(line.book_id))
        .map(({ book_id, quantity }) => ({ book_id, quantity }))
      return audit({ actor: 'system', what: 'order.stock_not_returned', after: { lines } }, order, now)
    },
  }
}

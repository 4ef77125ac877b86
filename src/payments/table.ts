/**
 * Payments in the control table, with their refunds, disputes and journal entries, and the open work about them: the only file that
 * knows their attributes and keys.
 */
import type * as z from 'zod'
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Key } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { announceInvoice } from '../orders/invoicing.ts'
import type { TableDeps } from '../tables/table-deps.ts'
import {
  type Dispute,
  type Entry,
  type Payment,
  type PaymentRecords,
  type Refund,
  StoredDispute,
  StoredEntry,
  StoredPayment,
  StoredRefund,
} from './schema.ts'
import { outstanding } from './state.ts'

/** Lists of staff: what is to be paid, by day; what they must look at and what is disputed, by time. */
export const DESK_QUEUES = ['due', 'review', 'disputed'] as const
export type DeskQueue = (typeof DESK_QUEUES)[number]

/** Transfers that have not arrived, by the time at which the sweeper is to act. */
const TRANSFERS = 'transfers'
const QUEUES = [...DESK_QUEUES, TRANSFERS] as const

export type PaymentPage = { readonly payments: readonly Payment[]; readonly next?: Key }

/** A refund that the provider has not finished. */
export type DueRefund = Pick<Refund, 'order_id' | 'refund_id'>

export interface PaymentTable {
  get(orderId: string): Promise<Payment | undefined>
  /** Payments by order id, in one call. */
  getMany(orderIds: readonly string[]): Promise<ReadonlyMap<string, Payment>>
  /** A payment with everything that belongs to it. */
  records(orderId: string): Promise<PaymentRecords | undefined>
  /** The same, of its rows as they are stored; undefined without one of the payment itself. */
  parse(items: readonly Item[]): PaymentRecords | undefined
  /** Payments of a queue, in its order. `before`: of `due`, only those due before this day. */
  list(queue: DeskQueue, limit: number, after?: Key, before?: string): Promise<PaymentPage>
  /** Order ids of the transfers on which the sweeper is to act at `now`; at most `limit`. */
  listDueTransfers(now: Date, limit: number): Promise<readonly string[]>
  /** Refunds about which the provider is to be asked at `now`; at most `limit`. */
  listDueRefunds(now: Date, limit: number): Promise<readonly DueRefund[]>
  /**
   * Writes `after` in place of `before`, with its place in the queues of staff. The first write fails where the payment exists
   * already, or was changed since it was read.
   */
  put(before: Payment | undefined, after: Unversioned<Payment>): [Write, ...Write[]]
  /** Fails where the order has a payment. */
  assertNone(orderId: string): Write
  /** Adds a journal entry. Fails where there is one of this id. */
  addEntry(entry: Entry): Write
  /**
   * Writes `after` in place of `before`, when the provider is to be asked about it, and that it needs a credit note once it has succeeded.
   * The first write fails as that of `put`.
   */
  putRefund(before: Refund | undefined, after: Unversioned<Refund>): [Write, ...Write[]]
  putDispute(dispute: Dispute): Write
}
type Unversioned<T> = Omit<T, 'version'>
type Versioned = { readonly version: number }

const PAYMENT = 'payment'
const REFUND = 'refund#'
const DISPUTE = 'dispute#'
const ENTRY = 'entry#'

export const createPaymentTable = ({ db, names, unreadable }: TableDeps): PaymentTable => {
  const table = names.control
  const { payment: rows, desk, openRefund } = CONTROL_ROWS

  const read = <T>(schema: z.ZodType<T>, item: Item): T[] => {
    const row = unreadable.read(schema, item, { kind: 'payment', id: `${item.order_id} ${item.sk}` })
    return row === undefined ? [] : [row]
  }
  const getMany: PaymentTable['getMany'] = async orderIds => {
    const keys = [...new Set(orderIds)].map(id => rows.key(id, PAYMENT))
    const items = keys.length > 0 ? await db.batchGet(table, keys) : []
    return new Map(items.flatMap(item => read(StoredPayment, item)).map(one => [one.order_id, one]))
  }

  const parse: PaymentTable['parse'] = items => {
    const of = (name: string) => items.filter(({ sk }) => String(sk).startsWith(name))
    const [payment] = of(PAYMENT).flatMap(item => read(StoredPayment, item))
    return (
      payment && {
        payment,
        refunds: of(REFUND).flatMap(item => read(StoredRefund, item)),
        disputes: of(DISPUTE).flatMap(item => read(StoredDispute, item)),
        entries: of(ENTRY).flatMap(item => read(StoredEntry, item)),
      }
    )
  }

  /** Puts a row on the version of `before`; a new one where it does not exist. */
  const putVersion = (key: Item, before: Versioned | undefined, after: Item): Write => ({
    action: 'Put',
    table,
    item: { ...key, ...after, version: (before?.version ?? 0) + 1 },
    ...(before
      ? { condition: 'version = :version', values: { ':version': before.version } }
      : { condition: 'attribute_not_exists(pk)' }),
  })
  /** Moves a row of a list, whose key is all that tells where it is. */
  const moved = (before: Item | undefined, after: Item | undefined, content: Item): Write[] => {
    if (before?.pk === after?.pk && before?.sk === after?.sk) return []
    return [
      ...(before ? [{ action: 'Delete', table, key: before } as const] : []),
      ...(after ? [{ action: 'Put', table, item: { ...after, ...content } } as const] : []),
    ]
  }

  const placeIn = (
    queue: (typeof QUEUES)[number],
    payment: Unversioned<Payment> | undefined,
  ): Item | undefined => {
    const sort = payment && sortOf(queue, payment)
    return sort === undefined ? undefined : desk.key(queue, `${sort}#${payment?.order_id}`)
  }
  const placeOf = (refund: Unversioned<Refund> | undefined): Item | undefined =>
    refund?.due_at === undefined
      ? undefined
      : openRefund.key(`${refund.due_at}#${refund.order_id}#${refund.refund_id}`)

  return {
    get: async orderId => (await getMany([orderId])).get(orderId),
    getMany,
    records: async orderId => {
      const items: Item[] = []
      for await (const page of db.pages(partition(table, rows.pk(orderId)))) items.push(...page)
      return parse(items)
    },
    parse,
    list: async (queue, limit, after, before) => {
      const { items, next } = await db.query({
        table,
        where: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
        values: { ':pk': desk.pk(queue), ...(before === undefined ? {} : { ':before': before }) },
        limit,
        consistent: true,
        ...(after ? { after } : {}),
      })
      const ids = items.map(({ order_id }) => String(order_id))
      const found = await getMany(ids)
      return { payments: ids.flatMap(id => found.get(id) ?? []), ...(next ? { next } : {}) }
    },
    listDueTransfers: async (now, limit) => {
      const { items } = await db.query({
        table,
        where: 'pk = :pk AND sk <= :until',
        values: { ':pk': desk.pk(TRANSFERS), ':until': `${now.toISOString()}#~` },
        limit,
      })
      return items.map(({ order_id }) => String(order_id))
    },
    listDueRefunds: async (now, limit) => {
      const { items } = await db.query({
        table,
        where: 'pk = :pk AND sk <= :until',
        values: { ':pk': openRefund.pk, ':until': `${now.toISOString()}#~` },
        limit,
      })
      return items.map(({ order_id, refund_id }) => ({
        order_id: String(order_id),
        refund_id: String(refund_id),
      }))
    },
    put: (before, after) => [
      putVersion(rows.key(after.order_id, PAYMENT), before, after),
      ...QUEUES.flatMap(queue =>
        moved(placeIn(queue, before), placeIn(queue, after), { order_id: after.order_id }),
      ),
    ],
    assertNone: orderId => ({
      action: 'ConditionCheck',
      table,
      key: rows.key(orderId, PAYMENT),
      condition: 'attribute_not_exists(pk)',
    }),
    addEntry: entry => ({
      action: 'Put',
      table,
      item: { ...rows.key(entry.order_id, ENTRY + entry.entry_id), ...entry },
      condition: 'attribute_not_exists(pk)',
    }),
    putRefund: (before, after) => {
      const { order_id, refund_id } = after
      return [
        putVersion(rows.key(order_id, REFUND + refund_id), before, after),
        ...moved(placeOf(before), placeOf(after), { order_id, refund_id }),
        // Money that has gone is corrected on the invoice, whoever finds that it has.
        ...(after.state === 'succeeded' && before?.state !== 'succeeded'
          ? [announceInvoice(table, order_id, { refundId: refund_id }, new Date(after.updated_at))]
          : []),
      ]
    },
    putDispute: dispute => ({
      action: 'Put',
      table,
      item: { ...rows.key(dispute.order_id, DISPUTE + dispute.dispute_id), ...dispute },
    }),
  }
}

/** What a payment is sorted by in a queue; undefined where it is not in it. */
const sortOf = (queue: (typeof QUEUES)[number], payment: Unversioned<Payment>): string | undefined => {
  switch (queue) {
    case 'due':
      return outstanding(payment) > 0 ? (payment.due_on ?? NO_DAY) : undefined
    case 'review':
      return payment.review === undefined ? undefined : payment.created_at
    case 'disputed':
      return payment.in_dispute ? payment.created_at : undefined
    case TRANSFERS:
      return outstanding(payment) > 0 ? payment.act_at : undefined
  }
}
/** Of payments without a day, such as those in the shop: after all days. */
const NO_DAY = '9999-12-31'

/** Transition of an order to another status: one transaction with its mail, its audit, and what it gives back. */
import { rejectionOf } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { TransactionRefused, Write } from '../core/dynamo/write.ts'
import type { HeldAmount } from '../core/rate-limit/holds.ts'
import type { OrderDeps } from './deps.ts'
import type { Order } from './schema.ts'
import type { OrderStatus } from './status.ts'
import type { OrderEvent } from './table-writes.ts'

export type Transition = {
  readonly db: Pick<Dynamo, 'transact'>
  readonly order: Order
  /** Announces the mail about it, where there is one. */
  readonly mail: Write | undefined
  readonly others: readonly Write[]
}
/** How a transition is sent, and whether with its mail. */
export type SendTransition = (transition: Transition) => Promise<void>

export const sendWithMail: SendTransition = ({ db, mail, others }) =>
  db.transact([...others, ...(mail ? [mail] : [])])
export const sendWithoutMail: SendTransition = ({ db, others }) => db.transact(others)

/** Statuses with which documents may be due. */
const INVOICED = ['shipped', 'cancelled'] as const
const isInvoiced = (to: OrderStatus): to is (typeof INVOICED)[number] => INVOICED.some(one => one === to)

const MAILED_EVENTS: Partial<Record<OrderStatus, OrderEvent>> = {
  shipped: 'order_shipped',
  cancelled: 'order_cancelled',
}

/** What an order of a guest holds, where it holds it no longer as `to`: it is not unpaid and unshipped any more. */
export const heldUntil = async (
  { orders, now }: OrderDeps,
  order: Order,
  to: OrderStatus,
): Promise<readonly HeldAmount[]> =>
  to === 'shipped' || to === 'cancelled' ? orders.heldBy(order, now()) : []

export type Outcome = {
  /** The refusal, where the order or something of `more` changed since it was read. */
  readonly refusal: TransactionRefused | undefined
  /** What is held and was not found to be gone: to be given back by another try. */
  readonly held: readonly HeldAmount[]
}

/** Moves the order to `to`, with `more` writes. `actor` is the id of the account that does it, for the audit. */
export const tryTransition = async (
  { db, orders, invoicing, now: clock }: OrderDeps,
  actor: string,
  order: Order,
  to: OrderStatus,
  held: readonly HeldAmount[],
  more: readonly Write[] = [],
  send: SendTransition = sendWithMail,
): Promise<Outcome> => {
  const now = clock()
  // Orders that other clients wrote may have no email address.
  const event = order.email === undefined ? undefined : MAILED_EVENTS[to]
  const change = { before: { status: order.status }, after: { status: to } }
  const given = held.map(one => ({ one, write: orders.giveBack(one) }))
  const refusal = await rejectionOf(
    send({
      db,
      order,
      mail: event && orders.announce(order, event, now),
      others: [
        orders.setStatus(order, to, now),
        ...orders.audit({ actor, what: 'order.status', ...change }, order, now),
        ...given.map(({ write }) => write),
        ...(isInvoiced(to) ? invoicing.announce(order, to, now) : []),
        ...more,
      ],
    }),
  )
  const left = given.filter(({ write }) => !refusal?.failed.has(write))
  return { refusal, held: left.map(({ one }) => one) }
}

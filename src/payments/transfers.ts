/**
 * Bank transfers that have not arrived: a reminder before the day by which they are to be paid, and some days after it the order lapses.
 * Between the two, the payment is overdue, which staff see in the list of what is due.
 */
import { wasApplied } from '../core/dynamo/conditional.ts'
import { ShopError } from '../core/errors.ts'
import { cancelOrder } from '../orders/service.ts'
import type { PaymentDeps } from './deps.ts'
import type { Payment } from './schema.ts'
import { outstanding } from './state.ts'

const DAY_MS = 86_400_000
const REMINDER_DAYS_BEFORE = 2
const LAPSE_DAYS_AFTER = 7

type TransferFields = Pick<Payment, 'act_at' | 'reminded'>

const later = (time: Date, days: number): string => new Date(time.getTime() + days * DAY_MS).toISOString()

/** What the sweeper does first about a transfer that is to arrive within `days`: a reminder, where there is time for one. */
export const firstAct = (now: Date, days: number): TransferFields =>
  days > REMINDER_DAYS_BEFORE
    ? { act_at: later(now, days - REMINDER_DAYS_BEFORE) }
    : { act_at: later(now, days + LAPSE_DAYS_AFTER), reminded: true }

/** Does what is due about a transfer now. */
export const actOnTransfer = async (deps: PaymentDeps, orderId: string): Promise<void> => {
  const payment = await deps.paymentTable.get(orderId)
  if (payment?.act_at === undefined || outstanding(payment) === 0) return
  if (payment.act_at > deps.now().toISOString()) return
  await (payment.reminded ? lapse(deps, payment) : remind(deps, payment))
}

const remind = async ({ db, paymentTable, orders, now }: PaymentDeps, payment: Payment): Promise<void> => {
  const { user_id, order_id, act_at = '' } = payment
  const order = await orders.get(user_id, order_id)
  const after = {
    ...payment,
    reminded: true,
    act_at: later(new Date(act_at), REMINDER_DAYS_BEFORE + LAPSE_DAYS_AFTER),
    updated_at: now().toISOString(),
  }
  const mail = order?.email === undefined ? [] : [orders.announce(order, 'payment_reminder', now())]
  // Where it was refused, the payment has changed, and is looked at again by the next sweep.
  await wasApplied(db.transact([...paymentTable.put(payment, after), ...mail]))
}

const lapse = async (deps: PaymentDeps, payment: Payment): Promise<void> => {
  const order = await deps.orders.get(payment.user_id, payment.order_id)
  // What was paid in part is for staff to decide on, and so is what they have sent unpaid.
  if (!order || payment.captured > 0)
    return endTransfer(deps, payment, order ? 'partly_paid' : 'order_missing')
  try {
    await cancelOrder(deps, 'system', order)
  } catch (error) {
    if (!(error instanceof ShopError && error.code === 'status_conflict')) throw error
    await endTransfer(deps, payment, 'shipped_unpaid')
  }
}

/** Leaves a transfer to staff. */
const endTransfer = async (
  { db, paymentTable, now }: PaymentDeps,
  payment: Payment,
  review: string,
): Promise<void> => {
  const { act_at: _, ...rest } = payment
  await wasApplied(
    db.transact(
      paymentTable.put(payment, {
        ...rest,
        review: payment.review ?? review,
        updated_at: now().toISOString(),
      }),
    ),
  )
}

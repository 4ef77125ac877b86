/** Refunds and disputes of a payment, as the provider says. */
import { setTimeout as sleep } from 'node:timers/promises'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { backoff } from '../core/retry.ts'
import type { Order } from '../orders/schema.ts'
import type { MoneyDeps } from './deps.ts'
import { cancellationRefundId } from './refund-ids.ts'
import type { PaymentRecords } from './schema.ts'
import { hasNews, type MoneyNews, planSync, type RefundChange, type SyncPlan } from './sync-plan.ts'

/** Several callers may learn of the same news at once: one of them is faster each time. */
const MAX_CONFLICTS = 20
const pauseAfter = backoff(5, 200)

/**
 * Makes the payment of an order say what is known of its refunds and disputes. What it says already changes nothing, so the same news
 * may come any number of times, in any order, and at the same time. `actor`: who says so, for the audit.
 */
export const syncPayment = async (
  deps: MoneyDeps,
  orderId: string,
  news: MoneyNews,
  actor = 'provider',
): Promise<void> => {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
    const records = await deps.paymentTable.records(orderId)
    if (!records || !hasNews(records, news)) return
    if (await applyNews(deps, records, news, actor)) continue
    await sleep(pauseAfter(++conflicts))
  }
  throw new Error(`the payment of ${orderId} is changed at the same time, again and again`)
}

/** One step; false where the payment was changed since it was read. */
const applyNews = async (
  deps: MoneyDeps,
  records: PaymentRecords,
  news: MoneyNews,
  actor: string,
): Promise<boolean> => {
  const { db, orders, now, log } = deps
  const { user_id, order_id } = records.payment
  const order = await orders.get(user_id, order_id)
  const plan = planSync(records, news, order, now())
  if (!(await wasApplied(db.transact(writesOf(deps, records, plan, order, actor))))) return false
  const failed = plan.refunds.filter(({ before, after }) => before && after.state === 'failed').length
  if (failed > 0) log.count({ RefundsFailed: failed })
  return true
}

const writesOf = (
  { paymentTable, orders, now }: MoneyDeps,
  { payment: before }: PaymentRecords,
  { payment, refunds, disputes, entries }: SyncPlan,
  order: Order | undefined,
  actor: string,
): Write[] => {
  const at = now()
  const audit = (what: string, after: object) =>
    orders.audit({ actor, what, after: { ...after } }, payment, at)
  return [
    ...paymentTable.put(before, payment),
    ...refunds.flatMap(({ before, after }) => paymentTable.putRefund(before, after)),
    ...disputes.map(paymentTable.putDispute),
    ...entries.map(paymentTable.addEntry),
    ...refunds.flatMap(({ after: { refund_id, state, amount } }) =>
      audit('payment.refund', { refund_id, state, amount }),
    ),
    ...disputes.flatMap(({ dispute_id, state, amount }) =>
      audit('payment.dispute', { dispute_id, state, amount }),
    ),
    ...(order?.email === undefined
      ? []
      : refunds
          .filter(isTold)
          .map(({ after }) => orders.announce(order, 'payment_refunded', at, after.refund_id))),
  ]
}

/** Whether the customer is told that the money has gone: unless the mail about a cancellation has just told them. */
const isTold = ({ before, after }: RefundChange): boolean =>
  after.state === 'succeeded' &&
  before?.state !== 'succeeded' &&
  (after.ref === undefined || after.refund_id !== cancellationRefundId(after.order_id))

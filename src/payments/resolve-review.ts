/** End of a review: the money of a payment is given back, or staff say that nothing is left to do. */
import { wasApplied } from '../core/dynamo/conditional.ts'
import { ShopError } from '../core/errors.ts'
import { type MinorUnits, minorUnits } from '../core/money.ts'
import { orderNotFound } from '../orders/history.ts'
import { type RefundDeps, refundNotPossible, requestRefund } from './refund.ts'
import { reviewRefundId } from './refund-ids.ts'
import type { PaymentRecords, Refund } from './schema.ts'
import { refundable } from './state.ts'
import { syncPayment } from './sync.ts'

const MAX_TRIES = 5

/**
 * Ends the review of a payment; one that is not under review stays as it is, so that a second click does nothing. Throws
 * order_not_found, payment_conflict, refund_not_possible and store_busy.
 */
export const resolveReview = async (
  deps: RefundDeps,
  actor: string,
  orderId: string,
  action: 'refund' | 'done',
): Promise<void> => {
  const records = await deps.paymentTable.records(orderId)
  if (!records) throw orderNotFound()
  const { review } = records.payment
  if (review === undefined) return
  const byHand = refundsByHand(records)
  if (action === 'refund' && byHand.length === 0) {
    const amount = await amountToRefund(deps, records)
    if (amount > 0) return refundReviewed(deps, actor, records, amount)
  }
  if (action === 'done' && byHand.length > 0)
    throw new ShopError('payment_conflict', 'The money is not given back yet: do that first.')
  const done = byHand.map(({ refund_id, amount }) => ({
    id: undefined,
    refundId: refund_id,
    amount,
    state: 'succeeded' as const,
  }))
  await syncPayment(deps, orderId, { refunds: done, disputes: [] }, actor)
  await endReview(deps, actor, orderId, review)
}

/** Refunds that staff have to hand over. */
const refundsByHand = ({ payment, refunds }: PaymentRecords): readonly Refund[] =>
  payment.ref === undefined ? refunds.filter(({ state }) => state === 'pending') : []

/** What the button gives back: what a refund could not, or all of what could not become an order. */
const amountToRefund = async (
  { orders }: RefundDeps,
  { payment, refunds }: PaymentRecords,
): Promise<MinorUnits> => {
  const left = refundable(payment)
  if (payment.review === 'refund_failed') {
    const failed = refunds
      .filter(({ state }) => state === 'failed' || state === 'cancelled')
      .toSorted((a, b) => (a.updated_at < b.updated_at ? 1 : -1))
    return minorUnits(Math.min(left, failed[0]?.amount ?? left))
  }
  const order = await orders.get(payment.user_id, payment.order_id)
  if (!order || order.status === 'cancelled') return left
  throw refundNotPossible('This payment has an order: refund it, or a part of it, there.')
}

const refundReviewed = (
  deps: RefundDeps,
  actor: string,
  { payment }: PaymentRecords,
  amount: MinorUnits,
): Promise<void> =>
  requestRefund(deps, payment.order_id, {
    refundId: reviewRefundId(payment.order_id, payment.version),
    requestHash: 'review',
    actor,
    wish: { amount },
    restock: [],
    reason: undefined,
    endsReview: true,
  })

const endReview = async (
  { db, paymentTable, orders, now }: RefundDeps,
  actor: string,
  orderId: string,
  review: string,
): Promise<void> => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const payment = await paymentTable.get(orderId)
    if (payment?.review !== review) return
    const { review: _, ...rest } = payment
    const audit = orders.audit({ actor, what: 'payment.review', before: { review } }, payment, now())
    const after = { ...rest, updated_at: now().toISOString() }
    if (await wasApplied(db.transact([...paymentTable.put(payment, after), ...audit]))) return
  }
  throw new ShopError('store_busy', 'This payment is being changed at the same time. Please try again.')
}

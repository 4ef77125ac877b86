/** What a cancellation changes about a payment: nothing is due any more, and what was paid is to be refunded. */
import type { Unpaying } from '../orders/payment.ts'
import type { Order } from '../orders/schema.ts'
import { askProvider } from './ask-provider.ts'
import type { MoneyDeps } from './deps.ts'
import { freeAmount, restockedCopies, shareOf } from './refund-amounts.ts'
import { cancellationRefundId } from './refund-ids.ts'
import { isHosted, newRefund, refundWrites } from './refund-writes.ts'
import { refundable } from './state.ts'

/**
 * The part of the payment in the cancellation of an order by `actor`. Its writes always include the payment, so that no refund, and no
 * payment that is recorded at the same time, can come between unseen.
 */
export const cancelPayment = async (deps: MoneyDeps, order: Order, actor: string): Promise<Unpaying> => {
  const { paymentTable, orders, now } = deps
  const records = await paymentTable.records(order.order_id)
  if (!records) return { writes: [paymentTable.assertNone(order.order_id)], restocked: [], finish: nothing }
  const { payment, refunds } = records
  const restocked = restockedCopies(refunds)
  const amount = refundable(payment)
  const changes = { voided: true, updated_at: now().toISOString() }
  if (amount === 0)
    return { writes: paymentTable.put(payment, { ...payment, ...changes }), restocked, finish: nothing }
  const refund = newRefund(
    payment,
    { refundId: cancellationRefundId(order.order_id), actor },
    shareOf(order, records, freeAmount(order, refunds, amount)),
    'pending',
    now(),
  )
  // Money that no provider has taken is handed over by staff: the refund is their task until they say that it is done.
  const task = isHosted(payment) ? {} : { review: payment.review ?? 'refund_due' }
  const { refund_id, state } = refund
  return {
    writes: [
      ...refundWrites(deps, records, refund, { ...changes, ...task }),
      ...orders.audit({ actor, what: 'payment.refund', after: { refund_id, state, amount } }, order, now()),
    ],
    restocked,
    finish: () => askProvider(deps, payment, refund),
  }
}

const nothing = async (): Promise<void> => {}

/** Review: money that may not become an order. Staff see it, and give it back. */
import { rejectionOf } from '../core/dynamo/conditional.ts'
import { minorUnits } from '../core/money.ts'
import type { PaymentDeps } from './deps.ts'
import type { Seen } from './provider.ts'
import { releaseCheckout } from './release.ts'
import type { Checkout } from './schema.ts'
import { ended } from './snapshot.ts'

export type ReviewReason = 'amount_differs' | 'paid_after_release'

/**
 * Puts a paid checkout under review, and returns the copies that it still holds. False where it was changed since it was read. The
 * money is kept as a payment without an order.
 */
export const reviewCheckout = async (
  deps: PaymentDeps,
  checkout: Checkout,
  seen: Seen,
  reason: ReviewReason,
): Promise<boolean> => {
  const { db, checkouts, paymentTable } = deps
  const now = deps.now()
  const at = now.toISOString()
  const { order_id, user_id, method, delivery, ref } = checkout
  const none = minorUnits(0)
  const after = { ...ended(checkout, 'review', now, false), reason }
  const more = [
    ...paymentTable.put(undefined, {
      order_id,
      user_id,
      method,
      delivery,
      ...(ref === undefined ? {} : { ref }),
      currency: seen.currency.code,
      // Nothing is owed for what is no order.
      amount: none,
      captured: seen.captured,
      refunded: none,
      reserved: none,
      disputed: none,
      review: reason,
      created_at: at,
      updated_at: at,
    }),
    paymentTable.addEntry({
      order_id,
      entry_id: 'captured',
      kind: 'captured',
      amount: seen.captured,
      by: method,
      actor: 'system',
      at,
    }),
  ]
  deps.log.count({ PaymentsInReview: 1 })
  if (checkout.state !== 'released') return releaseCheckout(deps, checkout, { after, more })
  const change = checkouts.change(checkout, after)
  return (await rejectionOf(db.transact([change.checkout, ...change.others, ...more]))) === undefined
}

/** Review: money that may not become an order. Staff see it, and give it back. */
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { minorUnits } from '../core/money.ts'
import type { ChangedCheckout } from './checkout-table.ts'
import type { PaymentDeps } from './deps.ts'
import { takenOf, takenPayment } from './new-payment.ts'
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
  const now = deps.now()
  const after = { ...ended(checkout, 'review', now, false), reason }
  // Nothing is owed for what is no order.
  const payment = { ...takenOf(checkout), amount: minorUnits(0), review: reason }
  const more = takenPayment(deps.paymentTable, payment, seen, 'system', now.toISOString())
  const isApplied = await end(deps, checkout, after, more)
  if (isApplied) deps.log.count({ PaymentsInReview: 1 })
  return isApplied
}

/** Copies are returned where the checkout still holds them. */
const end = (
  deps: PaymentDeps,
  checkout: Checkout,
  after: ChangedCheckout,
  more: readonly Write[],
): Promise<boolean> => {
  if (checkout.state !== 'released') return releaseCheckout(deps, checkout, { after, more })
  const change = deps.checkouts.change(checkout, after)
  return wasApplied(deps.db.transact([change.checkout, ...change.others, ...more]))
}

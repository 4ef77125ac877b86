/** The provider's part of a refund: asked once it is reserved, and again by the sweeper until its answer is known. */
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { MoneyDeps } from './deps.ts'
import { type HostedProvider, ProviderRefused, ProviderUnavailable } from './provider.ts'
import type { Payment, Refund } from './schema.ts'
import { syncPayment } from './sync.ts'

const MINUTE_MS = 60_000
/** The longest pause between two attempts (ms). */
const MAX_PAUSE_MS = 6 * 3_600_000

type AskedRefund = Pick<Refund, 'order_id' | 'refund_id' | 'amount'>

/** When a refund is asked for again whose answer did not come. */
export const retryAt = (now: Date, tries: number): string =>
  new Date(now.getTime() + Math.min(MINUTE_MS * 2 ** tries, MAX_PAUSE_MS)).toISOString()

/**
 * Asks the provider for a reserved refund, and applies its answer. Never throws: where no answer comes, the refund stays pending, and
 * the sweeper asks again.
 */
export const askProvider = async (deps: MoneyDeps, payment: Payment, refund: AskedRefund): Promise<void> => {
  const provider = deps.hosted.get(payment.method)
  // A process without providers leaves it to the sweeper.
  if (!provider || payment.ref === undefined) return
  try {
    await ask(deps, provider, payment.ref, refund)
  } catch (error) {
    if (!(error instanceof ProviderUnavailable)) deps.report(error)
  }
}

const ask = async (
  deps: MoneyDeps,
  provider: HostedProvider,
  ref: string,
  { order_id, refund_id, amount }: AskedRefund,
): Promise<void> => {
  const news = await provider.refund(ref, amount, refund_id).catch(error => {
    if (!(error instanceof ProviderRefused)) throw error
    deps.report(error)
    return { id: undefined, refundId: refund_id, amount, state: 'failed' as const }
  })
  await syncPayment(deps, order_id, { refunds: [news], disputes: [] })
}

/**
 * Continues a refund of which the provider's answer is not known, or not final. The provider is looked at first: a call whose answer was
 * lost may have been carried out, and its idempotency key may have expired since. Throws what the provider and the store throw.
 */
export const resumeRefund = async (deps: MoneyDeps, orderId: string, refundId: string): Promise<void> => {
  const records = await deps.paymentTable.records(orderId)
  const refund = records?.refunds.find(one => one.refund_id === refundId)
  if (!records || refund?.due_at === undefined) return
  const { ref, method } = records.payment
  try {
    const provider = deps.hosted.get(method)
    if (!provider || ref === undefined)
      throw new Error(`the payment method ${method} is switched off: a refund of ${orderId} waits for it`)
    const { refunds } = await provider.look(ref)
    const known = refunds.find(one => one.refundId === refundId || one.id === refund.ref)
    if (known) await syncPayment(deps, orderId, { refunds: [known], disputes: [] })
    else await ask(deps, provider, ref, refund)
  } finally {
    await postpone(deps, orderId, refundId)
  }
}

/** Puts off the next attempt of a refund that is still pending. */
const postpone = async (
  { db, paymentTable, now }: MoneyDeps,
  orderId: string,
  refundId: string,
): Promise<void> => {
  const records = await paymentTable.records(orderId)
  const refund = records?.refunds.find(one => one.refund_id === refundId)
  if (refund?.due_at === undefined || refund.due_at > now().toISOString()) return
  const tries = (refund.tries ?? 0) + 1
  await wasApplied(
    db.transact(paymentTable.putRefund(refund, { ...refund, tries, due_at: retryAt(now(), tries) })),
  )
}

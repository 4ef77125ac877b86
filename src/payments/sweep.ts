/**
 * The sweeper's part in payments: checkouts whose payment page has closed, refunds whose answer did not come, and transfers that did
 * not arrive. The provider may tell nobody, so the shop asks.
 */
import { wasApplied } from '../core/dynamo/conditional.ts'
import { resumeRefund } from './ask-provider.ts'
import type { PaymentDeps } from './deps.ts'
import { ProviderUnavailable } from './provider.ts'
import { reconcile } from './reconcile.ts'
import { actOnTransfer } from './transfers.ts'

/** Of each kind, in one run. */
const MAX_ITEMS = 100
const MINUTE_MS = 60_000
/** When a checkout is tried again whose provider did not answer, and one that failed for another reason. */
const AGAIN_MS = { unavailable: MINUTE_MS, failed: 60 * MINUTE_MS }

/** Works on what is due. One that fails is reported, and does not keep the others from it. Returns how many were worked on. */
export const sweepPayments = async (deps: PaymentDeps, signal?: AbortSignal): Promise<number> => {
  const { checkouts, paymentTable, hosted } = deps
  let count = 0
  const workOn = async <T>(found: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> => {
    for (const one of found) {
      if (signal?.aborted) return
      try {
        await work(one)
        count++
      } catch (error) {
        deps.report(error)
      }
    }
  }
  await workOn(await paymentTable.listDueTransfers(deps.now(), MAX_ITEMS), id => actOnTransfer(deps, id))
  if (hosted.size === 0) return count
  await workOn(await checkouts.listDue(deps.now(), MAX_ITEMS), id => endCheckout(deps, id))
  await workOn(await paymentTable.listDueRefunds(deps.now(), MAX_ITEMS), ({ order_id, refund_id }) =>
    resumeRefund(deps, order_id, refund_id),
  )
  return count
}

/** Ends a checkout that is due. Where that fails, it is moved behind the others, so that it does not keep them from their turn. */
const endCheckout = async (deps: PaymentDeps, orderId: string): Promise<void> => {
  try {
    await reconcile(deps, orderId, { close: true })
  } catch (error) {
    await postpone(deps, orderId, AGAIN_MS[error instanceof ProviderUnavailable ? 'unavailable' : 'failed'])
    throw error
  }
}

const postpone = async ({ db, checkouts, now }: PaymentDeps, orderId: string, ms: number): Promise<void> => {
  const checkout = await checkouts.get(orderId)
  if (checkout?.due_at === undefined) return
  const due_at = new Date(now().getTime() + ms).toISOString()
  const { checkout: write, others } = checkouts.change(checkout, { ...checkout, due_at })
  await wasApplied(db.transact([write, ...others]))
}

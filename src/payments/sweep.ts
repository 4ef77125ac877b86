/** The sweeper's part in payments: checkouts whose payment page has closed. The provider may tell nobody, so the shop asks. */
import type { PaymentDeps } from './deps.ts'
import { reconcile } from './reconcile.ts'

/** Checkouts in one run. */
const MAX_CHECKOUTS = 100

/** Reconciles what is due. One that fails is reported, and does not keep the others from it. Returns how many were looked at. */
export const sweepPayments = async (deps: PaymentDeps, signal?: AbortSignal): Promise<number> => {
  if (deps.hosted.size === 0) return 0
  let count = 0
  for (const orderId of await deps.checkouts.listDue(deps.now(), MAX_CHECKOUTS)) {
    if (signal?.aborted) break
    try {
      await reconcile(deps, orderId, { close: true })
      count++
    } catch (error) {
      deps.report(error)
    }
  }
  return count
}

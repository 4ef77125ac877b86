/**
 * The sweeper's part in payments: checkouts whose payment page has closed, refunds whose answer did not come, and transfers that did
 * not arrive. The provider may tell nobody, so the shop asks.
 */
import { resumeRefund } from './ask-provider.ts'
import type { PaymentDeps } from './deps.ts'
import { reconcile } from './reconcile.ts'
import { actOnTransfer } from './transfers.ts'

/** Of each kind, in one run. */
const MAX_ITEMS = 100

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
  await workOn(await checkouts.listDue(deps.now(), MAX_ITEMS), id => reconcile(deps, id, { close: true }))
  await workOn(await paymentTable.listDueRefunds(deps.now(), MAX_ITEMS), ({ order_id, refund_id }) =>
    resumeRefund(deps, order_id, refund_id),
  )
  return count
}

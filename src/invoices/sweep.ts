/** The sweeper's part in invoices: documents whose issuing was cut off, and credit notes of refunds that have succeeded since. */
import type { InvoiceDeps } from './deps.ts'
import { issueDue, NotIssued } from './issue.ts'

/** Issues what is due. One that fails is reported, and does not keep the others from it. Returns for how many orders it was done. */
export const sweepInvoices = async (deps: InvoiceDeps, signal?: AbortSignal): Promise<number> => {
  let count = 0
  for await (const orderIds of deps.invoices.dueOrders())
    for (const orderId of orderIds) {
      if (signal?.aborted) return count
      try {
        await issueDue(deps, orderId)
        count++
      } catch (error) {
        if (!(error instanceof NotIssued)) deps.report(error)
      }
    }
  return count
}

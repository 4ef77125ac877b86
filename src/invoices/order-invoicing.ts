/** What invoices do for orders: which changes of an order announce a document, and issuing it right after. */
import { announceInvoice, type OrderInvoicing } from '../orders/invoicing.ts'
import type { InvoiceDeps } from './deps.ts'
import { issueDue, NotIssued } from './issue.ts'

export const createOrderInvoicing = (deps: InvoiceDeps, table: string): OrderInvoicing => {
  const { at } = deps.invoiceSettings
  const isAnnounced = (cause: 'placed' | 'shipped' | 'cancelled'): boolean =>
    cause !== 'placed' || at === 'order'
  return {
    announce: ({ order_id }, cause, now) =>
      isAnnounced(cause) ? [announceInvoice(table, order_id, cause, now)] : [],
    issue: async ({ order_id }, cause) => {
      if (!isAnnounced(cause)) return
      try {
        await issueDue(deps, order_id)
      } catch (error) {
        // The sweeper gets to it.
        if (!(error instanceof NotIssued)) deps.report(error)
      }
    },
  }
}

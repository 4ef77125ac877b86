/** Attachments of mails: the invoice of an order, with the mail that follows its issuing. */
import type { InvoiceDeps } from '../invoices/deps.ts'
import { invoiceFile } from '../invoices/file.ts'
import { issuedDocuments } from '../invoices/issue.ts'
import { billOf } from '../invoices/plan.ts'
import type { Attachment } from './schema.ts'

/** The event whose mail has the invoice attached. */
const INVOICED_EVENT = { order: 'order_confirmed', ship: 'order_shipped' } as const

/**
 * The invoice that the mail about this event of an order has attached. It is issued here where that was cut off. Throws where it cannot be
 * issued now: the mail is tried again then.
 */
export const createInvoiceAttachment =
  (deps: InvoiceDeps) =>
  async (event: string, orderId: string): Promise<Attachment | undefined> => {
    if (event !== INVOICED_EVENT[deps.invoiceSettings.at]) return undefined
    const bill = billOf(await issuedDocuments(deps, orderId))
    return bill && (await invoiceFile(bill))
  }
export type InvoiceAttachment = ReturnType<typeof createInvoiceAttachment>

/** Files of invoices: PDF made from the snapshot alone, so that it has the same bytes each time. */
import type { StoredInvoice } from './schema.ts'

export type InvoiceFile = {
  readonly name: string
  readonly mediaType: 'application/pdf'
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The PDF of a document. Its maker is loaded on first use: no other work of a process needs it. */
export const invoiceFile = async (invoice: StoredInvoice): Promise<InvoiceFile> => {
  const { invoicePdf } = await import('./pdf.ts')
  const name = `${invoice.kind === 'invoice' ? 'invoice' : 'credit-note'}-${invoice.number}.pdf`
  return { name, mediaType: 'application/pdf', bytes: await invoicePdf(invoice) }
}

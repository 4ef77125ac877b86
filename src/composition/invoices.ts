/** Dependencies of invoices: their table, their settings, and what they do for orders. */
import type { InvoiceDeps } from '../invoices/deps.ts'
import { createOrderInvoicing } from '../invoices/order-invoicing.ts'
import { createInvoiceTable } from '../invoices/table.ts'
import { createOrderTable } from '../orders/table.ts'
import { createPaymentTable } from '../payments/table.ts'
import type { BaseContext } from './base.ts'

/** What issues invoices, for a part of the shop that has no orders otherwise. */
export const createInvoiceContext = (context: BaseContext): InvoiceDeps => {
  const { db, shop, now, report, settings } = context
  const { bankDetails, invoices: invoiceSettings } = settings.payment
  return {
    db,
    orders: createOrderTable(context),
    paymentTable: createPaymentTable(context),
    invoices: createInvoiceTable(context),
    bankDetails,
    invoiceSettings,
    rules: settings.rules,
    shop,
    now,
    report,
  }
}

export const createInvoiceDeps = (context: BaseContext) => {
  const deps = createInvoiceContext(context)
  const { invoices, bankDetails, invoiceSettings } = deps
  return {
    invoices,
    bankDetails,
    invoiceSettings,
    invoicing: createOrderInvoicing(deps, context.names.control),
  }
}

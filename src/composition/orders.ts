/** Dependencies of the orders, with the accounts that they belong to. */
import { createAuthRecords } from '../accounts/auth/records.ts'
import { createUserTable } from '../accounts/table.ts'
import type { BookKey } from '../catalog/table.ts'
import { newOrderId } from '../core/ids.ts'
import { createOrderLinks } from '../orders/links.ts'
import { createOrderTable } from '../orders/table.ts'
import { createViewLinks } from '../orders/view-links.ts'
import { createInvoicePermissions } from '../payments/invoice-permission.ts'
import type { HostedProvider } from '../payments/provider.ts'
import type { BaseContext } from './base.ts'
import { createInvoiceDeps } from './invoices.ts'
import { createPaymentDeps } from './payments.ts'

/** With the payment providers that this process uses. */
export const createOrderDeps = (context: BaseContext, providers: readonly HostedProvider[] = []) => {
  const { db, names } = context
  const users = createUserTable(context)
  const records = createAuthRecords(db, names, users)
  const orders = createOrderTable(context)
  /** The email of an account, once it is confirmed. */
  const confirmedEmail = async (userId: string): Promise<string | undefined> => {
    const user = (await records.byId('user', userId))?.record
    return user?.emailVerified === true ? String(user.email) : undefined
  }
  return {
    users,
    records,
    orders,
    newOrderId,
    links: createOrderLinks(db, names),
    viewLinks: createViewLinks(db, names, orders),
    confirmedEmail,
    invoicePermissions: createInvoicePermissions({
      ...context,
      users,
      confirmedEmail,
      audience: context.settings.payment.invoiceFor,
    }),
    ...createPaymentDeps(context, orders, providers),
    ...createInvoiceDeps(context),
    unpaidLimit: context.settings.unpaidLimit,
    /** Called with the books of a sale; an application with an index replaces it. */
    booksChanged: (_books: readonly BookKey[]): void => {},
  }
}

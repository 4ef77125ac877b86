/** Handlers of invoices. */
import { storedCurrency } from '../core/currency.ts'
import { ShopError } from '../core/errors.ts'
import { toDecimal } from '../core/money.ts'
import type { Identity } from '../http/identity.ts'
import { FileReply, type Route, route } from '../http/route.ts'
import { readOrder } from '../orders/history.ts'
import { type LookupDeps, viewOrder } from '../orders/lookup.ts'
import type { Order } from '../orders/schema.ts'
import { findOrder } from '../orders/service.ts'
import * as api from './api.ts'
import { invoiceFile } from './file.ts'
import type { InvoiceView, StoredInvoice } from './schema.ts'
import type { InvoiceTable } from './table.ts'

export type InvoiceRouteDeps = LookupDeps & {
  readonly invoices: Pick<InvoiceTable, 'list'>
  /** The email address of an account; undefined until it is confirmed. */
  readonly confirmedEmail: (userId: string) => Promise<string | undefined>
}

const toView = ({ number, kind, issued_on, total, currency }: StoredInvoice): InvoiceView => ({
  number,
  kind,
  issued_on,
  total: toDecimal(total, storedCurrency(currency)),
  currency,
})

const toReply = async (documents: readonly StoredInvoice[], number: string): Promise<FileReply> => {
  const found = documents.find(one => one.number === number)
  if (!found) throw new ShopError('invoice_not_found', 'This order has no invoice of this number.')
  const { name, mediaType, bytes } = await invoiceFile(found)
  return new FileReply(mediaType, name, bytes)
}

export const invoiceRoutes = (deps: InvoiceRouteDeps): Route[] => {
  /** Throws order_not_found, for another shopper's order too. */
  const find = async ({ userId, guestId, session, staff }: Identity, reference: string): Promise<Order> => {
    if (await staff()) return findOrder(deps, reference)
    const email = async () => (session ? deps.confirmedEmail(session.userId) : undefined)
    return readOrder(deps, { userId, guestId, email }, reference)
  }
  /** The documents that the caller may see: those of a person who was erased are kept for the authorities, and shown to admins. */
  const documentsFor = async (identity: Identity, reference: string): Promise<readonly StoredInvoice[]> => {
    const { order_id, retain_until } = await find(identity, reference)
    const isErased = retain_until !== undefined
    return isErased && (await identity.staff())?.role !== 'admin' ? [] : deps.invoices.list(order_id)
  }
  const documentsByLink = async (reference: string, token: string): Promise<readonly StoredInvoice[]> =>
    deps.invoices.list((await viewOrder(deps, reference, token)).order_id)

  return [
    route(api.listInvoices, async ({ identity, params }) => ({
      items: (await documentsFor(identity, params.order_id)).map(toView),
    })),
    route(api.getInvoice, async ({ identity, params }) =>
      toReply(await documentsFor(identity, params.order_id), params.number),
    ),
    route(api.listInvoicesByLink, async ({ params, body }) => ({
      items: (await documentsByLink(params.order_id, body.token)).map(toView),
    })),
    route(api.getInvoiceByLink, async ({ params, body }) =>
      toReply(await documentsByLink(params.order_id, body.token), params.number),
    ),
  ]
}

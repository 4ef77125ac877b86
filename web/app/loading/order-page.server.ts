/** An order as its pages show it. */
import { readableEmail } from '#src/accounts/email.ts'
import { addressLines } from '#src/addresses/lines.ts'
import type { InvoiceView } from '#src/invoices/schema.ts'
import type { OrderView } from '#src/orders/schema.ts'

export type InvoiceLink = Pick<InvoiceView, 'number' | 'kind'> & { readonly href: string }

export type OrderPage = {
  readonly order: OrderView
  /** The shipping address in the order of its country; empty where there is none. */
  readonly addressLines: readonly string[]
  readonly invoices: readonly InvoiceLink[]
}

/** Links to the files of invoices; `hrefOf` is where the file of a number is. */
export const toInvoiceLinks = (
  invoices: readonly InvoiceView[],
  hrefOf: (number: string) => string,
): InvoiceLink[] => invoices.map(({ number, kind }) => ({ number, kind, href: hrefOf(number) }))

/** Where the API has the invoice of an order for those who may see the order by their cookie. */
export const invoicePath =
  (orderId: string) =>
  (number: string): string =>
    `/api/orders/${encodeURIComponent(orderId)}/invoices/${number}`

export const toOrderPage = (
  { email, ...order }: OrderView,
  invoices: readonly InvoiceLink[] = [],
): OrderPage => ({
  invoices,
  order: { ...order, ...(email === undefined ? {} : { email: readableEmail(email) }) },
  addressLines: addressLines(order.shipping_address ?? {}),
})

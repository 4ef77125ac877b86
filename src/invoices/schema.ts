/** Schemas of invoices and credit notes: the stored snapshot, from which everything is made, and the JSON of the API. */
import * as z from 'zod'
import { Money } from '../cart/amount-fields.ts'
import type { MinorUnits } from '../core/money.ts'
import { PaymentMethod } from '../orders/payment.ts'

const Minor = z.int().transform(amount => amount as MinorUnits)

/** What is taxed at one rate. The entries of a document add up to its total. */
const TaxEntry = z.object({
  /** In percent: `8.5`. */
  rate: z.string(),
  net: Minor,
  tax: Minor,
})
export type TaxEntry = z.infer<typeof TaxEntry>

const common = {
  order_id: z.string(),
  /** Its place among the documents of the order: the invoice is the first. */
  n: z.int().positive(),
  number: z.string(),
  issued_at: z.string(),
  /** The day in the shop's time zone. */
  issued_on: z.string(),
  currency: z.string(),
  order_number: z.string(),
  seller: z.object({
    name: z.string(),
    address: z.array(z.string()),
    email: z.string().optional(),
    phone: z.string().optional(),
    tax_id: z.string().optional(),
  }),
  recipient: z.array(z.string()),
  taxes: z.array(TaxEntry),
  total: Minor,
  /** Epoch seconds. */
  expires_at: z.int(),
}

const StoredBill = z.object({
  ...common,
  kind: z.literal('invoice'),
  ordered_on: z.string(),
  shipped_on: z.string().optional(),
  lines: z.array(z.object({ title: z.string(), quantity: z.int(), price: Minor, amount: Minor })),
  /** From the subtotal to the total, as the order has them. */
  amounts: z.array(z.object({ label: z.string(), amount: Minor })),
  payment: z.object({
    method: PaymentMethod,
    paid: Minor,
    due: Minor,
    due_on: z.string().optional(),
    bank_details: z.array(z.string()),
  }),
})

const StoredCreditNote = z.object({
  ...common,
  kind: z.literal('credit_note'),
  invoice: z.object({ number: z.string(), issued_on: z.string() }),
  /** The refund that it is for; none where the order was canceled before it was paid. */
  refund_id: z.string().optional(),
  /** Books that were refunded, where the refund names them. */
  lines: z.array(z.object({ title: z.string(), quantity: z.int() })),
})

/** A document as it was issued. It is never changed: amounts are minor units of its currency, and texts are those of that day. */
export const StoredInvoice = z.discriminatedUnion('kind', [StoredBill, StoredCreditNote])
export type StoredInvoice = z.infer<typeof StoredInvoice>
export type Bill = z.infer<typeof StoredBill>
export type CreditNote = z.infer<typeof StoredCreditNote>
export type InvoiceKind = StoredInvoice['kind']

export const InvoiceView = z
  .object({
    number: z.string().describe('Such as 2026-000123, without gaps within a year.'),
    kind: z.enum(['invoice', 'credit_note']),
    issued_on: z.string().describe('The day, in the shop’s time zone.'),
    total: Money,
    currency: z.string().describe('ISO 4217.'),
  })
  .meta({ id: 'Invoice' })
export type InvoiceView = z.infer<typeof InvoiceView>

export const InvoiceList = z.object({ items: z.array(InvoiceView) }).meta({ id: 'InvoiceList' })

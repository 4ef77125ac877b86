/** Documents that an order should have and has not: its invoice, and a credit note for each refund. Rules as a pure function. */
import { isWhole, type MinorUnits, minorUnits } from '../core/money.ts'
import type { Order } from '../orders/schema.ts'
import type { PaymentRecords, Refund } from '../payments/schema.ts'
import type { Bill, CreditNote, StoredInvoice } from './schema.ts'
import type { DueInvoice } from './table.ts'
import { type BillAmounts, billAmounts } from './taxes.ts'

/** What is known of an order, its payment and its documents. */
export type InvoiceFacts = {
  readonly order: Order
  readonly records: PaymentRecords
  readonly documents: readonly StoredInvoice[]
  readonly due: readonly DueInvoice[]
}

/** A document to be issued. Without `refund`, a credit note is for what was never paid of a canceled order. */
export type Draft =
  | { readonly kind: 'invoice'; readonly amounts: BillAmounts; readonly shippedAt: string | undefined }
  | {
      readonly kind: 'credit_note'
      readonly amount: MinorUnits
      readonly refund: Refund | undefined
    }

export const billOf = (documents: readonly StoredInvoice[]): Bill | undefined =>
  documents.find(one => one.kind === 'invoice')

export const creditNotesOf = (documents: readonly StoredInvoice[]): CreditNote[] =>
  documents.filter(one => one.kind === 'credit_note')

/** Whether an invoice may be due for this, and not only a credit note. */
export const isBillDue = ({ cause }: DueInvoice): boolean => cause === 'shipped' || cause === 'placed'

/** The invoice that is due; undefined of an order that was canceled before it had one, and where its amounts are not sound. */
const dueBill = ({ order, due }: InvoiceFacts): Extract<Draft, { kind: 'invoice' }> | undefined => {
  const { status, items } = order
  const shipped = due.find(({ cause }) => cause === 'shipped')
  const amounts = due.some(isBillDue) && status !== 'cancelled' ? billAmounts(order.amounts) : undefined
  return amounts && items.every(({ price }) => isWhole(price))
    ? { kind: 'invoice', amounts, shippedAt: shipped?.at }
    : undefined
}

/**
 * The documents to be issued, in this order. Only an order with a recorded payment has any: not one that an earlier release or
 * another client wrote.
 */
export const missingDocuments = (facts: InvoiceFacts): Draft[] => {
  const { order, records, documents } = facts
  const bill = billOf(documents)
  const newBill = bill ? undefined : dueBill(facts)
  if (!bill && !newBill) return []
  const { amounts, status } = order
  const { payment, refunds } = records
  const credits = creditNotesOf(documents)
  let left = (bill?.total ?? amounts.total) - credits.reduce((all, { total }) => all + total, 0)
  const credit = (wanted: number, refund: Refund | undefined): Draft[] => {
    const amount = Math.min(wanted, left)
    if (amount <= 0 || !isWhole(amount as MinorUnits)) return []
    left -= amount
    return [{ kind: 'credit_note', amount: minorUnits(amount), refund }]
  }
  const credited = new Set(credits.map(({ refund_id }) => refund_id))
  const refunded = refunds
    .filter(({ state, refund_id }) => state === 'succeeded' && !credited.has(refund_id))
    .sort((a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at))
  return [
    ...(newBill ? [newBill] : []),
    ...refunded.flatMap(refund => credit(refund.amount, refund)),
    // What was paid comes back by refunds, each with a credit note of its own.
    ...(status === 'cancelled' && !credited.has(undefined)
      ? credit((bill?.total ?? 0) - payment.captured, undefined)
      : []),
  ]
}

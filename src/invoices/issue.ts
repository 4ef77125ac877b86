/**
 * Issuing of invoices and credit notes. A document is put in one transaction with its number, on condition that the number is still
 * free: numbers have no gaps, even after a crash, and an order has each document once. It is not the transaction
 * of the sale or of the shipment, so neither waits for a number.
 *
 * Three callers finish each other's work: the request that changed the order, its mail, and the sweeper.
 */

import { dayIn } from '../core/days.ts'
import { rejectionOf } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { backoff, type RetryPolicy, retry } from '../core/retry.ts'
import type { InvoiceDeps } from './deps.ts'
import { billOf, type Draft, type InvoiceFacts, isBillDue, missingDocuments } from './plan.ts'
import type { StoredInvoice } from './schema.ts'
import { snapshotOf } from './snapshot.ts'
import type { DueInvoice } from './table.ts'

/** Against others who take a number at the same time. What is still refused then is due, and issued by the next caller. */
const NUMBER_RETRIES: RetryPolicy = { maxTries: 12, pause: backoff(5, 200) }

/** Documents of an order, and changes of it while they are issued. */
const MAX_CHANGES = 100

/** Thrown where a document that is due could not be issued now. */
export class NotIssued extends Error {}

const readFacts = async (
  { orders, paymentTable, invoices }: InvoiceDeps,
  orderId: string,
  due: readonly DueInvoice[],
): Promise<InvoiceFacts | undefined> => {
  const documents = await invoices.list(orderId)
  // An order without an invoice that is canceled or refunded: most of them, where invoices are issued with the shipment.
  if (!billOf(documents) && !due.some(isBillDue)) return undefined
  const records = await paymentTable.records(orderId)
  const order = records && (await orders.get(records.payment.user_id, orderId))
  return order && { order, records, documents, due }
}

/** Whether the document was issued; false where the order, its payment or its documents have changed since they were read. */
const issueDraft = async (
  deps: InvoiceDeps,
  facts: InvoiceFacts,
  draft: Draft,
  settled: readonly Write[],
): Promise<boolean> => {
  const { db, invoices, orders, shop } = deps
  const year = dayIn(shop.timeZone, deps.now()).slice(0, 4)
  let last = await invoices.lastNumber(year, draft.kind)
  const issued = await retry(NUMBER_RETRIES, async () => {
    const taken = invoices.takeNumber(year, draft.kind, last)
    const writes = [
      invoices.put(snapshotOf(deps, facts, draft, last)),
      // Of an order that is canceled at the same time, one of both sees the other.
      orders.assertStatus(facts.order),
      ...settled,
    ]
    const refusal = await rejectionOf(db.transact([taken, ...writes]))
    if (!refusal) return true
    if (writes.some(write => refusal.failed.has(write))) return false
    if (refusal.failed.has(taken)) last = await invoices.lastNumber(year, draft.kind)
    return undefined
  })
  if (issued === undefined)
    throw new NotIssued(`a document of ${facts.order.order_id} could not be numbered yet`)
  return issued
}

/** Issues everything that is due of an order, and nothing where nothing is. Throws NotIssued, and what the store throws. */
export const issueDue = async (deps: InvoiceDeps, orderId: string): Promise<void> => {
  const due = await deps.invoices.listDue(orderId)
  if (due.length === 0) return
  const settled = due.map(deps.invoices.settle)
  for (let tries = 0; tries < MAX_CHANGES; tries++) {
    const facts = await readFacts(deps, orderId, due)
    const drafts = facts ? missingDocuments(facts) : []
    const [draft] = drafts
    if (!facts || !draft) return deps.db.transact(settled)
    const isLast = drafts.length === 1
    if ((await issueDraft(deps, facts, draft, isLast ? settled : [])) && isLast) return
  }
  throw new NotIssued(`the documents of ${orderId} change all the time`)
}

/** The documents of an order, those included that were due. Throws what `issueDue` throws. */
export const issuedDocuments = async (
  deps: InvoiceDeps,
  orderId: string,
): Promise<readonly StoredInvoice[]> => {
  await issueDue(deps, orderId)
  return deps.invoices.list(orderId)
}

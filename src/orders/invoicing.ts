/**
 * Invoices as orders and payments take part in them: what changes an order also writes a row that has its documents issued, in the same
 * transaction. The folder `invoices/` issues them and implements `OrderInvoicing`.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { Order } from './schema.ts'

/** What may have an invoice or a credit note issued: an order is placed, shipped or canceled, or a refund of this id has succeeded. */
export type InvoiceCause = 'placed' | 'shipped' | 'cancelled' | { readonly refundId: string }

/** Has documents of the order issued, by whoever gets to it first. */
export const announceInvoice = (table: string, orderId: string, cause: InvoiceCause, now: Date): Write => {
  const name = typeof cause === 'string' ? cause : cause.refundId
  return {
    action: 'Put',
    table,
    item: {
      ...CONTROL_ROWS.dueInvoice.key(`${orderId}#${name}`),
      order_id: orderId,
      cause: name,
      at: now.toISOString(),
    },
  }
}

export interface OrderInvoicing {
  /** Writes of the transaction in which an order is placed, shipped or canceled. */
  announce(order: Pick<Order, 'order_id'>, cause: 'placed' | 'shipped' | 'cancelled', now: Date): Write[]
  /** Issues what was announced of the order. Never throws: what is not issued now is issued by the sweeper. */
  issue(order: Pick<Order, 'order_id'>, cause: 'placed' | 'shipped' | 'cancelled'): Promise<void>
}

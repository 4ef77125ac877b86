/** Row of an item of a payment: the payment itself, a refund, a dispute or a journal entry, without who paid and who wrote it. */
import type * as z from 'zod'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Item } from '../core/dynamo/write.ts'
import { firstProblem } from '../core/unreadable-rows.ts'
import { StoredDispute, StoredEntry, StoredPayment, StoredRefund } from '../payments/schema.ts'
import { amount, type Columns, day, instant, type MapItem, text, Unmappable } from './mapping.ts'

const read = <T>(schema: z.ZodType<T>, item: Item): T => {
  const parsed = schema.safeParse(item)
  if (parsed.success) return parsed.data
  throw new Unmappable(firstProblem(parsed.error))
}

const NOTHING = {
  method: null,
  currency: null,
  captured_minor: null,
  refunded_minor: null,
  reserved_minor: null,
  disputed_minor: null,
  tax_minor: null,
  state: null,
  due_on: null,
  is_voided: null,
  updated_at: null,
}

const paymentRow = (item: Item): Columns => {
  const payment = read(StoredPayment, item)
  return {
    ...NOTHING,
    kind: 'payment',
    method: text(payment.method),
    currency: text(payment.currency),
    amount_minor: amount(payment.amount),
    captured_minor: amount(payment.captured),
    refunded_minor: amount(payment.refunded),
    reserved_minor: amount(payment.reserved),
    disputed_minor: amount(payment.disputed),
    due_on: payment.due_on === undefined ? null : day(payment.due_on),
    is_voided: payment.voided ?? false,
    at: instant(payment.created_at),
    updated_at: instant(payment.updated_at),
  }
}

const refundRow = (item: Item): Columns => {
  const refund = read(StoredRefund, item)
  return {
    ...NOTHING,
    kind: 'refund',
    amount_minor: amount(refund.amount),
    tax_minor: refund.tax === undefined ? null : amount(refund.tax),
    state: text(refund.state),
    at: instant(refund.created_at),
    updated_at: instant(refund.updated_at),
  }
}

const disputeRow = (item: Item): Columns => {
  const dispute = read(StoredDispute, item)
  return {
    ...NOTHING,
    kind: 'dispute',
    amount_minor: amount(dispute.amount),
    state: text(dispute.state),
    at: instant(dispute.created_at),
    updated_at: instant(dispute.updated_at),
  }
}

const entryRow = (item: Item): Columns => {
  const entry = read(StoredEntry, item)
  return {
    ...NOTHING,
    kind: 'entry',
    method: text(entry.by),
    amount_minor: amount(entry.amount),
    state: entry.kind,
    at: instant(entry.at),
  }
}

const rowOf = (item: Item, name: string): Columns => {
  if (name === 'payment') return paymentRow(item)
  if (name.startsWith('refund#')) return refundRow(item)
  if (name.startsWith('dispute#')) return disputeRow(item)
  if (name.startsWith('entry#')) return entryRow(item)
  throw new Unmappable('not a row of a payment')
}

export const mapPayment: MapItem = item => ({
  row: {
    ...rowOf(item, String(item.sk)),
    order_id: text(String(item.pk).slice(CONTROL_ROWS.payment.prefix.length)),
  },
  children: {},
})

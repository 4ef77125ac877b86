/** What a refund writes: its amount moves from what can be refunded to what is reserved, or straight to what is refunded. */
import type { Write } from '../core/dynamo/write.ts'
import { type MinorUnits, minorUnits } from '../core/money.ts'
import { retryAt } from './ask-provider.ts'
import type { MoneyDeps } from './deps.ts'
import type { RefundAmount } from './refund-amounts.ts'
import type { Entry, Payment, PaymentRecords, Refund } from './schema.ts'

export type NewRefund = Omit<Refund, 'version'>

/** Whether its money was taken by a provider, which gives it back; other money is handed over by staff. */
export const isHosted = ({ ref }: Pick<Payment, 'ref'>): boolean => ref !== undefined

/** `state`: of one that the provider is to be asked for, that staff have made, or that they still have to make. */
export const newRefund = (
  payment: Payment,
  { refundId, actor }: { readonly refundId: string; readonly actor: string },
  { amount, tax, shipping, lines }: RefundAmount,
  state: 'pending' | 'succeeded',
  now: Date,
): NewRefund => ({
  order_id: payment.order_id,
  refund_id: refundId,
  amount,
  tax,
  ...(shipping === undefined ? {} : { shipping }),
  ...(lines === undefined ? {} : { lines: [...lines] }),
  state,
  actor,
  ...(isHosted(payment) ? { due_at: retryAt(now, 0) } : {}),
  created_at: now.toISOString(),
  updated_at: now.toISOString(),
})

const plus = (amount: MinorUnits, more: number): MinorUnits => minorUnits(amount + more)

/** Writes of a new refund, with other `changes` of its payment. They fail where the payment was changed since it was read. */
export const refundWrites = (
  { paymentTable, now }: Pick<MoneyDeps, 'paymentTable' | 'now'>,
  { payment, entries }: PaymentRecords,
  refund: NewRefund,
  changes: Partial<Payment> = {},
): Write[] => {
  const at = now().toISOString()
  const isMade = refund.state === 'succeeded'
  return [
    ...paymentTable.put(payment, {
      ...payment,
      ...changes,
      ...(isMade
        ? { refunded: plus(payment.refunded, refund.amount) }
        : { reserved: plus(payment.reserved, refund.amount) }),
      updated_at: at,
    }),
    ...paymentTable.putRefund(undefined, refund),
    ...(isMade ? [paymentTable.addEntry(entryOf(payment, entries, refund, at))] : []),
  ]
}

/** The entry of a refund by hand: the money goes back the way it came. */
const entryOf = (
  { order_id, method }: Payment,
  entries: readonly Entry[],
  { refund_id, amount, actor }: NewRefund,
  at: string,
): Entry => ({
  order_id,
  entry_id: `refund-${refund_id}`,
  kind: 'refunded',
  amount: minorUnits(-amount),
  by: entries.findLast(({ kind }) => kind === 'captured')?.by ?? method,
  actor,
  at,
})

/** Money that staff have taken for an order: in the shop, or as a transfer that has arrived. */
import { setTimeout as sleep } from 'node:timers/promises'
import { storedCurrency } from '../core/currency.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import { ShopError } from '../core/errors.ts'
import { sha256 } from '../core/ids.ts'
import { isWhole, type MinorUnits, minorUnits, toDecimal } from '../core/money.ts'
import { requireAmount } from '../core/require-amount.ts'
import { backoff } from '../core/retry.ts'
import { orderNotFound } from '../orders/history.ts'
import type { Order } from '../orders/schema.ts'
import type { MoneyDeps } from './deps.ts'
import { unpaidPayment } from './new-payment.ts'
import type { Entry, Payment, PaymentRecords } from './schema.ts'
import type { RECORDED_METHODS } from './staff-schema.ts'
import { outstanding } from './state.ts'

export type RecordedMoney = {
  /** In units of the currency of the payment. */
  readonly amount: number
  readonly method: (typeof RECORDED_METHODS)[number]
  readonly reference?: string | undefined
}

const MAX_CONFLICTS = 10
const pauseAfter = backoff(5, 200)

/**
 * Records money for an order, once for each `key`. For a canceled order it goes under review. Throws order_not_found,
 * idempotency_key_reused, payment_conflict where it is more than what is to be paid, and store_busy.
 */
export const recordMoney = async (
  deps: MoneyDeps,
  actor: string,
  { user_id, order_id }: Pick<Order, 'user_id' | 'order_id'>,
  key: string,
  money: RecordedMoney,
): Promise<void> => {
  const { db, paymentTable, orders } = deps
  const entryId = `recorded-${sha256(key).slice(0, 32)}`
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
    const records = await paymentTable.records(order_id)
    if (records && isRepeated(records, entryId, money)) return
    // Read after the payment: a cancellation changes both.
    const order = await orders.get(user_id, order_id)
    if (!order) throw orderNotFound()
    if (await wasApplied(db.transact(writesOf(deps, actor, order, records, entryId, money)))) return
    await sleep(pauseAfter(++conflicts))
  }
  throw new ShopError('store_busy', 'This payment is being changed at the same time. Please try again.')
}

const isRepeated = (
  { payment, entries }: PaymentRecords,
  entryId: string,
  { amount, method, reference }: RecordedMoney,
): boolean => {
  const earlier = entries.find(({ entry_id }) => entry_id === entryId)
  if (!earlier) return false
  const isSame =
    toDecimal(earlier.amount, storedCurrency(payment.currency)) === amount &&
    earlier.by === method &&
    earlier.reference === reference
  if (isSame) return true
  throw new ShopError(
    'idempotency_key_reused',
    'This Idempotency-Key was already used for a different payment. Send a new key.',
  )
}

const writesOf = (
  { paymentTable, orders, now }: MoneyDeps,
  actor: string,
  order: Order,
  records: PaymentRecords | undefined,
  entryId: string,
  { amount: decimal, method, reference }: RecordedMoney,
) => {
  const at = now()
  const before = records?.payment
  const known = before ?? paymentOf(order)
  const amount = requireAmount('amount', decimal, storedCurrency(known.currency))
  const isCancelled = order.status === 'cancelled'
  assertNotTooMuch(known, amount, isCancelled)
  const { act_at, ...rest } = known
  const captured = minorUnits(known.captured + amount)
  const isPaid = captured >= known.amount
  const entry: Entry = {
    order_id: order.order_id,
    entry_id: entryId,
    kind: 'captured',
    amount,
    by: method,
    ...(reference === undefined ? {} : { reference }),
    actor,
    at: at.toISOString(),
  }
  const isToldOf = known.method === 'transfer' && isPaid && !isCancelled && order.email !== undefined
  return [
    ...paymentTable.put(before, {
      ...rest,
      ...(act_at === undefined || isPaid ? {} : { act_at }),
      captured,
      ...(isCancelled ? { voided: true, review: known.review ?? 'paid_after_cancel' } : {}),
      updated_at: at.toISOString(),
    }),
    paymentTable.addEntry(entry),
    ...orders.audit({ actor, what: 'payment.record', after: { amount, by: method } }, order, at),
    ...(isToldOf ? [orders.announce(order, 'payment_received', at)] : []),
  ]
}

/** The payment of an order that has none, because it is from before payments were kept. */
const paymentOf = (order: Order): Omit<Payment, 'version'> => {
  if (isWhole(order.amounts.total)) return unpaidPayment(order, 'invoice', 'ship')
  throw new ShopError('payment_conflict', 'The total of this order has more decimals than its currency.')
}

const assertNotTooMuch = (
  payment: Omit<Payment, 'version'>,
  amount: MinorUnits,
  isCancelled: boolean,
): void => {
  // What was sent for a canceled order is recorded as it is, and given back.
  const left = isCancelled ? payment.amount : outstanding(payment)
  if (amount <= left) return
  throw new ShopError(
    'payment_conflict',
    left === 0 ? 'Nothing is to be paid for this order.' : 'This is more than is still to be paid.',
    { outstanding: toDecimal(left, storedCurrency(payment.currency)) },
  )
}

/** Adoption: orders from before payments were kept get a payment, as paid or as due. */
import { wasApplied } from '../core/dynamo/conditional.ts'
import { isWhole, minorUnits } from '../core/money.ts'
import type { Order } from '../orders/schema.ts'
import type { MoneyDeps } from './deps.ts'
import { unpaidPayment } from './new-payment.ts'
import type { Payment } from './schema.ts'

export type AdoptedAs = 'paid' | 'due'

/** Orders before a day (UTC) that have no payment. One whose total is no whole amount has none either, and is left out. */
export const unrecordedOrders = async function* (
  { orders, paymentTable }: Pick<MoneyDeps, 'orders' | 'paymentTable'>,
  before: string,
): AsyncGenerator<readonly Order[]> {
  for await (const page of orders.scan()) {
    const found = page.orders.filter(
      ({ order_date, amounts }) => order_date < before && isWhole(amounts.total),
    )
    const known = await paymentTable.getMany(found.map(({ order_id }) => order_id))
    yield found.filter(({ order_id }) => !known.has(order_id))
  }
}

/** Gives an order its payment; of a canceled one nothing is due. False where it has one by now. */
export const adoptOrder = async (
  { db, paymentTable, orders, now }: MoneyDeps,
  actor: string,
  order: Order,
  as: AdoptedAs,
  dueOn: string,
): Promise<boolean> => {
  const at = now()
  const isCancelled = order.status === 'cancelled'
  const unpaid = { ...unpaidPayment(order, 'invoice', 'ship'), updated_at: at.toISOString() }
  const payment: Omit<Payment, 'version'> = isCancelled
    ? { ...unpaid, voided: true }
    : as === 'paid'
      ? { ...unpaid, captured: unpaid.amount }
      : { ...unpaid, due_on: dueOn }
  const entry = {
    order_id: order.order_id,
    entry_id: 'adopted',
    kind: 'captured',
    amount: minorUnits(payment.captured),
    by: 'invoice',
    actor,
    at: at.toISOString(),
  } as const
  const what = { actor, what: 'payment.adopt', after: { as: isCancelled ? 'canceled' : as } }
  return wasApplied(
    db.transact([
      ...paymentTable.put(undefined, payment),
      ...(payment.captured > 0 ? [paymentTable.addEntry(entry)] : []),
      ...orders.audit(what, order, at),
    ]),
  )
}

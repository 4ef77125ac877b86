/** New payments: of an order of which nothing is paid yet, and of money that a provider has taken. */
import type { Write } from '../core/dynamo/write.ts'
import { type MinorUnits, minorUnits } from '../core/money.ts'
import type { PaymentMethod } from '../orders/payment.ts'
import type { Delivery, Order } from '../orders/schema.ts'
import type { Seen } from './provider.ts'
import type { Checkout, Payment } from './schema.ts'
import type { PaymentTable } from './table.ts'

const NONE: MinorUnits = minorUnits(0)

export const unpaidPayment = (
  { order_id, user_id, amounts, currency, created_at }: Order,
  method: PaymentMethod,
  delivery: Delivery,
): Omit<Payment, 'version'> => ({
  order_id,
  user_id,
  method,
  delivery,
  currency: currency.code,
  amount: amounts.total,
  captured: NONE,
  refunded: NONE,
  reserved: NONE,
  disputed: NONE,
  created_at,
  updated_at: created_at,
})

export type TakenPayment = Pick<
  Payment,
  'order_id' | 'user_id' | 'method' | 'delivery' | 'ref' | 'amount' | 'review'
>

/** What a checkout says of the payment that it becomes. */
export const takenOf = ({ order_id, user_id, method, delivery, ref, amount }: Checkout): TakenPayment => ({
  order_id,
  user_id,
  method,
  delivery,
  ...(ref === undefined ? {} : { ref }),
  amount,
})

/**
 * Writes of the payment of money that a provider has taken, as it was `seen`, with its journal entry; refunds and disputes of it are not
 * in them. The first fails where the payment is recorded already. `actor` and `at`, an ISO 8601 time, are those of the entry.
 */
export const takenPayment = (
  table: Pick<PaymentTable, 'put' | 'addEntry'>,
  payment: TakenPayment,
  { captured, currency }: Pick<Seen, 'captured' | 'currency'>,
  actor: string,
  at: string,
): [Write, ...Write[]] => [
  ...table.put(undefined, {
    ...payment,
    currency: currency.code,
    captured,
    refunded: NONE,
    reserved: NONE,
    disputed: NONE,
    created_at: at,
    updated_at: at,
  }),
  table.addEntry({
    order_id: payment.order_id,
    entry_id: 'captured',
    kind: 'captured',
    amount: captured,
    by: payment.method,
    actor,
    at,
  }),
]

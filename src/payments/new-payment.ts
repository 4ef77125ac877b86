/** The payment of an order of which nothing is paid yet. */
import { type MinorUnits, minorUnits } from '../core/money.ts'
import type { PaymentMethod } from '../orders/payment.ts'
import type { Delivery, Order } from '../orders/schema.ts'
import type { Payment } from './schema.ts'

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

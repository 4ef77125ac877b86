/** The order that a checkout may become, as the checkout keeps it. */
import type { Item } from '../core/dynamo/write.ts'
import type { NewOrder } from '../orders/checkout-writes.ts'
import { readOrder } from '../orders/table.ts'
import { orderItem } from '../orders/table-writes.ts'
import type { ChangedCheckout } from './checkout-table.ts'
import type { PaymentDeps } from './deps.ts'
import type { Checkout } from './schema.ts'

export const snapshotOf = (order: NewOrder): Item => orderItem(order)

/** The order of a checkout. Throws where the row holds none, which only a foreign write can cause. */
export const orderOf = (
  { currency }: Pick<PaymentDeps, 'currency'>,
  { snapshot, order_id }: Checkout,
): NewOrder => {
  const order = readOrder(snapshot, currency, () => {})
  if (order) return order as NewOrder
  throw new Error(`the checkout ${order_id} holds no order`)
}

/** The checkout at its end, without the address; once it is `final`, without the email too, and nothing will change it. */
export const ended = (
  checkout: Checkout,
  state: ChangedCheckout['state'],
  now: Date,
  final: boolean,
): ChangedCheckout => {
  const { shipping_address: _, email, ...snapshot } = checkout.snapshot
  const { due_at: __, ...rest } = checkout
  return {
    ...rest,
    state,
    held: [],
    snapshot: final || email === undefined ? snapshot : { ...snapshot, email },
    ended_at: checkout.ended_at ?? now.toISOString(),
  }
}

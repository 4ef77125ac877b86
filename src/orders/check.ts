/** Check of the orders table for `cloudshelf doctor`: what other clients have stored in another form than the shop does. */
import { isWhole, toDecimalText } from '../core/money.ts'
import type { Order } from './schema.ts'
import { OrderStatus } from './status.ts'
import type { OrderTable } from './table.ts'

export type OrderCheck = {
  readonly orders: number
  /** Items that cannot be read as orders. */
  readonly unreadable: readonly { readonly order_id: string }[]
  /** Orders in a status that the shop does not know: it shows them, and never moves them on. */
  readonly unknownStatus: readonly { readonly order_id: string; readonly status: string }[]
  /** Orders with amounts of more decimals than their currency has. */
  readonly imprecise: readonly { readonly order_id: string; readonly amounts: string }[]
}

const STATUSES: ReadonlySet<string> = new Set(OrderStatus.options)

/** The amounts of an order that have more decimals than its currency, as they are stored. */
const impreciseAmounts = ({ amounts, items, currency }: Order): string[] => {
  const { subtotal, adjustments = [], tax, shipping, total } = amounts
  const all = [
    ...items.map(({ price }) => price),
    subtotal,
    ...adjustments.map(one => one.amount),
    tax,
    shipping,
    total,
  ]
  return all.flatMap(amount =>
    amount === undefined || isWhole(amount) ? [] : `${toDecimalText(amount, currency)} ${currency.code}`,
  )
}

/** Reads every order. */
export const checkOrders = async ({ orders }: { readonly orders: OrderTable }): Promise<OrderCheck> => {
  const unreadable: { order_id: string }[] = []
  const unknownStatus: { order_id: string; status: string }[] = []
  const imprecise: { order_id: string; amounts: string }[] = []
  let count = 0
  for await (const page of orders.scan()) {
    count += page.orders.length
    unreadable.push(...page.unreadable.map(({ order_id }) => ({ order_id: String(order_id) })))
    for (const order of page.orders) {
      const { order_id, status } = order
      if (!STATUSES.has(status)) unknownStatus.push({ order_id, status })
      const amounts = impreciseAmounts(order)
      if (amounts.length > 0) imprecise.push({ order_id, amounts: amounts.join(', ') })
    }
  }
  return { orders: count, unreadable, unknownStatus, imprecise }
}

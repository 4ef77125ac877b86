/** Blocks of an order that several mails show: books, amounts, address, order number. */
import { addressLines } from '../addresses/lines.ts'
import { amountRows } from '../cart/amounts.ts'
import { formatDay, placedAt } from '../core/days.ts'
import { formatMoney } from '../core/format-money.ts'
import { type MinorUnits, multiply, toDecimal } from '../core/money.ts'
import type { ShopProfile } from '../core/shop-profile.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import type { Block } from './mail-content.ts'

/** Facts of the shop that mails show. */
export type ShopFacts = ShopProfile & { readonly publicUrl: string }

/** An amount of the order with its currency. */
export const money = (amount: MinorUnits, { currency }: Order): string =>
  formatMoney(toDecimal(amount, currency), currency.code, 'en-US')

/** The day on which an order was placed, in the shop's time zone: 'September 5, 2025'. */
const placedOn = ({ created_at, order_date }: Order, { timeZone }: ShopFacts): string =>
  formatDay(placedAt(created_at, order_date), 'en-US', timeZone)

const bookLabel = ({ title, quantity }: Order['items'][number]): string => `${quantity} × ${title}`

/** Button to the page of the order. */
export const viewButton = (url: string): Block => ({ kind: 'link', label: 'View order', url })

export const books = (order: Order): Block => ({
  kind: 'list',
  heading: 'Items',
  lines: order.items.map(bookLabel),
})

/** Every line with its price, then the amounts. */
export const amounts = (order: Order): Block => ({
  kind: 'amounts',
  rows: [
    ...order.items.map(line => ({
      label: bookLabel(line),
      amount: money(multiply(line.price, line.quantity), order),
    })),
    ...amountRows(order.amounts).map(({ label, amount, isTotal }) => ({
      label,
      amount: money(amount, order),
      strong: isTotal,
    })),
  ],
})

/** The shipping address; no block where the order has none. */
export const address = ({ shipping_address: to }: Order): Block[] => {
  const lines = addressLines(to ?? {})
  return lines.length > 0 ? [{ kind: 'list', heading: 'Shipping to', lines }] : []
}

export const reference = (order: Order, shop: ShopFacts): Block => ({
  kind: 'list',
  heading: 'Order number',
  lines: [orderNumber(order.order_id), `Placed on ${placedOn(order, shop)}`],
})

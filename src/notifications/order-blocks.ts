/** The pieces of an order that several letters show: its books, its amounts, its address. */
import { type Cents, times, toDecimal } from '../core/money.ts'
import type { Order } from '../orders/schema.ts'
import type { Block } from './letter.ts'

/** What letters need to know of the shop. */
export type ShopFacts = { readonly currency: string; readonly publicUrl: string }

/** An amount as people read it, always with its cents: the shop's amounts have two decimals in every currency. */
export const money = (amount: Cents, currency: string): string =>
  new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(toDecimal(amount))

const countryName = (code: string): string => {
  try {
    return new Intl.DisplayNames('en', { type: 'region' }).of(code) ?? code
  } catch {
    return code
  }
}

const bookLabel = ({ title, quantity }: Order['items'][number]): string => `${quantity} × ${title}`

export const books = (order: Order): Block => ({
  kind: 'list',
  heading: 'Books',
  lines: order.items.map(bookLabel),
})

/** Every line with its price, then what makes the total. Orders of others' making may know the total alone. */
export const amounts = (order: Order, { currency }: ShopFacts): Block => {
  const part = (label: string, amount: Cents | undefined) =>
    amount === undefined ? [] : [{ label, amount: money(amount, currency) }]
  return {
    kind: 'amounts',
    rows: [
      ...order.items.map(line => ({
        label: bookLabel(line),
        amount: money(times(line.price, line.quantity), currency),
      })),
      ...part('Subtotal', order.subtotal),
      ...part('Tax', order.tax),
      ...part('Shipping', order.shipping),
      { label: 'Total', amount: money(order.total, currency), strong: true },
    ],
  }
}

/** Where it goes; nothing where the order has no address. */
export const address = ({ shipping_address: to }: Order): Block[] => {
  if (!to) return []
  const town = [to.city, to.state, to.postal_code].filter(Boolean).join(', ')
  const lines = [to.street ?? '', town, countryName(to.country ?? '')].filter(line => line !== '')
  return lines.length > 0 ? [{ kind: 'list', heading: 'Shipping to', lines }] : []
}

export const reference = (order: Order): Block => ({
  kind: 'list',
  heading: 'Your order',
  lines: [order.order_id, `of ${order.order_date}`],
})

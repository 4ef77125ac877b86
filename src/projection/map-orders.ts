/** Rows of an order: the order, without the person, and its lines. */

import { normalizeEmail } from '../accounts/email.ts'
import { isGuestUserId } from '../core/ids.ts'
import { type MinorUnits, multiply } from '../core/money.ts'
import { readOrder } from '../orders/table.ts'
import {
  amount,
  countryCode,
  day,
  instant,
  int,
  type MapItem,
  optionalText,
  text,
  Unmappable,
} from './mapping.ts'

const optionalAmount = (value: MinorUnits | undefined): number | null =>
  value === undefined ? null : amount(value)

export const mapOrder: MapItem = (item, { currency, pseudonyms }) => {
  const problems: string[] = []
  const order = readOrder(item, currency, problem => problems.push(problem))
  if (!order) throw new Unmappable(problems[0] ?? 'not an order')
  const { amounts, status, created_at } = order
  const isCancelled = status === 'cancelled'
  const total = amount(amounts.total)
  const email = order.email === undefined ? undefined : normalizeEmail(order.email)
  const ordered_at = instant(created_at)
  const currencyCode = text(order.currency.code)
  const books = order.items.map(({ book_id }) => text(book_id))
  return {
    row: {
      order_id: text(order.order_id),
      owner: pseudonyms.person('user', order.user_id),
      customer: email === undefined ? null : pseudonyms.person('email', email),
      is_account: !isGuestUserId(order.user_id),
      order_date: day(order.order_date),
      ordered_at,
      updated_at: instant(order.updated_at),
      status: text(status),
      currency: currencyCode,
      subtotal_minor: optionalAmount(amounts.subtotal),
      adjustments_minor: (amounts.adjustments ?? []).reduce((total, one) => total + amount(one.amount), 0),
      tax_minor: optionalAmount(amounts.tax),
      shipping_minor: optionalAmount(amounts.shipping),
      total_minor: total,
      revenue_minor: isCancelled ? 0 : total,
      cancelled_minor: isCancelled ? total : 0,
      refunded_minor: 0,
      country: countryCode(order.shipping_address?.country),
    },
    children: {
      order_lines: order.items.map((line, index) => ({
        line: index,
        ordered_at,
        book_id: books[index] ?? '',
        category: optionalText(line.category),
        title: text(line.title),
        price_minor: amount(line.price),
        quantity: int(line.quantity),
        amount_minor: multiply(line.price, line.quantity),
        is_cancelled: isCancelled,
        currency: currencyCode,
        is_repeat: books.indexOf(books[index] ?? '') < index,
      })),
    },
  }
}

/** An order as one line of a command's output, and the parts of the line. */
import { readableEmail } from '../accounts/email.ts'
import { type MinorUnits, toDecimalText } from '../core/money.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import { counted } from './output.ts'

/** '42.99 USD', in the currency of an order. */
export const money = (amount: MinorUnits, { currency }: Pick<Order, 'currency'>): string =>
  `${toDecimalText(amount, currency)} ${currency.code}`

export const customerOf = ({ email, user_id }: Order): string =>
  email === undefined ? user_id : readableEmail(email)

const copiesIn = ({ items }: Order): number => items.reduce((sum, line) => sum + line.quantity, 0)

/** Number, id, status, total, copies and customer. */
export const orderLine = (order: Order): string =>
  `${orderNumber(order.order_id)}  ${order.order_id}  ${order.status.padEnd(10)}  ${money(order.amounts.total, order).padStart(13)}  ` +
  `${counted(copiesIn(order), 'book')}  ${customerOf(order)}`

/** `cloudshelf orders`: the orders of a day, one order, and its next status. */
import { Command, Option } from 'commander'
import { addressLines } from '../addresses/lines.ts'
import { amountRows } from '../cart/amounts.ts'
import type { Deps } from '../composition/shop.ts'
import type { Key } from '../core/dynamo/dynamo.ts'
import { dayOf } from '../core/ids.ts'
import { orderNumber } from '../orders/number.ts'
import { numberOrders } from '../orders/numbering.ts'
import type { Order } from '../orders/schema.ts'
import { findOrder, moveOrder, orderView } from '../orders/service.ts'
import { nextStatus, OrderStatus } from '../orders/status.ts'
import { announcingBooks } from './announcing-books.ts'
import { cancelCommand } from './cancel-orders.ts'
import { CommandError } from './errors.ts'
import { parseDay } from './option-values.ts'
import { customerOf, money, orderLine } from './order-line.ts'
import { counted, print, printJson } from './output.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type Json = { readonly json?: boolean }
const PAGE_SIZE = 100

const ordersOn = async ({ orders }: Deps, day: string): Promise<Order[]> => {
  const all: Order[] = []
  let after: Key | undefined
  do {
    const page = await orders.listByDay(day, PAGE_SIZE, after)
    all.push(...page.orders)
    after = page.next
  } while (after)
  return all
}

const list = ({ date, json }: Json & { readonly date?: string }): Promise<void> =>
  withDeps(async deps => {
    const day = date ?? dayOf(deps.now())
    const orders = await ordersOn(deps, day)
    const termsOf = await deps.payments.termsOf(orders)
    if (json) return printJson(orders.map(order => orderView(order, termsOf(order))))
    for (const order of orders) print(orderLine(order))
    print(`${counted(orders.length, 'order')} on ${day} (UTC)`)
  })

const orderText = (order: Order): string[] => [
  `${orderNumber(order.order_id)}  ${order.status}`,
  `order id  ${order.order_id}`,
  `placed    ${order.created_at}, updated ${order.updated_at}`,
  `customer  ${customerOf(order)}`,
  ...addressLines(order.shipping_address ?? {}).map(
    (line, i) => (i === 0 ? 'ship to' : '').padEnd(10) + line,
  ),
  ...(order.shipping_address?.phone === undefined ? [] : [`phone     ${order.shipping_address.phone}`]),
  ...order.items.map(
    ({ quantity, title, book_id, price }) =>
      `          ${quantity} × ${title} (${book_id}) at ${money(price, order)}`,
  ),
  ...amountRows(order.amounts).map(
    ({ label, amount }) => `${label.toLowerCase().padEnd(10)}${money(amount, order)}`,
  ),
]

const show = (orderId: string, { json }: Json): Promise<void> =>
  withDeps(async deps => {
    const order = await findOrder(deps, orderId)
    if (json) printJson(orderView(order, (await deps.payments.termsOf([order]))(order)))
    else for (const line of orderText(order)) print(line)
  })

const advance = (orderId: string, { to, json }: Json & { readonly to?: OrderStatus }): Promise<void> =>
  withDeps(async deps => {
    const order = await findOrder(deps, orderId)
    const next = to ?? nextStatus(order.status)
    if (next === undefined)
      throw new CommandError(
        `order ${orderNumber(order.order_id)} is ${order.status}: there is no next status`,
      )
    const moved = await announcingBooks(deps, free => moveOrder(free, commandLineActor(), order, next))
    if (json) printJson(orderView(moved, (await deps.payments.termsOf([moved]))(moved)))
    else print(`${orderNumber(moved.order_id)}  ${order.status} → ${moved.status}`)
  })

const number = ({ json }: Json): Promise<void> =>
  withDeps(async deps => {
    const { numbered, conflicts } = await numberOrders(deps, commandLineActor())
    if (json) return printJson({ numbered, conflicts })
    print(`${counted(numbered, 'order')} can now be found by number`)
    if (conflicts > 0) print(`${counted(conflicts, 'order')} can be found by order ID only; see above`)
  })

const HELP = `
An order goes from confirmed to processing, shipped and delivered. It can be
cancelled until it is shipped. Commands take its number or its order ID.

Examples:
  $ cloudshelf orders list --date 2025-09-05
  $ cloudshelf orders show 7K3M2-QX8VD
  $ cloudshelf orders advance order-2025-09-05-xyz123
  $ cloudshelf orders advance order-2025-09-05-xyz123 --to cancelled`

export const ordersCommand = (): Command => {
  const orders = new Command('orders')
    .description('Show orders and change their status')
    .addHelpText('after', HELP)
  orders
    .command('list')
    .description('List the orders of a day')
    .option('--date <date>', 'Day in UTC, for example 2025-09-05 (default: today)', parseDay)
    .option('--json', 'Print JSON')
    .action(list)
  orders
    .command('show')
    .description('Show an order')
    .argument('<id>', 'Order number or order ID')
    .option('--json', 'Print JSON')
    .action(show)
  orders
    .command('advance')
    .description('Move an order to its next status, or cancel it')
    .argument('<id>', 'Order number or order ID')
    .addOption(new Option('--to <status>', 'New status (default: the next one)').choices(OrderStatus.options))
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(advance)
  orders.addCommand(cancelCommand())
  orders
    .command('number')
    .description('Let orders of earlier releases and other clients be found by number')
    .option('--json', 'Print JSON')
    .action(number)
  return orders
}

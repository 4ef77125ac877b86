/** `cloudshelf orders`: a day's orders, one order, and its next step. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { amountRows } from '../cart/amounts.ts'
import type { BookKey } from '../catalog/table.ts'
import type { Deps } from '../composition/shop.ts'
import type { Key } from '../core/dynamo/dynamo.ts'
import { ShopError } from '../core/errors.ts'
import { dayOf } from '../core/ids.ts'
import { type Cents, toDecimal } from '../core/money.ts'
import type { Order } from '../orders/schema.ts'
import { findOrder, moveOrder, orderView } from '../orders/service.ts'
import { nextStatus, OrderStatus } from '../orders/status.ts'
import { withDeps } from './open.ts'
import { counted, print, printJson } from './output.ts'

type Json = { readonly json?: boolean }
const PAGE = 100

const ordersOn = async ({ orders }: Deps, day: string): Promise<Order[]> => {
  const all: Order[] = []
  let after: Key | undefined
  do {
    const page = await orders.listByDay(day, PAGE, after)
    all.push(...page.orders)
    after = page.next
  } while (after)
  return all
}

const AMOUNT_LABELS = { subtotal: 'subtotal', shipping: 'shipping', tax: 'tax', total: 'total' }
const money = (amount: Cents): string => toDecimal(amount).toFixed(2)
const copiesIn = ({ items }: Order): number => items.reduce((sum, line) => sum + line.quantity, 0)

const list = ({ date, json }: Json & { readonly date?: string }): Promise<void> =>
  withDeps(async deps => {
    const day = date ?? dayOf(deps.now())
    const orders = await ordersOn(deps, day)
    if (json) return printJson(orders.map(order => orderView(order, deps.currency)))
    for (const order of orders)
      print(
        `${order.order_id}  ${order.status.padEnd(10)}  ${money(order.amounts.total).padStart(9)} ${deps.currency}  ` +
          `${counted(copiesIn(order), 'book')}  ${order.email ?? order.user_id}`,
      )
    print(`${counted(orders.length, 'order')} on ${day} (UTC)`)
  })

const linesOf = (order: Order, currency: string): string[] => [
  `${order.order_id}  ${order.status}`,
  `made      ${order.created_at}, changed ${order.updated_at}`,
  `for       ${order.email ?? order.user_id}`,
  ...(order.shipping_address ? [`to        ${Object.values(order.shipping_address).join(', ')}`] : []),
  ...order.items.map(
    ({ quantity, title, book_id, price }) =>
      `          ${quantity} × ${title} (${book_id}) at ${money(price)}`,
  ),
  ...amountRows(order.amounts, AMOUNT_LABELS).map(
    ({ label, amount }) => `${label.padEnd(10)}${money(amount)} ${currency}`,
  ),
]

const show = (orderId: string, { json }: Json): Promise<void> =>
  withDeps(async deps => {
    const order = await findOrder(deps, orderId)
    if (json) printJson(orderView(order, deps.currency))
    else for (const line of linesOf(order, deps.currency)) print(line)
  })

const endOfItsWay = ({ status }: Order): ShopError =>
  new ShopError('status_conflict', `An order that is ${status} has no next step.`)

/** Copies that came back to the shelf are announced, so that a running shop sees them too. */
const moveAndAnnounce = async (deps: Deps, order: Order, to: OrderStatus): Promise<Order> => {
  const returned: BookKey[] = []
  const moved = await moveOrder(
    { ...deps, booksChanged: keys => void returned.push(...keys) },
    'command-line',
    order,
    to,
  )
  if (returned.length > 0) await deps.db.transact(deps.changes.announce(returned, deps.now()))
  return moved
}

const advance = (orderId: string, { to, json }: Json & { readonly to?: OrderStatus }): Promise<void> =>
  withDeps(async deps => {
    const order = await findOrder(deps, orderId)
    const next = to ?? nextStatus(order.status)
    if (next === undefined) throw endOfItsWay(order)
    const moved = await moveAndAnnounce(deps, order, next)
    if (json) printJson(orderView(moved, deps.currency))
    else print(`${moved.order_id}  ${order.status} → ${moved.status}`)
  })

const day = (text: string): string => {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
  if (isDay) return text
  throw new InvalidArgumentError('It is no day such as 2025-09-05.')
}

const HELP = `
Examples:
  $ cloudshelf orders list --date 2025-09-05
  $ cloudshelf orders advance order-2025-09-05-xyz123
  $ cloudshelf orders advance order-2025-09-05-xyz123 --to cancelled`

export const ordersCommand = (): Command => {
  const orders = new Command('orders')
    .description('look at orders and move them on')
    .addHelpText('after', HELP)
  orders
    .command('list')
    .description("a day's orders")
    .option('--date <day>', 'a day, UTC; today otherwise', day)
    .option('--json', 'as a JSON array')
    .action(list)
  orders.command('show').description('one order').argument('<id>').option('--json', 'as JSON').action(show)
  orders
    .command('advance')
    .description(
      'move an order on: confirmed, processing, shipped, delivered; or cancel it until it is shipped',
    )
    .argument('<id>')
    .addOption(new Option('--to <status>', 'the next step otherwise').choices(OrderStatus.options))
    .option('--json', 'the order as JSON')
    .action(advance)
  return orders
}

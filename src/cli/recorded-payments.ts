/** `cloudshelf payments` for what is recorded here: lists, the payment of an order, and payments of orders from before. */
import { type Command, Option } from 'commander'
import { readableEmail } from '../accounts/email.ts'
import type { Deps } from '../composition/shop.ts'
import { dayIn } from '../core/days.ts'
import type { Key } from '../core/dynamo/dynamo.ts'
import { toOrderId } from '../orders/history.ts'
import type { Order } from '../orders/schema.ts'
import { type AdoptedAs, adoptOrder, unrecordedOrders } from '../payments/adopt.ts'
import type { PaymentSummary } from '../payments/staff-schema.ts'
import { orderPaymentsView, paymentSummary } from '../payments/staff-view.ts'
import { DESK_QUEUES, type DeskQueue } from '../payments/table.ts'
import { CommandError } from './errors.ts'
import { parseDay, parseEmail } from './option-values.ts'
import { orderLine } from './order-line.ts'
import { counted, note, print, printJson } from './output.ts'
import { startCount } from './progress.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type Json = { readonly json?: boolean }

const PAGE_SIZE = 100
const SHOWN = 10
const DAY_MS = 86_400_000

const lineOf = (payment: PaymentSummary): string => {
  const { order_number, method, status, amount, paid, refunded, currency, due_on, review } = payment
  const facts = [
    ...(due_on === undefined || payment.outstanding === 0 ? [] : [`due ${due_on}`]),
    ...(payment.in_dispute ? [`disputed: ${payment.disputed}`] : []),
    ...(review === undefined ? [] : [`review: ${review}`]),
  ]
  const amounts = `${amount} ${currency}, paid ${paid}, refunded ${refunded}`
  return [order_number, method.padEnd(10), status.padEnd(15), amounts, ...facts].join('  ')
}

type ListOptions = Json & { readonly state: DeskQueue; readonly overdue?: boolean }

const list = ({ state, overdue, json }: ListOptions): Promise<void> =>
  withDeps(async ({ paymentTable, shop, now }) => {
    const before = overdue ? dayIn(shop.timeZone, now()) : undefined
    const all: PaymentSummary[] = []
    let after: Key | undefined
    do {
      const page = await paymentTable.list(state, PAGE_SIZE, after, before)
      all.push(...page.payments.map(payment => paymentSummary(payment, payment.amount > 0)))
      after = page.next
    } while (after)
    if (json) return printJson(all)
    for (const payment of all) print(lineOf(payment))
    print(counted(all.length, 'payment'))
  })

const show = (reference: string, { json }: Json): Promise<void> =>
  withDeps(async deps => {
    const orderId = await toOrderId(deps, reference)
    const records = await deps.paymentTable.records(orderId)
    if (!records) throw new CommandError(`no payment of ${reference} is recorded`)
    const order = await deps.orders.get(records.payment.user_id, orderId)
    const view = orderPaymentsView(order, records)
    if (json) return printJson(view)
    if (view.payment) print(lineOf(view.payment))
    for (const { at, kind, amount, by, reference: text = '' } of view.entries)
      print(`${at}  ${kind.padEnd(8)}  ${String(amount).padStart(10)}  ${by}  ${text}`.trimEnd())
    for (const { created_at, refund_id, state, amount } of view.refunds)
      print(`${created_at}  refund    ${String(amount).padStart(10)}  ${state}  ${refund_id}`)
    for (const { created_at, dispute_id, state, amount } of view.disputes)
      print(`${created_at}  dispute   ${String(amount).padStart(10)}  ${state}  ${dispute_id}`)
  })

type AdoptOptions = Json & { readonly before: string; readonly as: AdoptedAs; readonly yes?: boolean }

const unrecorded = async (deps: Deps, before: string): Promise<Order[]> => {
  const found: Order[] = []
  for await (const orders of unrecordedOrders(deps, before)) found.push(...orders)
  return found
}

/** The day by which an order that is adopted as due was to be paid. */
const dueOn = ({ shop, daysToPay }: Deps, { created_at, order_date }: Order): string => {
  const placed = Date.parse(created_at.startsWith(order_date) ? created_at : order_date)
  return dayIn(shop.timeZone, new Date(placed + daysToPay.invoice * DAY_MS))
}

const adopt = ({ before, as, yes, json }: AdoptOptions): Promise<void> =>
  withDeps(async deps => {
    const orders = await unrecorded(deps, before)
    if (!yes) {
      if (json) return printJson({ dry_run: true, orders: orders.length })
      for (const order of orders.slice(0, SHOWN)) print(orderLine(order))
      if (orders.length > SHOWN) print(`… and ${counted(orders.length - SHOWN, 'more order')}`)
      print(`${counted(orders.length, 'order')} without a payment, to be recorded as ${as}`)
      if (orders.length > 0) note('Nothing was changed. Repeat the command with --yes to record them.')
      return
    }
    const count = startCount(orders.length)
    let adopted = 0
    try {
      for (const order of orders) {
        if (await adoptOrder(deps, commandLineActor(), order, as, dueOn(deps, order))) adopted++
        count.done()
      }
    } finally {
      count.end()
    }
    if (json) printJson({ dry_run: false, orders: adopted })
    else print(`${counted(adopted, 'order')} recorded as ${as}`)
  })

const allowInvoice = (email: string, { revoke, json }: Json & { readonly revoke?: boolean }): Promise<void> =>
  withDeps(async ({ invoicePermissions }) => {
    const allowed = !revoke
    const user_id = await invoicePermissions.set(commandLineActor(), email, allowed)
    if (json) printJson({ user_id, email, allowed })
    else print(`${readableEmail(email)} ${allowed ? 'may' : 'may no longer'} pay by invoice.`)
  })

const ADOPT_HELP = `
Orders that were placed before this shop kept payments are shown as "not
recorded". This records all of them before a day: as paid, or as due, with the
day that an invoice of their time was due. Canceled orders owe nothing.

Without --yes, the orders are shown and nothing is changed. A command that was
interrupted can be repeated.

Examples:
  $ cloudshelf payments adopt --before 2025-09-05 --as paid
  $ cloudshelf payments adopt --before 2025-09-05 --as due --yes`

/** Adds the commands to `cloudshelf payments`. */
export const addRecordedPayments = (payments: Command): void => {
  payments
    .command('list')
    .description('List payments that are due, disputed or to be looked at')
    .addOption(new Option('--state <state>', 'Which ones').choices(DESK_QUEUES).default('due'))
    .option('--overdue', 'Of those that are due, only those of past days')
    .option('--json', 'Print JSON')
    .action(list)
  payments
    .command('show')
    .description('Show the payment of an order, with its refunds and disputes')
    .argument('<id>', 'Order number or order ID')
    .option('--json', 'Print JSON')
    .action(show)
  payments
    .command('adopt')
    .description('Record payments for orders from before payments were kept')
    .requiredOption('--before <date>', 'Orders before this day in UTC, for example 2025-09-05', parseDay)
    .addOption(
      new Option('--as <state>', 'Whether they were paid').choices(['paid', 'due']).makeOptionMandatory(),
    )
    .option('--yes', 'Record them (default: only show them)')
    .option('--json', 'Print JSON')
    .addHelpText('after', ADOPT_HELP)
    .action(adopt)
  payments
    .command('allow-invoice')
    .description('Let an account pay by invoice, where INVOICE_FOR=allowed')
    .argument('<email>', 'Email of the account', parseEmail)
    .option('--revoke', 'End that')
    .option('--json', 'Print JSON')
    .action(allowInvoice)
}

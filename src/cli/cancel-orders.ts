/** `cloudshelf orders cancel`: cancels many orders that match filters, after a preview. */
import { Command, InvalidArgumentError } from 'commander'
import { normalizeEmail } from '../accounts/email.ts'
import type { Deps } from '../composition/shop.ts'
import { ShopError } from '../core/errors.ts'
import { toDecimal } from '../core/money.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import { type OrderFilter, selectCancellable, sumOrders, UnknownNetwork } from '../orders/selection.ts'
import { cancelOrder } from '../orders/service.ts'
import { sendWithMail, sendWithoutMail } from '../orders/transition.ts'
import { announcingBooks } from './announcing-books.ts'
import { CommandError, FAILED } from './errors.ts'
import { money, orderLine } from './order-line.ts'
import { counted, note, print, printJson } from './output.ts'
import { startCount } from './progress.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type Options = {
  readonly filter: OrderFilter
  readonly yes?: boolean
  readonly mail: boolean
  readonly json?: boolean
}

const SHOWN = 10

const mustBe = (name: string, expected: string): InvalidArgumentError =>
  new InvalidArgumentError(`${name} must be ${expected}.`)

const parseTime = (name: string, text: string): Date => {
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/.test(text)
    ? new Date(/T/.test(text) && !text.endsWith('Z') ? `${text}Z` : text)
    : new Date(Number.NaN)
  if (!Number.isNaN(time.getTime())) return time
  throw mustBe(name, 'a day or a time in UTC, for example 2025-09-05 or 2025-09-05T14:30')
}

const parseChoice = <const T extends string>(name: string, text: string, choices: readonly T[]): T => {
  const found = choices.find(one => one === text)
  if (found !== undefined) return found
  throw mustBe(name, choices.join(' or '))
}

const parseEmailFilter = (name: string, text: string): string => {
  const isDomain = text.startsWith('@')
  const email = normalizeEmail(isDomain ? `x${text}` : text)
  if (email !== undefined) return isDomain ? email.slice(1) : email
  throw mustBe(name, 'an email address or the domain of one, for example jane@example.com or @example.com')
}

const parseText = (name: string, text: string): string => {
  if (text.trim() !== '') return text.trim()
  throw mustBe(name, 'a text')
}

/** The value of each filter from its text. */
const FILTERS: { readonly [name in keyof OrderFilter]-?: (text: string) => NonNullable<OrderFilter[name]> } =
  {
    status: text => parseChoice('status', text, ['confirmed', 'processing']),
    since: text => parseTime('since', text),
    until: text => parseTime('until', text),
    email: text => parseEmailFilter('email', text),
    country: text => {
      if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase()
      throw mustBe('country', 'a code of two letters, for example US')
    },
    customer: text => parseChoice('customer', text, ['guest', 'account']),
    text: text => parseText('text', text),
    network: text => parseText('network', text),
  }

const isFilter = (name: string): name is keyof OrderFilter => Object.hasOwn(FILTERS, name)

/** Adds `name=value` to the filters before it. */
const parseFilter = (typed: string, before: OrderFilter = {}): OrderFilter => {
  const at = typed.indexOf('=')
  const name = typed.slice(0, at)
  if (at < 0 || !isFilter(name))
    throw new InvalidArgumentError(`It must be name=value, with one of ${Object.keys(FILTERS).join(', ')}.`)
  if (before[name] !== undefined) throw new InvalidArgumentError(`${name} is given twice.`)
  return { ...before, [name]: FILTERS[name](typed.slice(at + 1)) }
}

type Failure = { readonly order: Order; readonly reason: string }

type Outcome = {
  readonly canceled: readonly Order[]
  readonly failures: readonly Failure[]
  /** What ended the work before all orders were tried. */
  readonly aborted?: { readonly error: unknown }
}

/** Cancels each order by itself; one that cannot be canceled any more does not keep the others. */
export const cancelAll = async (deps: Deps, orders: readonly Order[], mail: boolean): Promise<Outcome> => {
  const canceled: Order[] = []
  const failures: Failure[] = []
  const count = startCount(orders.length)
  try {
    for (const order of orders) {
      try {
        await announcingBooks(deps, free =>
          cancelOrder(free, commandLineActor(), order, mail ? sendWithMail : sendWithoutMail),
        )
        canceled.push(order)
      } catch (error) {
        if (!(error instanceof ShopError)) return { canceled, failures, aborted: { error } }
        failures.push({ order, reason: error.message })
      }
      count.done()
    }
  } finally {
    count.end()
  }
  return { canceled, failures }
}

const summary = (orders: readonly Order[]): string => {
  const { copies, totals } = sumOrders(orders)
  const sums = totals.map(({ total, currency }) => money(total, { currency })).join(' and ')
  return [counted(orders.length, 'order'), counted(copies, 'copy', 'copies'), ...(sums ? [sums] : [])].join(
    ', ',
  )
}

const summaryJson = (orders: readonly Order[]) => {
  const { copies, totals } = sumOrders(orders)
  return {
    count: orders.length,
    copies,
    totals: totals.map(({ total, currency }) => ({
      total: toDecimal(total, currency),
      currency: currency.code,
    })),
    orders: orders.map(({ order_id }) => order_id),
  }
}

const select = async (deps: Deps, filter: OrderFilter): Promise<Order[]> => {
  try {
    return await selectCancellable(deps, filter)
  } catch (error) {
    if (!(error instanceof UnknownNetwork)) throw error
    throw new CommandError(
      `the network of order ${filter.network} is not known: it is kept for guests' orders, for 24 hours, until they ship or are canceled`,
    )
  }
}

const preview = (orders: readonly Order[]): void => {
  for (const order of orders.slice(0, SHOWN)) print(orderLine(order))
  if (orders.length > SHOWN) print(`… and ${counted(orders.length - SHOWN, 'more order')}`)
  print(`${summary(orders)} to cancel`)
  if (orders.length > 0) note('Nothing was changed. Repeat the command with --yes to cancel them.')
}

const cancel = ({ filter, yes, mail, json }: Options): Promise<void> =>
  withDeps(async deps => {
    const orders = await select(deps, filter)
    if (!yes) return json ? printJson({ dry_run: true, ...summaryJson(orders) }) : preview(orders)
    const { canceled, failures, aborted } = await cancelAll(deps, orders, mail)
    if (failures.length > 0) process.exitCode = FAILED
    if (json)
      printJson({
        dry_run: false,
        ...summaryJson(canceled),
        failed: failures.map(({ order, reason }) => ({ order_id: order.order_id, reason })),
        ...(aborted ? { not_tried: orders.length - canceled.length - failures.length } : {}),
      })
    else {
      for (const { order, reason } of failures) note(`cloudshelf: ${orderNumber(order.order_id)}: ${reason}`)
      print(`${summary(canceled)} canceled${mail ? '' : ', without emails'}`)
    }
    // Told after what was done, which is not undone.
    if (aborted) throw aborted.error
  })

const HELP = `
Filters, of which all must match:
  status=confirmed     or processing; later ones cannot be canceled
  since=2025-09-05     placed from this day or time on, in UTC
  until=2025-09-05T12:00
                       placed before it
  email=jane@example.com
                       or all addresses of a domain: email=@example.com
  country=US           shipped to this country
  customer=guest       or account
  text="you have won"  anywhere in the name, the address or the email
  network=7K3M2-QX8VD  guests of the same network as this order's, which is
                       known for 24 hours

Without --yes, the orders are shown and nothing is changed. Each order is
canceled as by "orders advance --to cancelled": its copies return to stock, its
customer gets an email, and the audit says who did it. A command that was
interrupted can be repeated.

Examples:
  $ cloudshelf orders cancel --filter customer=guest since=2025-09-05T14:30
  $ cloudshelf orders cancel --filter network=7K3M2-QX8VD --yes --no-mail`

export const cancelCommand = (): Command =>
  new Command('cancel')
    .description('Cancel many orders, after a preview')
    .requiredOption('--filter <filters...>', 'Which orders, as name=value; see below', parseFilter)
    .option('--yes', 'Cancel them (default: only show them)')
    .option('--no-mail', 'Do not email the customers')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(cancel)

/**
 * Check of the money for `cloudshelf doctor`: amounts are the sums of their entries, lists say what payments and checkouts say, and
 * paid is ordered. Shoppers pay while it runs, so what looks wrong is read again, alone, before it is named.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Item } from '../core/dynamo/write.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import { compareLists, isListRow, keyText, toRow } from './check-lists.ts'
import {
  amountDifferences,
  checkoutListRows,
  type ListRow,
  orderDifferences,
  paymentListRows,
} from './check-rows.ts'
import { holdsCopies } from './checkout-table.ts'
import type { PaymentDeps } from './deps.ts'
import type { Checkout, PaymentRecords } from './schema.ts'
import { orderOf } from './snapshot.ts'

export type MoneyDifference = {
  readonly order_number: string
  readonly order_id: string
  readonly found: string
}

/** Copies that are held for a checkout, and since when (ISO 8601). */
export type HeldCopies = {
  readonly order_number: string
  readonly order_id: string
  readonly state: string
  readonly copies: string
  readonly since: string
}

export type MoneyCheck = {
  readonly payments: number
  readonly amounts: readonly MoneyDifference[]
  /** Lists of staff and of the sweeper with a row too many, or one that is missing. */
  readonly lists: readonly MoneyDifference[]
  readonly orders: readonly MoneyDifference[]
  readonly held: readonly HeldCopies[]
  /** Of `held`: those that the sweeper should have looked at more than an hour ago. */
  readonly overdue: readonly HeldCopies[]
  /** Orders from before payments were kept. */
  readonly notRecorded: number
}

export type MoneyCheckDeps = Pick<
  PaymentDeps,
  'db' | 'names' | 'paymentTable' | 'checkouts' | 'orders' | 'currency' | 'now'
>

const OVERDUE_MS = 3_600_000

const { payment, checkout, liveCheckout } = CONTROL_ROWS

/** A checkout's copies as a person reads them. */
const heldCopies = (deps: MoneyCheckDeps, one: Checkout): HeldCopies => ({
  order_number: orderNumber(one.order_id),
  order_id: one.order_id,
  state: one.state,
  copies: orderOf(deps, one)
    .items.map(({ book_id, quantity }) => `${quantity} × ${book_id}`)
    .join(', '),
  since: one.created_at,
})

/** Everything that is known of an order id. */
export type MoneyOfOrder = {
  readonly records: PaymentRecords | undefined
  readonly checkout: Checkout | undefined
  readonly order: Order | undefined
}

export const readMoneyOf = async (deps: MoneyCheckDeps, orderId: string): Promise<MoneyOfOrder> => {
  const { paymentTable, checkouts, orders } = deps
  // The checkout first: what ends it writes the others at the same moment.
  const checkout = await checkouts.get(orderId)
  const records = await paymentTable.records(orderId)
  return { checkout, records, order: await orders.getById(orderId) }
}

/** What one pass over the control table finds. */
type Pass = {
  payments: number
  /** Order ids that are to be read again. */
  readonly suspects: Set<string>
  /** Order ids with rows of a payment that cannot be read as one. */
  readonly unreadable: Set<string>
  readonly expected: Map<string, ListRow>
  readonly found: Map<string, ListRow>
  /** Payments by order id, as far as orders must agree with them. */
  readonly recorded: Map<string, PaymentRecords['payment']>
  readonly live: Checkout[]
}

const readControl = async (deps: MoneyCheckDeps): Promise<Pass> => {
  const { db, names, paymentTable, checkouts } = deps
  const pass: Pass = {
    payments: 0,
    suspects: new Set(),
    unreadable: new Set(),
    expected: new Map(),
    found: new Map(),
    recorded: new Map(),
    live: [],
  }
  const all: Checkout[] = []
  let group: { readonly pk: unknown; readonly items: Item[] } = { pk: undefined, items: [] }
  const endGroup = (): void => {
    const records = paymentTable.parse(group.items)
    if (!records) {
      for (const { order_id } of group.items) pass.unreadable.add(String(order_id))
      return
    }
    pass.payments++
    pass.recorded.set(records.payment.order_id, records.payment)
    if (amountDifferences(records).length > 0) pass.suspects.add(records.payment.order_id)
    for (const row of paymentListRows(paymentTable, records)) pass.expected.set(keyText(row), row)
  }
  for await (const items of db.scan(names.control))
    for (const item of items) {
      if (isListRow(item)) pass.found.set(keyText(toRow(item)), toRow(item))
      else if (checkout.matches(item)) all.push(...[checkouts.parse(item)].filter(one => one !== undefined))
      if (!payment.matches(item)) continue
      // The rows of a payment follow each other.
      if (item.pk !== group.pk) {
        endGroup()
        group = { pk: item.pk, items: [] }
      }
      group.items.push(item)
    }
  endGroup()
  for (const one of all) {
    if (holdsCopies(one)) pass.live.push(one)
    const isPaid = one.state === 'confirmed' || one.state === 'review'
    if (isPaid !== pass.recorded.has(one.order_id)) pass.suspects.add(one.order_id)
    for (const row of checkoutListRows(checkouts, one)) pass.expected.set(keyText(row), row)
  }
  return pass
}

/** Adds the orders that contradict their payments to the suspects. Returns how many have none, from before payments were kept. */
const readOrders = async ({ orders }: MoneyCheckDeps, { suspects, recorded }: Pass): Promise<number> => {
  const withoutOrder = new Map(recorded)
  let notRecorded = 0
  for await (const page of orders.scan()) {
    for (const { order_id } of page.unreadable) withoutOrder.delete(String(order_id))
    for (const order of page.orders) {
      const known = withoutOrder.get(order.order_id)
      withoutOrder.delete(order.order_id)
      if (orderDifferences(known, undefined, order).length > 0) suspects.add(order.order_id)
      else if (!known) notRecorded++
    }
  }
  for (const [orderId, one] of withoutOrder)
    if (orderDifferences(one, undefined, undefined).length > 0) suspects.add(orderId)
  return notRecorded
}

/** Reads every payment, checkout and order. */
export const checkMoney = async (deps: MoneyCheckDeps): Promise<MoneyCheck> => {
  const pass = await readControl(deps)
  const notRecorded = await readOrders(deps, pass)
  const { expected, found, suspects } = pass
  const odd = [...expected, ...found].filter(([key]) => !(expected.has(key) && found.has(key)))
  for (const [, { order_id }] of odd) suspects.add(order_id)
  for (const orderId of pass.unreadable) suspects.add(orderId)
  const amounts: MoneyDifference[] = []
  const lists: MoneyDifference[] = []
  const orders: MoneyDifference[] = []
  for (const order_id of suspects) {
    const named = (text: string): MoneyDifference => ({
      order_number: orderNumber(order_id),
      order_id,
      found: text,
    })
    const money = await readMoneyOf(deps, order_id)
    const seen = odd.flatMap(([, row]) => (row.order_id === order_id ? [row] : []))
    const { missing, extra } = await compareLists(deps, money, order_id, seen)
    if (money.records) amounts.push(...amountDifferences(money.records).map(named))
    else if (pass.unreadable.has(order_id)) amounts.push(named('its payment is missing, or cannot be read'))
    lists.push(...missing.map(({ pk }) => named(`it is missing in the list ${listName(pk)}`)))
    lists.push(...extra.map(({ pk }) => named(`it should not be in the list ${listName(pk)}`)))
    orders.push(...orderDifferences(money.records?.payment, money.checkout, money.order).map(named))
  }
  const overdueBefore = new Date(deps.now().getTime() - OVERDUE_MS).toISOString()
  const isOverdue = ({ due_at }: Checkout): boolean => due_at !== undefined && due_at < overdueBefore
  return {
    payments: pass.payments,
    amounts,
    lists,
    orders,
    held: pass.live.map(one => heldCopies(deps, one)),
    overdue: pass.live.filter(isOverdue).map(one => heldCopies(deps, one)),
    notRecorded,
  }
}

/** A list without the shopper that its key may name. */
const listName = (pk: string): string => (pk.startsWith(liveCheckout.prefix) ? 'of live checkouts' : pk)

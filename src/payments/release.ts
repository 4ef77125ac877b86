/**
 * Release: a checkout ends without an order, and its copies are in stock again. Only after the provider has said that no more money
 * can come, or where no payment page was ever shown: a release by the clock sells copies twice that are being paid.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { rejectionOf } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { ReplacedHold } from '../orders/checkout-writes.ts'
import { orderNumber } from '../orders/number.ts'
import { type StockReturn, stockReturns } from '../orders/stock-returns.ts'
import type { ChangedCheckout } from './checkout-table.ts'
import type { PaymentDeps } from './deps.ts'
import type { Checkout } from './schema.ts'
import { ended, orderOf } from './snapshot.ts'

/** How long after the release the provider is asked once more, in milliseconds: the last chance of money that was not foreseen. */
const LAST_LOOK_MS = 86_400_000
const MAX_TRIES = 5

/** A checkout as it is once it is released. One that had a payment page is looked at once more, and keeps its address until then. */
const released = (checkout: Checkout, now: Date): ChangedCheckout =>
  checkout.ref === undefined
    ? ended(checkout, 'released', now, true)
    : {
        ...checkout,
        state: 'released',
        held: [],
        ended_at: now.toISOString(),
        due_at: new Date(now.getTime() + LAST_LOOK_MS).toISOString(),
      }

export type EndOptions = {
  /** Whether the client's idempotency key is free again, so that the same request can be repeated. */
  readonly forgetKey?: boolean
  /** The state that it ends in, where that is not `released`. */
  readonly after?: ChangedCheckout
  readonly more?: readonly Write[]
}

/** Ends a checkout and returns its copies. False where it was changed since it was read. */
export const releaseCheckout = async (
  deps: PaymentDeps,
  checkout: Checkout,
  { forgetKey = false, after, more = [] }: EndOptions = {},
): Promise<boolean> => {
  const { db, checkouts, names, orders } = deps
  const now = deps.now()
  const order = orderOf(deps, checkout)
  const change = checkouts.change(checkout, after ?? released(checkout, now))
  let missing: readonly StockReturn['key'][] = []
  let optional: readonly Write[] = checkout.held.map(orders.giveBack)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const returns = await stockReturns(deps, order, missing)
    const rejection = await rejectionOf(
      db.transact([
        change.checkout,
        ...change.others,
        {
          action: 'Delete',
          table: names.control,
          key: CONTROL_ROWS.orderNumber.key(orderNumber(order.order_id)),
        },
        ...(forgetKey
          ? [
              {
                action: 'Delete',
                table: names.control,
                key: CONTROL_ROWS.idempotency.key(checkout.user_id, checkout.idempotency_key),
              } as const,
            ]
          : []),
        ...returns.map(({ write }) => write),
        ...more,
        ...optional,
      ]),
    )
    if (!rejection) {
      deps.booksChanged(returns.map(({ key }) => key))
      return true
    }
    const { failed } = rejection
    if (failed.has(change.checkout)) return false
    missing = [...missing, ...returns.filter(({ write }) => failed.has(write)).map(({ key }) => key)]
    optional = optional.filter(write => !failed.has(write))
  }
  return false
}

/** A hold that ends in the transaction of the checkout that takes its place. The provider has said that no money can come. */
export const replacedHold = (deps: PaymentDeps, checkout: Checkout): ReplacedHold => {
  const { checkouts, names } = deps
  const order = orderOf(deps, checkout)
  const change = checkouts.change(checkout, released(checkout, deps.now()))
  return {
    orderId: order.order_id,
    lines: order.items.flatMap(({ category, book_id, quantity }) =>
      category === undefined ? [] : [{ category, book_id, quantity }],
    ),
    writes: [
      change.checkout,
      ...change.others.filter(write => !isLiveRow(write)),
      {
        action: 'Delete',
        table: names.control,
        key: CONTROL_ROWS.orderNumber.key(orderNumber(order.order_id)),
      },
    ],
    leave: change.others.filter(isLiveRow),
  }
}

/** A new checkout puts this row itself. */
const isLiveRow = (write: Write): boolean =>
  write.action === 'Delete' && CONTROL_ROWS.liveCheckout.matches(write.key)

/** Confirmation: a paid checkout becomes an order, once, in one transaction. */
import { rejectionOf } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { toDecimal } from '../core/money.ts'
import { type NewOrder, orderWrites } from '../orders/checkout-writes.ts'
import type { PaymentDeps } from './deps.ts'
import { takenOf, takenPayment } from './new-payment.ts'
import type { Seen } from './provider.ts'
import type { Checkout } from './schema.ts'
import { ended, orderOf } from './snapshot.ts'

/**
 * `changed`: somebody else was faster. `short`: the copies, or the number of the order, are not there any more, which only a released
 * checkout can meet.
 */
export type Confirmed = 'confirmed' | 'changed' | 'short'

const MAX_TRIES = 5
/** Of a line that names none, as only a foreign client can write it: no book has it. */
const NO_CATEGORY = '-'

/**
 * Makes the checkout an order. `seen` is what the provider says of it now: paid, with its amount and currency. Of a checkout that was
 * released, the copies are taken again, at the price that was paid.
 */
export const confirmCheckout = async (
  deps: PaymentDeps,
  checkout: Checkout,
  seen: Seen,
): Promise<Confirmed> => {
  const { db, checkouts, paymentTable, orders, carts } = deps
  const now = deps.now()
  const order = orderOf(deps, checkout)
  const change = checkouts.change(checkout, ended(checkout, 'confirmed', now, true))
  const stock = checkout.state === 'released' ? await takeAgain(deps, order) : []
  const number = checkout.state === 'released' ? [orders.putNumberPointer(order)] : []
  const required = [
    change.checkout,
    ...change.others,
    ...orderWrites(deps, order, now),
    ...takenPayment(paymentTable, takenOf(checkout), seen, 'system', now.toISOString()),
    ...stock,
    ...number,
  ]
  // The order stands without them: the cart may have been changed since, and what was held on limits may have expired.
  let optional: readonly Write[] = [
    carts.remove({ user_id: checkout.user_id, cart_id: checkout.cart_id }, checkout.cart_version, now),
    ...checkout.held.map(orders.giveBack),
  ]
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const rejection = await rejectionOf(db.transact([...required, ...optional]))
    if (!rejection) {
      deps.booksChanged(
        order.items.flatMap(({ category, book_id }) => (category ? [{ category, book_id }] : [])),
      )
      deps.log.count({ OrdersPlaced: 1, Revenue: toDecimal(order.amounts.total, order.currency) })
      return 'confirmed'
    }
    const { failed } = rejection
    if (failed.has(change.checkout)) return 'changed'
    if ([...stock, ...number].some(write => failed.has(write))) return 'short'
    if (required.some(write => failed.has(write))) return 'changed'
    optional = optional.filter(write => !failed.has(write))
  }
  return 'changed'
}

/** Writes that take the copies of an order again. A book that was moved to another category meanwhile is found through its pointer. */
const takeAgain = async ({ books }: PaymentDeps, { items }: NewOrder): Promise<Write[]> => {
  const categories = await books.categoriesOf(items.map(({ book_id }) => book_id))
  return items.map(({ category, book_id, quantity }) =>
    books.takePaidStock({ category: categories.get(book_id) ?? category ?? NO_CATEGORY, book_id }, quantity),
  )
}

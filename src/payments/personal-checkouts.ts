/** Checkouts of a person: what an export contains of them, and what an erasure leaves. */
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Item } from '../core/dynamo/write.ts'
import { retainUntil } from '../orders/table-writes.ts'
import type { CheckoutTable } from './checkout-table.ts'
import type { PaymentDeps } from './deps.ts'
import { reconcile } from './reconcile.ts'
import type { Checkout } from './schema.ts'
import type { PaymentTable } from './table.ts'

type Tables = { readonly checkouts: CheckoutTable; readonly paymentTable: PaymentTable }

const REVIEWS = 100

/** Checkouts of an account, and of guests with its confirmed email, that may still hold an address or an email. */
export const checkoutsOf = async (
  { checkouts, paymentTable }: Tables,
  userId: string,
  email: string | undefined,
): Promise<readonly Checkout[]> => {
  const { payments } = await paymentTable.list('review', REVIEWS)
  const candidates = payments.map(({ order_id }) => order_id)
  const found = await checkouts.listOf(userId, candidates)
  return found.filter(
    ({ user_id, snapshot }) => user_id === userId || (email !== undefined && snapshot.email === email),
  )
}

/** A checkout as its shopper may have it: without what opens its payment page. */
export const readableCheckout = ({
  ref: _,
  url: __,
  held: ___,
  idempotency_key: ____,
  ...checkout
}: Checkout): Item => checkout

const isLive = ({ state }: Checkout): boolean =>
  state === 'opening' || state === 'held' || state === 'processing'

/** Whether nothing of a checkout identifies its shopper, or has to: the address of one that a debit may still make an order. */
const isErased = ({ state, snapshot: { email, shipping_address } }: Checkout): boolean =>
  email === undefined && (shipping_address === undefined || state === 'processing')

/** Whether there is nothing to do for `endCheckouts`. */
export const haveEnded = async (
  tables: Tables,
  userId: string,
  email: string | undefined,
): Promise<boolean> => (await checkoutsOf(tables, userId, email)).every(isErased)

/**
 * Ends the checkouts of a person: a live one is closed at the provider, and becomes an order only where it was paid. Then their address
 * and email are removed. One whose debit is on its way keeps its address, as an order does that has not arrived, until the debit is
 * decided. False where the provider does not answer: then it is to be tried again.
 */
export const endCheckouts = async (
  deps: PaymentDeps,
  userId: string,
  email: string | undefined,
): Promise<boolean> => {
  let areEnded = true
  for (const found of await checkoutsOf(deps, userId, email)) {
    try {
      const checkout = isLive(found) ? await reconcile(deps, found.order_id, { close: true }) : found
      if (checkout && !(await restrict(deps, checkout))) areEnded = false
    } catch (error) {
      deps.report(error)
      areEnded = false
    }
  }
  return areEnded
}

/** Takes the person out of a checkout. False where it was changed at the same time. */
const restrict = async ({ db, checkouts }: PaymentDeps, checkout: Checkout): Promise<boolean> => {
  const { email: _, shipping_address, ...rest } = checkout.snapshot
  if (checkout.state === 'opening' || checkout.state === 'held') return false
  if (isErased(checkout)) return true
  const isComing = checkout.state === 'processing' && shipping_address !== undefined
  const snapshot = isComing
    ? { ...rest, shipping_address, retain_until: retainUntil(String(rest.order_date)) }
    : rest
  const { checkout: write, others } = checkouts.change(checkout, { ...checkout, snapshot })
  return wasApplied(db.transact([write, ...others]))
}

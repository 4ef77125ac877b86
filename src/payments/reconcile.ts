/**
 * Reconciliation: makes a checkout or a payment say what the provider says now. The one path by which money is learned of, with three
 * callers: events, the page to which shoppers return, and the sweeper. Events that come twice, late, in another order or never
 * therefore change nothing.
 */
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { ChangedCheckout } from './checkout-table.ts'
import { confirmCheckout } from './confirm.ts'
import type { PaymentDeps } from './deps.ts'
import type { HostedProvider, Seen } from './provider.ts'
import { releaseCheckout } from './release.ts'
import { reviewCheckout } from './review.ts'
import type { Checkout } from './schema.ts'
import { ended } from './snapshot.ts'
import { syncPayment } from './sync.ts'

const MAX_TRIES = 5
const MINUTE_MS = 60_000
/** How often the provider is asked about a debit that is on its way. */
const PROCESSING_MS = 60 * MINUTE_MS
/** After so long, a checkout whose payment page never opened has none. */
const OPENING_MS = MINUTE_MS

export type ReconcileOptions = {
  /** Ends the payment page first, so that the result is final unless a debit is on its way. */
  readonly close?: boolean
  /** The payment page that an event names, where the answer to its opening was lost. */
  readonly ref?: string
}

/**
 * Reconciles what belongs to an order id. Resolves to the checkout as it is then; undefined where there is none. Throws
 * ProviderUnavailable and ProviderRefused, and what the store throws.
 */
export const reconcile = async (
  deps: PaymentDeps,
  orderId: string,
  options: ReconcileOptions = {},
): Promise<Checkout | undefined> => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const checkout = await deps.checkouts.get(orderId)
    if (!checkout) {
      await reconcilePayment(deps, orderId)
      return undefined
    }
    if (await step(deps, checkout, options)) return deps.checkouts.get(orderId)
  }
  return deps.checkouts.get(orderId)
}

const providerOf = ({ hosted }: PaymentDeps, method: string): HostedProvider => {
  const provider = hosted.get(method)
  if (provider) return provider
  throw new Error(
    `the payment method ${method} is switched off: it is needed for payments that were made by it`,
  )
}

/** Refunds and disputes of a payment, as the provider says. */
const reconcilePayment = async (deps: PaymentDeps, orderId: string): Promise<void> => {
  const payment = await deps.paymentTable.get(orderId)
  if (payment?.ref === undefined) return
  await syncPayment(deps, orderId, await providerOf(deps, payment.method).look(payment.ref))
}

/** One step; false where the checkout was changed at the same time, so that it is to be read again. */
const step = async (
  deps: PaymentDeps,
  checkout: Checkout,
  { close = false, ref: named }: ReconcileOptions,
): Promise<boolean> => {
  if (checkout.state === 'confirmed' || checkout.state === 'review') {
    await reconcilePayment(deps, checkout.order_id)
    return true
  }
  const provider = providerOf(deps, checkout.method)
  const ref = checkout.ref ?? named ?? (await findPage(deps, provider, checkout, close))
  if (ref === 'not yet') return true
  if (ref === undefined) return checkout.state === 'released' || releaseCheckout(deps, checkout)
  const known = { ...checkout, ref }
  const seen = close && checkout.state !== 'released' ? await provider.close(ref) : await provider.look(ref)
  // An event has named a payment page of something else.
  if (checkout.ref === undefined && seen.orderId !== checkout.order_id) return true
  return apply(deps, known, seen)
}

/** The payment page of a checkout of which only the opening is known; undefined where there is none, and will be none. */
const findPage = async (
  { now }: PaymentDeps,
  provider: HostedProvider,
  { order_id, created_at }: Checkout,
  close: boolean,
): Promise<string | 'not yet' | undefined> => {
  const isYoung = now().getTime() - Date.parse(created_at) < OPENING_MS
  if (isYoung && !close) return 'not yet'
  return provider.find(order_id)
}

const apply = async (deps: PaymentDeps, checkout: Checkout, seen: Seen): Promise<boolean> => {
  const { state } = checkout
  switch (seen.status) {
    case 'paid':
      return paid(deps, checkout, seen)
    case 'processing':
      return state === 'released' ? postpone(deps, checkout) : wait(deps, checkout)
    case 'open':
      return state === 'released' ? postpone(deps, checkout) : true
    case 'closed':
      return state === 'released' ? forget(deps, checkout) : releaseCheckout(deps, checkout)
  }
}

const paid = async (deps: PaymentDeps, checkout: Checkout, seen: Seen): Promise<boolean> => {
  const agrees =
    seen.orderId === checkout.order_id &&
    seen.currency.code === checkout.currency &&
    seen.captured === checkout.amount
  if (!agrees) return reviewCheckout(deps, checkout, seen, 'amount_differs')
  // Its address is gone: it was looked at for the last time, or its person was erased.
  if (checkout.snapshot.shipping_address === undefined)
    return reviewCheckout(deps, checkout, seen, 'paid_after_release')
  const outcome = await confirmCheckout(deps, checkout, seen)
  if (outcome === 'short') return reviewCheckout(deps, checkout, seen, 'paid_after_release')
  if (outcome === 'changed') return false
  await syncPayment(deps, checkout.order_id, seen)
  return true
}

const later = ({ now }: PaymentDeps, ms: number): string => new Date(now().getTime() + ms).toISOString()

/** A debit is on its way: the copies stay held, for days. */
const wait = (deps: PaymentDeps, checkout: Checkout): Promise<boolean> =>
  change(deps, checkout, { ...checkout, state: 'processing', due_at: later(deps, PROCESSING_MS) })

/** Money may still come for a checkout that was released, although the provider had said that none can. */
const postpone = (deps: PaymentDeps, checkout: Checkout): Promise<boolean> =>
  change(deps, checkout, { ...checkout, due_at: later(deps, PROCESSING_MS) })

/** The last look at a checkout that was released: nobody needs its address any more. */
const forget = async (deps: PaymentDeps, checkout: Checkout): Promise<boolean> => {
  const { due_at } = checkout
  if (due_at === undefined || due_at > deps.now().toISOString()) return true
  return change(deps, checkout, ended(checkout, 'released', deps.now(), true))
}

const change = async (
  { db, checkouts }: PaymentDeps,
  before: Checkout,
  after: ChangedCheckout,
): Promise<boolean> => {
  const { checkout, others } = checkouts.change(before, after)
  return wasApplied(db.transact([checkout, ...others]))
}

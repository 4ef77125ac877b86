/** The state of a payment, read from Stripe's objects: never from an event, which may be old, repeated or out of order. */
import type Stripe from 'stripe'
import { storedCurrency } from '../../core/currency.ts'
import { type MinorUnits, minorUnits } from '../../core/money.ts'
import type { DisputeState, HostedStatus, RefundState, Seen, SeenDispute, SeenRefund } from '../provider.ts'
import { fromStripe } from './amounts.ts'

export type Session = Pick<
  Stripe.Checkout.Session,
  | 'id'
  | 'status'
  | 'payment_status'
  | 'amount_total'
  | 'currency'
  | 'client_reference_id'
  | 'metadata'
  | 'payment_intent'
>
type Intent = Pick<Stripe.PaymentIntent, 'status' | 'amount_received' | 'currency' | 'latest_charge'>
type Refund = Pick<Stripe.Refund, 'id' | 'amount' | 'status' | 'metadata'>
type Dispute = Pick<Stripe.Dispute, 'id' | 'amount' | 'currency' | 'status'>

const currencyOf = (code: string | null) => storedCurrency((code ?? '').toUpperCase())

/** The id of an object that may be expanded. */
export const idOf = (object: string | { readonly id: string } | null | undefined): string | undefined =>
  typeof object === 'string' ? object : object?.id

/** The order that a page was opened for. */
export const orderIdOf = ({
  client_reference_id,
  metadata,
}: Pick<Session, 'client_reference_id' | 'metadata'>): string | undefined =>
  client_reference_id ?? metadata?.order_id ?? undefined

/**
 * A session is `complete` once the shopper has submitted it. The payment behind it decides what came of that: a debit that is
 * on its way, the money, or a debit that failed, after which the session takes no other one. What is not known counts as
 * `processing`: only `closed` gives the copies back.
 */
const statusOf = (
  { status, payment_status }: Session,
  intent: Pick<Intent, 'status'> | undefined,
): HostedStatus => {
  if (payment_status === 'paid' || intent?.status === 'succeeded') return 'paid'
  if (intent?.status === 'processing') return 'processing'
  if (status === 'open') return 'open'
  const hasFailed = intent?.status === 'canceled' || intent?.status === 'requires_payment_method'
  return status === 'expired' || (status === 'complete' && hasFailed) ? 'closed' : 'processing'
}

const REFUND_STATES: Readonly<Record<string, RefundState>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'cancelled',
}

/** A refund as it is now; one that waits for the customer's bank details is pending. */
export const seenRefund = ({ id, amount, status, metadata }: Refund, currencyCode: string): SeenRefund => ({
  id,
  refundId: metadata?.refund_id,
  amount: fromStripe(amount, currencyOf(currencyCode)),
  state: REFUND_STATES[status ?? ''] ?? 'pending',
})

/** Inquiries (warning_…) move no money: a closed one is as good as won. */
const DISPUTE_STATES: Readonly<Record<string, DisputeState>> = {
  warning_needs_response: 'needs_response',
  warning_under_review: 'under_review',
  warning_closed: 'won',
  needs_response: 'needs_response',
  appeal_needs_response: 'needs_response',
  under_review: 'under_review',
  appeal_under_review: 'under_review',
  prevented: 'won',
  won: 'won',
  lost: 'lost',
}

/** A bank that disputes in a currency of its own disputes the whole payment as far as the shop can say. */
const seenDispute = (
  { id, amount, currency, status }: Dispute,
  of: string,
  captured: MinorUnits,
): SeenDispute => ({
  id,
  amount: currency === of ? fromStripe(amount, currencyOf(of)) : captured,
  state: DISPUTE_STATES[status] ?? 'needs_response',
})

/** What belongs to a payment: its page, the payment behind it if the shopper has tried to pay, and what came back of it. */
export type PaymentObjects = {
  readonly session: Session
  readonly intent: Intent | undefined
  readonly refunds: readonly Refund[]
  readonly disputes: readonly Dispute[]
}

/** The present state of a payment. Throws ProviderRefused for amounts that its currency does not have. */
export const seenPayment = ({ session, intent, refunds, disputes }: PaymentObjects): Seen => {
  const code = intent?.currency ?? session.currency ?? ''
  const currency = currencyOf(code)
  const status = statusOf(session, intent)
  const captured = intent === undefined ? minorUnits(0) : fromStripe(intent.amount_received, currency)
  return {
    status,
    orderId: orderIdOf(session),
    amount: fromStripe(session.amount_total ?? 0, currencyOf(session.currency)),
    currency,
    captured,
    refunds: refunds.map(refund => seenRefund(refund, code)),
    disputes: disputes.map(dispute => seenDispute(dispute, code, captured)),
  }
}

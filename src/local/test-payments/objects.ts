/**
 * Objects of Stripe's API as the stand-in has them. They are typed as the package's own, so that a field which the provider reads and
 * Stripe does not have fails `npm run check`.
 */
import { randomBytes } from 'node:crypto'
import type Stripe from 'stripe'

export type TestSession = Pick<
  Stripe.Checkout.Session,
  | 'id'
  | 'object'
  | 'amount_total'
  | 'cancel_url'
  | 'client_reference_id'
  | 'created'
  | 'currency'
  | 'customer_email'
  | 'expires_at'
  | 'livemode'
  | 'metadata'
  | 'mode'
  | 'payment_status'
  | 'status'
  | 'success_url'
  | 'url'
> & { readonly payment_intent: string | null }

export type TestIntent = Pick<
  Stripe.PaymentIntent,
  | 'id'
  | 'object'
  | 'amount'
  | 'amount_received'
  | 'created'
  | 'currency'
  | 'description'
  | 'livemode'
  | 'metadata'
  | 'status'
> & { readonly latest_charge: string | null }

export type TestCharge = Pick<
  Stripe.Charge,
  | 'id'
  | 'object'
  | 'amount'
  | 'amount_captured'
  | 'amount_refunded'
  | 'captured'
  | 'created'
  | 'currency'
  | 'disputed'
  | 'failure_code'
  | 'livemode'
  | 'metadata'
  | 'paid'
  | 'payment_intent'
  | 'refunded'
  | 'status'
>

export type TestRefund = Pick<
  Stripe.Refund,
  'id' | 'object' | 'amount' | 'charge' | 'created' | 'currency' | 'metadata' | 'payment_intent' | 'status'
>

export type TestDispute = Pick<
  Stripe.Dispute,
  | 'id'
  | 'object'
  | 'amount'
  | 'charge'
  | 'created'
  | 'currency'
  | 'livemode'
  | 'metadata'
  | 'payment_intent'
  | 'reason'
  | 'status'
>

export type TestObject = TestSession | TestIntent | TestCharge | TestRefund | TestDispute

export type TestEventType = Stripe.Event['type']
export type TestEvent = Pick<Stripe.Event, 'id' | 'object' | 'api_version' | 'created' | 'livemode'> & {
  readonly type: TestEventType
  readonly data: { readonly object: TestObject }
}

/** A payment page and all that came of it. */
export type TestPayment = {
  readonly session: TestSession
  /** What is paid for, as the page shows it. */
  readonly description: string
  /** What the payment will have, once the shopper tries to pay. */
  readonly intentData: Pick<TestIntent, 'description' | 'metadata'>
  readonly method: 'card' | 'debit'
  readonly intent: TestIntent | undefined
  readonly charges: readonly TestCharge[]
  readonly refunds: readonly TestRefund[]
  readonly disputes: readonly TestDispute[]
}

/**
 * Ids look like Stripe's. Those of one payment have the same random part, by which the payment is found: `cs_test_4f…`, `pi_4f…`,
 * `re_4f…_2`.
 */
export const newRandomPart = (): string => randomBytes(16).toString('hex')

export const randomPart = (id: string): string =>
  /^[a-z]+_(?:test_)?([0-9a-f]{32})(?:_\d+)?$/.exec(id)?.[1] ?? ''

/** The charge that holds the money; undefined before it is there. */
export const paidCharge = ({ charges }: TestPayment): TestCharge | undefined =>
  charges.find(({ paid }) => paid)

const COUNTED = new Set<string | null>(['succeeded', 'pending'])

/** What has been given back of a payment, or is about to be. */
export const refundedAmount = ({ refunds }: TestPayment): number =>
  refunds.filter(({ status }) => COUNTED.has(status)).reduce((total, { amount }) => total + amount, 0)

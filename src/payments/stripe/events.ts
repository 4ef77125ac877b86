/**
 * Events of Stripe: the signature over the raw body is checked, and what remains of an event is which payment it is about. The order id
 * is read from the object where it has one, and from its payment at Stripe otherwise.
 */
import type Stripe from 'stripe'
import * as z from 'zod'
import { EventRefused, type ProviderEvent } from '../provider.ts'
import { loadStripe } from './client.ts'
import { idOf, orderIdOf } from './seen.ts'

/** Seconds that an event may be old, and may be ahead of our clock. */
const TOLERANCE = 300
const MAX_ID = 255

/** Types of events that may change what is known of a payment. Others are answered and ignored. */
const HANDLED = new Set<string>([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.amount_capturable_updated',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'refund.created',
  'refund.updated',
  'refund.failed',
] satisfies Stripe.Event['type'][])

const Id = z.string().min(1).max(MAX_ID)
const Metadata = z.record(z.string(), z.string()).nullish()
const Reference = z.union([Id, z.object({ id: Id })]).nullish()

/** What an event must have; the object is read only as far as it names a payment. */
const StripeEvent = z.object({
  id: Id,
  type: Id,
  livemode: z.boolean(),
  account: z.string().nullish(),
  data: z.object({
    object: z.object({
      id: Id.nullish(),
      object: Id,
      client_reference_id: z.string().nullish(),
      metadata: Metadata,
      payment_intent: Reference,
    }),
  }),
})
type StripeEvent = z.infer<typeof StripeEvent>

export type EventRules = {
  /** The present secret of the endpoint, then the one before it. */
  readonly secrets: readonly string[]
  readonly livemode: boolean
  readonly now: () => Date
  /** Called for an event of the other mode, or of another account: it has come to the wrong address. */
  readonly onForeignEvent?: ((eventId: string) => void) | undefined
  /** The metadata of a payment at Stripe; undefined for one that Stripe does not know. */
  readonly intentMetadata: (intentId: string) => Promise<Stripe.Metadata | undefined>
}

/** The time in a `Stripe-Signature` header, as the package reads it: the last `t`. */
const timeOf = (header: string): number =>
  header
    .split(',')
    .reduce((time, part) => (part.startsWith('t=') ? Number.parseInt(part.slice(2), 10) : time), -1)

/** The event of a signed body. Throws EventRefused, without the content. */
const verify = async (body: Uint8Array, header: string, { secrets, now }: EventRules): Promise<unknown> => {
  const { webhooks, errors } = await loadStripe()
  const at = now().getTime()
  if (!(timeOf(header) <= at / 1000 + TOLERANCE))
    throw new EventRefused('The time of the signature must not be ahead.')
  let refused = 'The signature must be made with the secret of this endpoint.'
  for (const secret of secrets)
    try {
      return webhooks.constructEvent(body, header, secret, TOLERANCE, undefined, at)
    } catch (error) {
      if (!(error instanceof errors.StripeSignatureVerificationError))
        throw new EventRefused('The body must be an event as JSON.')
      if (error.message.startsWith('Timestamp outside'))
        refused = 'The signature must not be older than 5 minutes.'
    }
  throw new EventRefused(refused)
}

/** The payment that the object of an event belongs to. Only a session names its page. */
const paymentOf = async (
  { id, object, client_reference_id, metadata, payment_intent }: StripeEvent['data']['object'],
  rules: EventRules,
): Promise<ProviderEvent['payment']> => {
  const own = orderIdOf({ client_reference_id: client_reference_id ?? null, metadata: metadata ?? null })
  if (own !== undefined)
    return { orderId: own, ref: object === 'checkout.session' ? (id ?? undefined) : undefined }
  const intentId = idOf(payment_intent)
  const orderId = intentId === undefined ? undefined : (await rules.intentMetadata(intentId))?.order_id
  return orderId === undefined ? undefined : { orderId, ref: undefined }
}

/** Verifies and reads an event. Throws EventRefused, and ProviderUnavailable where the order id must be asked for. */
export const readStripeEvent = async (
  body: Uint8Array,
  headers: Headers,
  rules: EventRules,
): Promise<ProviderEvent> => {
  const header = headers.get('stripe-signature')
  if (header === null) throw new EventRefused('The request must have a Stripe-Signature header.')
  const parsed = StripeEvent.safeParse(await verify(body, header, rules))
  if (!parsed.success) throw new EventRefused('The body must be an event with id, type, livemode and data.')
  const { id, type, livemode, account, data } = parsed.data
  const isForeign = livemode !== rules.livemode || (account !== null && account !== undefined)
  if (isForeign) rules.onForeignEvent?.(id)
  const payment = isForeign || !HANDLED.has(type) ? undefined : await paymentOf(data.object, rules)
  return { id, type, payment }
}

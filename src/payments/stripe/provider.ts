/**
 * Stripe as a payment provider: hosted Checkout Sessions, so that card numbers never reach the shop. The order id stands on the
 * session, its payment and its refunds, and every request that changes something has an idempotency key.
 */
import type Stripe from 'stripe'
import { dayOfOrderId, epochSeconds } from '../../core/ids.ts'
import {
  type HostedCheckout,
  type HostedProvider,
  type PaymentPage,
  ProviderRefused,
  ProviderUnavailable,
  type Seen,
} from '../provider.ts'
import { explainRefusal, toStripe } from './amounts.ts'
import { createStripeClient, explainFailure, isKeyReused, isMissing, type StripeOptions } from './client.ts'
import { type EventRules, readStripeEvent } from './events.ts'
import { idOf, orderIdOf, seenPayment, seenRefund } from './seen.ts'

/** A page must stay open for at least 30 minutes. */
const OPEN_SECONDS = 31 * 60
const MINUTE = 60
const DAY = 24 * 60 * 60
const PAGE_SIZE = 100
/** More refunds than any payment has: the package asks for a bound. */
const MAX_LISTED = 10_000
const MAX_DESCRIPTION = 250

export type StripeProviderOptions = StripeOptions & {
  /** Secrets of the event endpoint: the present one, then the one before it. */
  readonly webhookSecrets: readonly string[]
  readonly now: () => Date
  readonly onForeignEvent?: EventRules['onForeignEvent']
}

type Session = Stripe.Checkout.Session

/** A text that is cut between characters: half of one cannot be sent. */
const shorten = (text: string): string => text.slice(0, MAX_DESCRIPTION).toWellFormed()

/** A payment page's id in Stripe's form. Throws ProviderRefused for any other text, which an event may hold. */
const sessionId = (ref: string): string => {
  if (!/^cs_\w{1,250}$/.test(ref)) throw new ProviderRefused('not a payment page of Stripe')
  return ref
}

/**
 * What a page is opened with. Stripe compares a repeated request with the first one, so the time at which the page closes is a whole
 * minute: nearly every repetition is the same.
 */
const sessionParams = (
  {
    orderId,
    orderNumber,
    attempt,
    amount,
    currency,
    email,
    description,
    returnUrl,
    cancelUrl,
  }: HostedCheckout,
  now: Date,
): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [
    {
      quantity: 1,
      price_data: {
        currency: currency.code.toLowerCase(),
        unit_amount: toStripe(amount, currency),
        product_data: { name: shorten(description) || `Order ${orderNumber}` },
      },
    },
  ],
  client_reference_id: orderId,
  metadata: { order_id: orderId, attempt: String(attempt) },
  payment_intent_data: {
    capture_method: 'automatic',
    description: `Order ${orderNumber}`,
    metadata: { order_id: orderId },
  },
  // What the shop shows is what is charged, not its price in the shopper's currency.
  adaptive_pricing: { enabled: false },
  customer_email: email,
  expires_at: Math.ceil((epochSeconds(now) + OPEN_SECONDS) / MINUTE) * MINUTE,
  success_url: returnUrl,
  cancel_url: cancelUrl,
})

const pageOf = ({ id, url, expires_at }: Session, orderId: string): PaymentPage => {
  if (url === null) throw new ProviderRefused(`the payment page of ${orderId} is closed`)
  return { ref: id, url, closesAt: new Date(expires_at * 1000).toISOString() }
}

/** When the sessions of an order were opened: on its day or later. One whose id has no day was opened within a day. */
const openedSince = (orderId: string, now: Date): Stripe.RangeQueryParam => {
  const day = dayOfOrderId(orderId)
  return { gte: day === undefined ? epochSeconds(now) - DAY : epochSeconds(new Date(day)) - MINUTE }
}

/** Creates the provider. Nothing of Stripe is loaded or called until it is first used. */
export const createStripeProvider = (options: StripeProviderOptions): HostedProvider => {
  const { now } = options
  const client = createStripeClient(options)

  /** Calls Stripe. Throws ProviderUnavailable and ProviderRefused; `what` is an action and an id. */
  const call = async <T>(what: string, work: (stripe: Stripe) => Promise<T>): Promise<T> => {
    try {
      return await work(await client())
    } catch (error) {
      throw explainFailure(error, what)
    }
  }

  const findSession = async (
    stripe: Stripe,
    orderId: string,
    matches: (session: Session) => boolean,
  ): Promise<Session | undefined> => {
    const created = openedSince(orderId, now())
    for await (const session of stripe.checkout.sessions.list({ created, limit: PAGE_SIZE }))
      if (orderIdOf(session) === orderId && matches(session)) return session
    return undefined
  }

  const open = async (checkout: HostedCheckout): Promise<PaymentPage> => {
    const { orderId, attempt } = checkout
    const params = sessionParams(checkout, now())
    return call(`opening a payment page of ${orderId}`, async stripe => {
      const idempotencyKey = `co:${orderId}:${attempt}`
      try {
        return pageOf(await stripe.checkout.sessions.create(params, { idempotencyKey }), orderId)
      } catch (error) {
        // This attempt has opened a page, in another minute.
        if (!isKeyReused(error)) throw error
        const isAttempt = ({ metadata }: Session) => metadata?.attempt === String(attempt)
        const session = await findSession(stripe, orderId, isAttempt)
        if (!session) throw error
        return pageOf(session, orderId)
      }
    })
  }

  const allRefunds = (stripe: Stripe, payment_intent: string): Promise<Stripe.Refund[]> =>
    stripe.refunds.list({ payment_intent, limit: PAGE_SIZE }).autoPagingToArray({ limit: MAX_LISTED })

  const look = (ref: string): Promise<Seen> =>
    call(`reading payment page ${ref}`, async stripe => {
      const session = await stripe.checkout.sessions.retrieve(sessionId(ref), {
        expand: ['payment_intent.latest_charge'],
      })
      const { payment_intent } = session
      const intent = payment_intent && typeof payment_intent === 'object' ? payment_intent : undefined
      if (!intent || intent.amount_received === 0)
        return seenPayment({ session, intent, refunds: [], disputes: [] })
      const [refunds, disputes] = await Promise.all([
        allRefunds(stripe, intent.id),
        stripe.disputes
          .list({ payment_intent: intent.id, limit: PAGE_SIZE })
          .autoPagingToArray({ limit: MAX_LISTED }),
      ])
      return seenPayment({ session, intent, refunds, disputes })
    })

  const close = async (ref: string): Promise<Seen> => {
    await call(`closing payment page ${ref}`, stripe =>
      stripe.checkout.sessions.expire(sessionId(ref)),
    ).catch(error => {
      // A page that is complete or expired cannot be closed; what it is, `look` says.
      if (!(error instanceof ProviderRefused)) throw error
    })
    const seen = await look(ref)
    if (seen.status === 'open') throw new ProviderUnavailable(`Stripe did not close payment page ${ref}`)
    return seen
  }

  const refund: HostedProvider['refund'] = (ref, amount, refundId) =>
    call(`refund ${refundId}`, async stripe => {
      const session = await stripe.checkout.sessions.retrieve(sessionId(ref), { expand: ['payment_intent'] })
      const { payment_intent: intent } = session
      if (!intent || typeof intent === 'string') throw new ProviderRefused(`nothing was paid at ${ref}`)
      // Stripe forgets the idempotency key after a day, and would give back twice.
      const refunds = await allRefunds(stripe, intent.id)
      const made = refunds.find(({ metadata }) => metadata?.refund_id === refundId)
      if (made) return seenRefund(made, intent.currency)
      const { currency } = seenPayment({ session, intent, refunds: [], disputes: [] })
      const created = await stripe.refunds.create(
        {
          payment_intent: intent.id,
          amount: toStripe(amount, currency),
          metadata: { refund_id: refundId, order_id: orderIdOf(session) ?? '' },
        },
        { idempotencyKey: `re:${refundId}` },
      )
      return seenRefund(created, intent.currency)
    })

  const intentMetadata: EventRules['intentMetadata'] = async intentId => {
    if (!/^pi_\w{1,250}$/.test(intentId)) return undefined
    return call(`reading payment ${intentId}`, async stripe => {
      try {
        return (await stripe.paymentIntents.retrieve(intentId)).metadata
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    })
  }

  const rules: EventRules = {
    secrets: options.webhookSecrets,
    livemode: /^(sk|rk)_live_/.test(options.secretKey),
    now,
    onForeignEvent: options.onForeignEvent,
    intentMetadata,
  }

  const listSince: HostedProvider['listSince'] = async function* (since) {
    try {
      const stripe = await client()
      const created = { gte: epochSeconds(since) }
      for await (const session of stripe.checkout.sessions.list({ created, limit: PAGE_SIZE }))
        yield { ref: session.id, orderId: orderIdOf(session) }
    } catch (error) {
      throw explainFailure(error, 'listing payment pages')
    }
  }

  return {
    id: 'stripe',
    label: 'Card',
    signatureHeader: 'stripe-signature',
    refusalOf: explainRefusal,
    open,
    find: orderId =>
      call(`finding the payment page of ${orderId}`, async stripe =>
        idOf(await findSession(stripe, orderId, () => true)),
      ),
    look,
    close,
    refund,
    readEvent: (body, headers) => readStripeEvent(body, headers, rules),
    listSince,
  }
}

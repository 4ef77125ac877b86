/** Events of payment providers: each is a hint to ask the provider for the present state, and its content is not believed. */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import { ShopError } from '../core/errors.ts'
import { dayOf, dayOfOrderId, epochSeconds } from '../core/ids.ts'
import type { VerifySignature } from '../http/route.ts'
import type { PaymentDeps } from './deps.ts'
import { paymentUnavailable } from './hosted-checkouts.ts'
import type { ProviderEvent } from './provider.ts'
import { EventRefused, ProviderRefused, ProviderUnavailable } from './provider.ts'
import { reconcile } from './reconcile.ts'

const DAY_MS = 86_400_000

/** Events whose signature was checked, by their raw body. */
type Verified = { readonly provider: string; readonly event: ProviderEvent }

export type EventReader = {
  /** Whether a provider has signed exactly this body. Throws event_refused, which says what is wrong with it. */
  readonly verify: VerifySignature
  /** The event of a body that was verified. Throws event_refused where another provider has signed it. */
  readonly read: (provider: string, body: Uint8Array) => ProviderEvent
}

export const createEventReader = ({ hosted, log }: Pick<PaymentDeps, 'hosted' | 'log'>): EventReader => {
  const verified = new WeakMap<Uint8Array, Verified>()
  const eventRefused = (why: string): ShopError => {
    log.count({ RefusedEvents: 1 })
    return new ShopError('event_refused', why)
  }
  return {
    verify: async (body, headers) => {
      for (const provider of hosted.values()) {
        if (!headers.has(provider.signatureHeader)) continue
        try {
          verified.set(body, { provider: provider.id, event: await provider.readEvent(body, headers) })
          return true
        } catch (error) {
          if (error instanceof EventRefused) throw eventRefused(error.message)
          if (error instanceof ProviderUnavailable) throw paymentUnavailable()
          throw error
        }
      }
      return false
    },
    read: (provider, body) => {
      const found = verified.get(body)
      if (found?.provider === provider) return found.event
      throw eventRefused('The event is not of this provider.')
    },
  }
}

/** Whether an order id was made so recently that its checkout may only not be readable here yet. */
const isRecent = (orderId: string, now: Date): boolean => {
  const day = dayOfOrderId(orderId)
  return day !== undefined && day >= dayOf(new Date(now.getTime() - DAY_MS))
}

/**
 * Works on an event. Throws payment_unavailable, so that the provider sends it again, where its checkout cannot be read yet or the
 * provider does not answer.
 */
export const handleEvent = async (
  deps: PaymentDeps,
  provider: string,
  { id, payment }: ProviderEvent,
): Promise<void> => {
  const { db, names, checkouts, paymentTable, now } = deps
  if (!payment) return
  const key = CONTROL_ROWS.paymentEvent.key(provider, id)
  if (await db.get(names.control, key)) return
  try {
    const checkout = await reconcile(
      deps,
      payment.orderId,
      payment.ref === undefined ? {} : { ref: payment.ref },
    )
    const isOurs =
      checkout ?? (await checkouts.get(payment.orderId)) ?? (await paymentTable.get(payment.orderId))
    // One of another shop at the same account, or from before this shop's tables: nothing to be done about it here.
    if (!isOurs && isRecent(payment.orderId, now())) throw paymentUnavailable()
  } catch (error) {
    if (error instanceof ProviderUnavailable) throw paymentUnavailable()
    if (error instanceof ProviderRefused) return deps.report(error)
    throw error
  }
  // Afterwards: an event that was cut off is sent again, and changes nothing when it was not.
  await wasApplied(
    db.write({
      action: 'Put',
      table: names.control,
      item: { ...key, expires_at: epochSeconds(now()) + CONTROL_ROWS.paymentEvent.ttl },
    }),
  )
}

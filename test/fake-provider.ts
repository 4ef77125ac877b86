/** A payment provider in memory, for tests of what the shop makes of it. Its state is moved by the test. */
import { createHmac } from 'node:crypto'
import type { Currency } from '#src/core/currency.ts'
import { type MinorUnits, minorUnits } from '#src/core/money.ts'
import {
  EventRefused,
  type HostedCheckout,
  type HostedProvider,
  ProviderRefused,
  ProviderUnavailable,
  type Seen,
  type SeenDispute,
  type SeenRefund,
} from '#src/payments/provider.ts'

type Session = {
  readonly ref: string
  readonly checkout: HostedCheckout
  status: Seen['status']
  captured: MinorUnits
  currency: Currency
  refunds: SeenRefund[]
  disputes: SeenDispute[]
}

export type FakeProvider = HostedProvider & {
  readonly sessions: Map<string, Session>
  /** The session that was opened last for an order id, or at all. */
  readonly session: (orderId?: string) => Session
  /** Pays a session, as a shopper does on the payment page. False where it has closed. */
  readonly pay: (ref: string, amount?: number) => boolean
  readonly processing: (ref: string) => void
  readonly fail: (ref: string) => void
  /** Calls that throw ProviderUnavailable, by name; `after`: once the work is done. */
  readonly faults: Map<string, 'before' | 'after'>
  /** Calls so far, by name. */
  readonly calls: Map<string, number>
  /** A signed event about a session, as `post` of a shopper sends it. */
  readonly event: (
    ref: string,
    id?: string,
  ) => { readonly body: string; readonly headers: Record<string, string> }
}

const KEY = 'fake-provider'
const sign = (body: string | Uint8Array): string => createHmac('sha256', KEY).update(body).digest('hex')

/** `minutes`: how long a payment page is open, by `now`. `origin`: of the payment pages. */
export const createFakeProvider = (
  now: () => Date = () => new Date(),
  minutes = 31,
  origin = 'https://pay.example',
): FakeProvider => {
  const sessions = new Map<string, Session>()
  const byAttempt = new Map<string, string>()
  const faults: FakeProvider['faults'] = new Map()
  const calls: FakeProvider['calls'] = new Map()

  const called = async <T>(name: string, work: () => T): Promise<T> => {
    calls.set(name, (calls.get(name) ?? 0) + 1)
    const fault = faults.get(name)
    if (fault === 'before') throw new ProviderUnavailable(name)
    const result = work()
    if (fault === 'after') throw new ProviderUnavailable(name)
    return result
  }
  const find = (ref: string): Session => {
    const session = sessions.get(ref)
    if (!session) throw new ProviderRefused(`no session ${ref}`)
    return session
  }
  const seen = ({ checkout, status, captured, currency, refunds, disputes }: Session): Seen => ({
    status,
    orderId: checkout.orderId,
    amount: checkout.amount,
    currency,
    captured,
    refunds: [...refunds],
    disputes: [...disputes],
  })
  return {
    id: 'stripe',
    label: 'Card',
    signatureHeader: 'stripe-signature',
    sessions,
    faults,
    calls,
    session: orderId => {
      const found = [...sessions.values()].filter(
        one => orderId === undefined || one.checkout.orderId === orderId,
      )
      const last = found.at(-1)
      if (!last) throw new Error('no session was opened')
      return last
    },
    pay: (ref, amount) => {
      const session = find(ref)
      if (session.status !== 'open') return false
      session.status = 'paid'
      session.captured = minorUnits(amount ?? session.checkout.amount)
      return true
    },
    processing: ref => {
      find(ref).status = 'processing'
    },
    fail: ref => {
      find(ref).status = 'closed'
    },
    event: (ref, id = crypto.randomUUID()) => {
      const body = JSON.stringify({ id, ref, orderId: find(ref).checkout.orderId })
      return { body, headers: { 'content-type': 'application/json', 'stripe-signature': sign(body) } }
    },
    refusalOf: () => undefined,
    open: checkout =>
      called('open', () => {
        const attempt = `${checkout.orderId} ${checkout.attempt}`
        const ref = byAttempt.get(attempt) ?? `session-${sessions.size + 1}`
        byAttempt.set(attempt, ref)
        if (!sessions.has(ref))
          sessions.set(ref, {
            ref,
            checkout,
            status: 'open',
            captured: minorUnits(0),
            currency: checkout.currency,
            refunds: [],
            disputes: [],
          })
        const closesAt = new Date(now().getTime() + minutes * 60_000).toISOString()
        return { ref, url: `${origin}/${ref}`, closesAt }
      }),
    find: orderId =>
      called('find', () => [...sessions.values()].find(one => one.checkout.orderId === orderId)?.ref),
    look: ref => called('look', () => seen(find(ref))),
    close: ref =>
      called('close', () => {
        const session = find(ref)
        if (session.status === 'open') session.status = 'closed'
        return seen(session)
      }),
    refund: (ref, amount, refundId) =>
      called('refund', () => {
        const session = find(ref)
        const same = session.refunds.find(one => one.refundId === refundId)
        if (same) return same
        const given = session.refunds
          .filter(({ state }) => state === 'pending' || state === 'succeeded')
          .reduce((sum, one) => sum + one.amount, 0)
        if (given + amount > session.captured) throw new ProviderRefused('more than was paid')
        const refund: SeenRefund = { id: `refund-${refundId}`, refundId, amount, state: 'succeeded' }
        session.refunds.push(refund)
        return refund
      }),
    readEvent: async (body, headers) => {
      if (headers.get('stripe-signature') !== sign(body))
        throw new EventRefused('The signature is not valid.')
      const { id, ref, orderId } = JSON.parse(new TextDecoder().decode(body))
      return { id, type: 'paid', payment: { orderId, ref } }
    },
    async *listSince() {
      for (const { ref, checkout } of [...sessions.values()].reverse())
        yield { ref, orderId: checkout.orderId }
    },
  }
}

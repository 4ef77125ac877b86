/** A test shop with a payment provider in memory and a clock, and the steps that tests of payments share. */
import { expect } from 'vitest'
import * as sweeper from '#src/payments/sweep.ts'
import { createFakeProvider, type FakeProvider } from './fake-provider.ts'
import {
  type Answer,
  aBook,
  checkOut,
  createTestShop,
  type Json,
  type Shopper,
  type TestShop,
} from './kit.ts'
import { asFunction } from './table-rights.ts'

const DAY_MS = 86_400_000
const sweepPayments = asFunction('Sweeper', sweeper.sweepPayments)

export type PaidShop = {
  readonly shop: TestShop
  readonly provider: FakeProvider
  readonly clock: { now: number }
  /** Somebody of the staff, signed in. */
  readonly staff: () => Promise<Shopper>
  /** Runs the sweeper after so many days. */
  readonly sweep: (days?: number) => Promise<number>
  /** Sends an event about the payment of an order. */
  readonly send: (orderId: string) => Promise<Answer>
  /** An order of copies of tech-001, at 42.99 each, that was placed by this method; by card, and paid, unless given. */
  readonly order: (options?: {
    readonly quantity?: number
    readonly method?: string
    readonly who?: Shopper
    readonly more?: Json
  }) => Promise<Json>
  /** The payments of an order as staff see them. */
  readonly payments: (orderId: string) => Promise<Json>
  readonly refund: (orderId: string, body: Json, key?: string) => Promise<Answer>
  readonly record: (orderId: string, body: Json, key?: string) => Promise<Answer>
}

export const openPaidShop = async (
  env: Readonly<Record<string, string>> = {},
  stock = 20,
): Promise<PaidShop> => {
  const clock = { now: new Date('2026-11-30T10:00:00Z').getTime() }
  const now = () => new Date(clock.now)
  const provider = createFakeProvider(now)
  const shop = await createTestShop({
    books: [aBook({ stock_quantity: stock }), aBook({ book_id: 'tech-002', stock_quantity: stock })],
    providers: [provider],
    now,
    env,
  })
  let [staff, since]: [Shopper, number] = [shop.staff, clock.now]
  /** Somebody of the staff, who has signed in today: their sessions are short. */
  const signedIn = async (): Promise<Shopper> => {
    if (clock.now !== since) [staff, since] = [await shop.account({ role: 'staff' }), clock.now]
    return staff
  }
  const post = async (path: string, body: Json, key: string = crypto.randomUUID()) =>
    (await signedIn()).post(path, body, { 'idempotency-key': key })
  return {
    shop,
    provider,
    clock,
    staff: signedIn,
    sweep: async (days = 0) => {
      clock.now += days * DAY_MS
      // The function has no index that would read the books again.
      return sweepPayments({ ...shop.deps, booksChanged: () => {} })
    },
    send: async orderId => {
      const { body, headers } = provider.event(provider.session(orderId).ref)
      return shop.visitor().post('/api/payments/events/stripe', body, headers)
    },
    order: async ({ quantity = 1, method = 'stripe', who = shop.visitor(), more = {} } = {}) => {
      await who.post('/api/cart/items', { book_id: 'tech-001', quantity })
      const email = `reader-${crypto.randomUUID()}@example.com`
      const placed = await checkOut(who, undefined, { email, payment_method: method, ...more })
      if (method !== 'stripe') return placed.body
      expect(placed.status).toBe(202)
      provider.pay(provider.session(placed.body.order_id).ref)
      await who.get(`/api/checkouts/${placed.body.checkout_id}`)
      return (await who.get(`/api/orders/${placed.body.order_id}`)).body
    },
    payments: async orderId => (await (await signedIn()).get(`/api/orders/${orderId}/payments`)).body,
    refund: (orderId, body, key) => post(`/api/orders/${orderId}/refunds`, body, key),
    record: (orderId, body, key) => post(`/api/orders/${orderId}/payments`, body, key),
  }
}

/** What must hold of a payment whatever happens: its amounts are the sums of its entries, and nothing goes that has not come. */
export const expectSound = async ({ deps }: TestShop, orderId: string): Promise<void> => {
  const records = await deps.paymentTable.records(orderId)
  if (!records) throw new Error('the order has no payment')
  const { payment, entries, refunds } = records
  const total = (amounts: readonly { readonly amount: number }[]) =>
    amounts.reduce((all, { amount }) => all + amount, 0)
  const ofKind = (kind: string) => total(entries.filter(one => one.kind === kind))
  const inState = (state: string) => total(refunds.filter(one => one.state === state))
  expect({ captured: ofKind('captured'), refunded: 0 - ofKind('refunded') }).toEqual({
    captured: payment.captured,
    refunded: payment.refunded,
  })
  expect({ refunded: inState('succeeded'), reserved: inState('pending') }).toEqual({
    refunded: payment.refunded,
    reserved: payment.reserved,
  })
  expect(payment.refunded + payment.reserved).toBeLessThanOrEqual(payment.captured)
}

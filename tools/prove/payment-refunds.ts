/** Guarantee 42: refunds at the same time never give back more than was captured. */

import { minorUnits } from '#src/core/money.ts'
import { type HostedProvider, ProviderUnavailable, type SeenRefund } from '#src/payments/provider.ts'
import { refundable } from '#src/payments/state.ts'
import { sweepPayments } from '#src/payments/sweep.ts'
import { times } from '../../test/buyers.ts'
import { createFakeProvider, type FakeProvider } from '../../test/fake-provider.ts'
import { aBook, checkOut, createTestShop, newCustomer, type TestShop } from '../../test/kit.ts'
import type { Random } from '../bench/random.ts'
import { countWhere, type Guarantee } from './guarantee.ts'

const REFUNDS = 60
const DAY = 86_400_000

/** A provider that gives back whatever it is asked to, so that only the shop keeps the bound. It is down at times, before or after. */
const createGenerousProvider = (fake: FakeProvider, random: Random, isUp: () => boolean): HostedProvider => ({
  ...fake,
  refund: async (ref, amount, refundId) => {
    const { refunds } = fake.sessions.get(ref) ?? fake.session()
    const chance = random()
    if (!isUp() || chance < 0.2) throw new ProviderUnavailable('down')
    const made = refunds.find(one => one.refundId === refundId)
    const refund: SeenRefund = made ?? { id: `r-${refundId}`, refundId, amount, state: 'succeeded' }
    if (!made) refunds.push(refund)
    if (chance < 0.35) throw new ProviderUnavailable('the answer was lost')
    return refund
  },
})

const buyPaid = async (shop: TestShop, fake: FakeProvider): Promise<string> => {
  const who = shop.visitor()
  await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const { body } = await checkOut(who, undefined, { ...newCustomer(), payment_method: 'stripe' })
  fake.pay(fake.session(body.order_id).ref)
  await who.get(`/api/checkouts/${body.order_id}`)
  return body.order_id
}

type Refunded = { readonly captured: number; readonly given: number; readonly recorded: number }

/** Sixty refunds of a tenth each, at two processes, one in four repeated; then the provider is up again, and the sweeper resumes. */
const refundAtOnce = async (random: Random): Promise<Refunded> => {
  const clock = { now: Date.now() }
  const now = () => new Date(clock.now)
  const fake = createFakeProvider(now)
  let up = true
  const providers = [createGenerousProvider(fake, random, () => up)]
  const shop = await createTestShop({ books: [aBook()], providers, now })
  const other = await createTestShop({ sharingTablesOf: shop, providers, now })
  const orderId = await buyPaid(shop, fake)
  const session = fake.session(orderId)
  const amount = Math.floor(session.captured / 10) / 100
  const refund = (i: number, key: string) =>
    (i % 2 === 0 ? shop : other).staff.post(
      `/api/orders/${orderId}/refunds`,
      { amount, reason: 'on purpose' },
      { 'idempotency-key': key },
    )
  const outage = setTimeout(() => {
    up = false
  }, 150)
  await Promise.all(
    times(REFUNDS, async i => {
      await refund(i, `key-${i}`)
      if (i % 4 === 0) await refund(i + 1, `key-${i}`)
    }),
  )
  clearTimeout(outage)
  up = true
  for (let day = 0; day < 6; day++) {
    clock.now += DAY
    await Promise.all([sweepPayments(shop.deps), sweepPayments(other.deps)])
  }
  const given = session.refunds.reduce((sum, one) => sum + one.amount, 0)
  const recorded = await shop.deps.paymentTable.get(orderId)
  return {
    captured: session.captured,
    given,
    recorded: (recorded?.refunded ?? 0) + (recorded?.reserved ?? 0),
  }
}

/** Reads what can be refunded, asks the provider, and writes what was refunded, without a reserve. */
const refundNaively = async (random: Random): Promise<Refunded> => {
  const fake = createFakeProvider()
  const provider = createGenerousProvider(fake, random, () => true)
  const shop = await createTestShop({ books: [aBook()], providers: [provider] })
  const orderId = await buyPaid(shop, fake)
  const session = fake.session(orderId)
  const amount = minorUnits(Math.floor(session.captured / 10))
  const { paymentTable, db } = shop.deps
  await Promise.all(
    times(REFUNDS, async i => {
      const payment = await paymentTable.get(orderId)
      if (!payment || refundable(payment) < amount) return
      await provider.refund(session.ref, amount, `naive-${i}`).catch(() => {})
      const refunded = minorUnits(payment.refunded + amount)
      await db.transact(paymentTable.put(payment, { ...payment, refunded })).catch(() => {})
    }),
  )
  const given = session.refunds.reduce((sum, one) => sum + one.amount, 0)
  return { captured: session.captured, given, recorded: (await paymentTable.get(orderId))?.refunded ?? 0 }
}

const refundsAreBounded: Guarantee = {
  number: 42,
  title: 'Refunds never exceed what was captured',
  criterion:
    'concurrent refunds give back at most the captured amount, each at most once, whatever the provider answers; afterwards the shop records exactly what was given back',
  prove: async ({ quick, random }) => {
    const rounds = quick ? 3 : 20
    const results: Refunded[] = []
    for (let round = 0; round < rounds; round++) results.push(await refundAtOnce(random))
    const naive = await refundNaively(random)
    const above = countWhere(results, ({ captured, given }) => given > captured)
    const wrong = countWhere(results, ({ given, recorded }) => given !== recorded)
    const full = countWhere(results, ({ captured, given }) => given > 0.85 * captured)
    return {
      method: `${rounds} rounds of ${REFUNDS} refunds of a tenth of one payment at once, at two processes, some repeated; the provider goes down in between and loses answers, and would give back any amount`,
      result: `above the captured amount in ${above} of ${rounds} rounds, recorded otherwise than given back in ${wrong}, everything that can be given back in ${full}`,
      holds: above === 0 && wrong === 0 && full === rounds,
      control: {
        result: `${(naive.given / 100).toFixed(2)} of ${(naive.captured / 100).toFixed(2)} given back where nothing is reserved`,
        failed: naive.given > naive.captured,
      },
    }
  },
}

export const refundGuarantees = [refundsAreBounded]

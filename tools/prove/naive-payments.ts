/** Naive implementations of payments: holds that end by the clock, events that are believed, and orders before the money. */

import { confirmCheckout } from '#src/payments/confirm.ts'
import type { PaymentDeps } from '#src/payments/deps.ts'
import { releaseCheckout } from '#src/payments/release.ts'
import { times } from '../../test/buyers.ts'
import { createFakeProvider, type FakeProvider } from '../../test/fake-provider.ts'
import { aBook, createTestShop, newCustomer, orderFor, type TestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'

type NaiveShop = {
  readonly shop: TestShop
  readonly provider: FakeProvider
  /** Order ids of the buyers, each of which has a checkout. */
  readonly ids: readonly string[]
}

const buyByCard = async (shop: TestShop, method = 'stripe'): Promise<string> => {
  const who = shop.visitor()
  const { body } = await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const order = orderFor(body, { ...newCustomer(), payment_method: method })
  const answer = await who.post('/api/orders', order, { 'idempotency-key': 'k' })
  return answer.body.order_id
}

const openShop = async (buyers: number): Promise<NaiveShop> => {
  const provider = createFakeProvider()
  const shop = await createTestShop({
    books: [aBook({ stock_quantity: buyers })],
    providers: [provider],
    withStaff: false,
  })
  const ids = await Promise.all(times(buyers, () => buyByCard(shop)))
  return { shop, provider, ids }
}

/** Confirms a checkout that is still held, by what somebody says was captured. */
const naiveConfirm = async (deps: PaymentDeps, orderId: string): Promise<void> => {
  const checkout = await deps.checkouts.get(orderId)
  if (checkout?.state !== 'held') return
  const { amount, currency } = checkout
  const said = { captured: amount, amount, currency: { code: currency, decimals: 2 } }
  await confirmCheckout(deps, checkout, {
    ...{ status: 'paid', orderId, refunds: [], disputes: [] },
    ...said,
  })
}

/** The hold ends by the clock while the shopper pays, as in WooCommerce. */
const endByTheClock = async (buyers: number): Promise<number> => {
  const { shop, provider, ids } = await openShop(buyers)
  await Promise.all(
    ids.map(async (id, i) => {
      const clock = async () => {
        const checkout = await shop.deps.checkouts.get(id)
        if (checkout) await releaseCheckout(shop.deps, checkout)
      }
      const pay = async () => {
        provider.pay(provider.session(id).ref)
        await naiveConfirm(shop.deps, id)
      }
      if (i % 2 === 0) await clock().then(pay)
      else await Promise.all([clock(), pay()])
    }),
  )
  const paid = [...provider.sessions.values()].filter(({ status }) => status === 'paid').length
  return paid - (await readItems(shop, 'orders')).length
}

/** An event says "paid" of pages that nobody has paid: forged, or about a payment that was taken back since. */
const believeEvents = async (buyers: number): Promise<number> => {
  const { shop, ids } = await openShop(buyers)
  for (const orderId of ids) {
    const event = JSON.stringify({ type: 'checkout.session.completed', orderId })
    await naiveConfirm(shop.deps, JSON.parse(event).orderId)
  }
  return (await readItems(shop, 'orders')).length
}

/** The order is made when the payment page opens; every third buyer closes it. */
const orderBefore = async (buyers: number): Promise<number> => {
  const { shop } = await openShop(0)
  await shop.deps.db.transact(shop.deps.books.create(aBook({ book_id: 'tech-002', stock_quantity: buyers })))
  const paid = new Set<string>()
  const open = async (i: number) => {
    const who = shop.visitor()
    const { body } = await who.post('/api/cart/items', { book_id: 'tech-002', quantity: 1 })
    const order = orderFor(body, { ...newCustomer(), payment_method: 'invoice' })
    const { body: made } = await who.post('/api/orders', order, { 'idempotency-key': 'k' })
    if (i % 3 !== 0) paid.add(made.order_id)
  }
  await Promise.all(times(buyers, open))
  return (await readItems(shop, 'orders')).filter(({ order_id }) => !paid.has(order_id)).length
}

/** How often each of them fails, among so many buyers. */
export const failNaivePayments = async (buyers: number) => ({
  buyers,
  byTheClock: await endByTheClock(buyers),
  believed: await believeEvents(buyers),
  before: await orderBefore(buyers),
})

/** Guarantee 43: copies are held before anybody is asked for money, and are for sale again when the payment page has closed. */
import { sweepPayments } from '#src/payments/sweep.ts'
import { countStatuses, times } from '../../test/buyers.ts'
import { createFakeProvider, type FakeProvider } from '../../test/fake-provider.ts'
import { type Answer, aBook, createTestShop, newCustomer, orderFor, type TestShop } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { countWhere, type Guarantee } from './guarantee.ts'
import { naiveSale } from './naive.ts'

const BUYERS = 50
const STOCK = 10
/** Between two sweeps of a local shop (ms). */
const SWEEP_MS = 5_000

type Clock = { now: number }

const openShops = async (provider: FakeProvider, clock: Clock): Promise<readonly [TestShop, TestShop]> => {
  const common = { providers: [provider], now: () => new Date(clock.now), withStaff: false }
  const shop = await createTestShop({ ...common, books: [aBook({ stock_quantity: STOCK })] })
  return [shop, await createTestShop({ ...common, sharingTablesOf: shop })]
}

/** Buyers with a copy in the cart, who all check out by card at once. */
const checkOutAtOnce = async (shops: readonly TestShop[]): Promise<Answer[]> => {
  const ready = await Promise.all(
    times(BUYERS, async i => {
      const who = (shops[i % shops.length] as TestShop).visitor()
      const { body } = await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
      return { who, order: orderFor(body, { ...newCustomer(), payment_method: 'stripe' }) }
    }),
  )
  return Promise.all(
    ready.map(({ who, order }) => who.post('/api/orders', order, { 'idempotency-key': 'k' })),
  )
}

type Round = {
  readonly pages: number
  readonly told: number
  readonly paid: number
  readonly stock: number | undefined
  readonly orders: number
}

const round = async (): Promise<Round> => {
  const clock: Clock = { now: Date.now() }
  const provider = createFakeProvider(() => new Date(clock.now))
  const shops = await openShops(provider, clock)
  const counts = countStatuses(await checkOutAtOnce(shops))
  const sessions = [...provider.sessions.values()]
  const paying = sessions.filter((_, i) => i % 2 === 0)
  const paid = countWhere(paying, ({ ref }) => provider.pay(ref))
  // The sweep that comes next after the pages have closed.
  clock.now += 31 * 60_000 + SWEEP_MS
  const since = performance.now()
  await Promise.all(shops.map(({ deps }) => sweepPayments(deps)))
  clock.now += performance.now() - since
  const [shop] = shops
  return {
    pages: sessions.length,
    told: counts['409 out_of_stock'] ?? 0,
    paid,
    stock: await readStock(shop, 'tech-001'),
    orders: (await readItems(shop, 'orders')).length,
  }
}

/** Opens the page when the stock was seen, and takes the copy after the payment. Returns the pages, and payments without a copy. */
const payFirst = async () => {
  const provider = createFakeProvider()
  const [shop] = await openShops(provider, { now: Date.now() })
  const answers = await Promise.all(
    times(BUYERS, async () => {
      const left = await readStock(shop, 'tech-001')
      return left !== undefined && left > 0
    }),
  )
  const pages = countWhere(answers, mayPay => mayPay)
  let short = 0
  for (let i = 0; i < pages; i++) if (!(await naiveSale(shop))) short++
  return { pages, short }
}

const heldBeforeMoney: Guarantee = {
  number: 43,
  title: 'No payment page is opened without a copy',
  criterion: `${BUYERS} buyers who pay by card for ${STOCK} copies get ${STOCK} payment pages, and the others are told before any card number; copies that are not paid are for sale again within 10 s of the end of the session`,
  prove: async ({ quick }) => {
    const rounds = quick ? 3 : 20
    const results: Round[] = []
    for (let i = 0; i < rounds; i++) results.push(await round())
    const right = countWhere(
      results,
      ({ pages, told, paid, stock, orders }) =>
        pages === STOCK && told === BUYERS - STOCK && orders === paid && stock === STOCK - paid,
    )
    const naive = await payFirst()
    const [first] = results
    return {
      method: `${rounds} rounds of ${BUYERS} buyers for ${STOCK} copies at two processes; every second page is paid, then the sweep that follows the end of the sessions`,
      result: `${right} of ${rounds} rounds: ${first?.pages} pages, ${first?.told} told before, ${first?.paid} paid and ordered, ${first?.stock} for sale again`,
      holds: right === rounds,
      control: {
        result: `${naive.pages} payment pages for ${STOCK} copies, and ${naive.short} paid without one, where the copy is taken after the payment`,
        failed: naive.pages > STOCK && naive.short > 0,
      },
    }
  },
}

export const paymentStockGuarantees = [heldBeforeMoney]

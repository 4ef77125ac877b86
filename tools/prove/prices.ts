/** Guarantee 7: customers pay the price they were shown, which is the catalogue's price at that moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createBuyers, placeOrder } from '../../test/buyers.ts'
import { aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { countWhere, type Guarantee, runConcurrently } from './guarantee.ts'

const PRICES = [10, 11.11, 12.34, 42.99]

type PricePeriod = { readonly price: number; readonly from: number; until: number }

/** Starts staff edits that change the price every 20 ms, and records the period in which each price may have been valid. */
const startPriceChanges = (shop: TestShop) => {
  const periods: PricePeriod[] = [{ price: 42.99, from: 0, until: Number.POSITIVE_INFINITY }]
  let done = false
  const changing = (async () => {
    for (let i = 0; !done; i++) {
      const price = PRICES[i % PRICES.length] ?? 10
      const from = performance.now()
      const { status } = await shop.staff.call('PATCH', '/api/books/tech-001', { price })
      if (status >= 300) continue
      const last = periods.at(-1)
      if (last) last.until = performance.now()
      periods.push({ price, from, until: Number.POSITIVE_INFINITY })
      await sleep(20)
    }
  })()
  const wasValid = (price: number, invoke: number, end: number): boolean =>
    periods.some(one => one.price === price && one.from <= end && one.until >= invoke)
  const stop = async (): Promise<number> => {
    done = true
    await changing
    return periods.length
  }
  return { wasValid, stop }
}

const FORGED = [{ price: 0.01 }, { total: 0.01 }, { discount: 100 }, { currency: 'XXX' }, { items: [] }]

const pricePaid: Guarantee = {
  number: 7,
  title: 'Customers pay the price they were shown',
  criterion:
    'every order has the total that was shown and the catalogue prices of that moment; every forged body is answered 400',
  prove: async run => {
    const count = run.quick ? 60 : 300
    const shop = await createTestShop({ books: [aBook({ stock_quantity: 100_000 })] })
    const prices = startPriceChanges(shop)
    let orders = 0
    let refused = 0
    const wrong: string[] = []
    let naiveWrong = 0
    while (orders < count) {
      const buyers = await createBuyers(shop, 6, 'tech-001', n => 1 + (n % 3))
      await Promise.all(
        buyers.map(async buyer => {
          const invoke = performance.now()
          const { status, body } = await placeOrder(buyer)
          if (status !== 201) {
            refused++
            return
          }
          orders++
          const [{ price, quantity }] = body.items
          if (body.total !== buyer.order.expected_total) wrong.push(`${body.total} instead of what was shown`)
          if (Math.round(price * 100) * quantity !== Math.round(body.subtotal * 100))
            wrong.push('a wrong sum')
          if (!prices.wasValid(price, invoke, performance.now())) wrong.push(`an old price: ${price}`)
        }),
      )
      // Naive: the order takes the price that the page showed earlier.
      const shown = (await shop.visitor().get('/api/books/tech-001')).body.price
      await sleep(30 + run.random() * 30)
      const moment = performance.now()
      if (!prices.wasValid(shown, moment, moment)) naiveWrong++
      if (refused > 50 * count) throw new Error('no order gets through')
    }
    const changes = await prices.stop()
    const before = (await readItems(shop, 'orders')).length
    const forgeries = run.quick ? 20 : 200
    const [buyer] = await createBuyers(shop, 1, 'tech-001')
    if (!buyer) throw new Error('no buyer')
    const statuses = await runConcurrently(forgeries, 8, async i => {
      const order = { ...buyer.order, ...FORGED[i % FORGED.length] }
      return (await shop.visitor().post('/api/orders', order, { 'idempotency-key': `f-${i}` })).status
    })
    const forged = countWhere(statuses, status => status === 400)
    const made = (await readItems(shop, 'orders')).length - before
    return {
      method: `${orders} orders while staff changed the price ${changes} times; ${forgeries} forged bodies with price, total, discount, currency or items`,
      result: `${wrong.length} wrong${wrong[0] ? ` (${wrong[0]})` : ''}, ${refused} refused because the price had changed; ${forged} of ${forgeries} forged bodies refused with 400, ${made} orders created from them`,
      holds: wrong.length === 0 && refused > 0 && forged === forgeries && made === 0,
      control: { result: `${naiveWrong} orders at an outdated price`, failed: naiveWrong > 0 },
      figures: { orders, refused, wrong: wrong.length, naiveWrong },
    }
  },
}

export const priceGuarantees = [pricePaid]

/** Guarantees 2 to 5: idempotency of checkout under retries, lost responses, key reuse and double clicks. */
import { type Buyer, createBuyers, placeOrder, times } from '../../test/buyers.ts'
import { isRateLimitWrite, startFaultyEngine } from '../../test/faulty-engine.ts'
import { type Answer, aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { countWhere, type Guarantee, randomInteger, runConcurrently } from './guarantee.ts'
import { createHistory, findContradictions } from './history.ts'
import { naiveOrder } from './naive.ts'
import { countOrdersByKey } from './stock.ts'

const MANY = 100_000
const createBooks = () => [aBook({ stock_quantity: MANY })]

const isOneOrder = (answers: readonly Answer[]): boolean =>
  answers.every(({ status }) => status === 201) &&
  new Set(answers.map(({ body }) => body.order_id)).size === 1

/** Creates a buyer with a filled cart. */
const createBuyer = async (shop: TestShop): Promise<Buyer> => {
  const [buyer] = await createBuyers(shop, 1, 'tech-001')
  if (!buyer) throw new Error('no buyer')
  return buyer
}

/** The same browser, talking to another process of the shop. */
const atShop = (shop: TestShop, { shopper, order }: Buyer): Buyer => ({
  shopper: {
    ...shopper,
    post: (path, body, headers) =>
      shop.visitor().post(path, body, {
        ...headers,
        cookie: shopper.cookie() ?? '',
        'sec-fetch-site': 'same-origin',
      }),
  },
  order,
})

const oneKeyOneOrder: Guarantee = {
  number: 2,
  title: 'One order per idempotency key',
  criterion: 'as many orders as keys; every response carries the order of its key; no 5xx',
  prove: async run => {
    const keys = run.quick ? 15 : 200
    const shop = await createTestShop({ books: createBooks() })
    // Another process, later than the window of the checkout rate limit.
    const later = await createTestShop({
      sharingTablesOf: shop,
      now: () => new Date(Date.now() + 11 * 60_000),
    })
    const rounds = await runConcurrently(keys, 1, async i => {
      const buyer = await createBuyer(shop)
      const twenty = (who: Buyer) => Promise.all(times(20, () => placeOrder(who, `key-${i}`)))
      return { buyer, twenty, first: await twenty(buyer) }
    })
    const again = await runConcurrently(keys, 1, async i => {
      const round = rounds[i]
      if (!round) throw new Error('no round')
      return [...round.first, ...(await round.twenty(atShop(later, round.buyer)))]
    })
    const answers = again.flat()
    const right = countWhere(again, isOneOrder)
    const failures = answers.filter(({ status }) => status >= 500)
    const orders = (await readItems(shop, 'orders')).length
    await Promise.all(times(20, () => naiveOrder(shop, 'naive')))
    const naive = (await readItems(shop, 'orders')).length - orders
    return {
      method: `${keys} keys, each sent 20 times concurrently, then 20 times to a new process`,
      result: `${orders} orders; ${right} of ${keys} keys have one order in ${answers.length} responses; ${failures.length} 5xx ${failures[0]?.body.code ?? ''}`,
      holds: orders === keys && right === keys && failures.length === 0,
      control: { result: `${naive} orders for one key`, failed: naive > 1 },
    }
  },
}

const lostReply: Guarantee = {
  number: 3,
  title: 'A lost response does not cause a second order',
  criterion: 'orders and sold copies equal the number of checkouts; none is duplicated',
  prove: async run => {
    const count = run.quick ? 40 : 500
    const engine = await startFaultyEngine()
    const shop = await createTestShop({ books: createBooks(), endpoint: engine.endpoint })
    const buyers = await runConcurrently(count, 8, () => createBuyer(shop))
    const { operations, record } = createHistory()
    engine.plan((name, input) =>
      name === 'TransactWriteItems' && !isRateLimitWrite(input) && run.random() < 0.2 ? 'lose' : undefined,
    )
    let thrownAway = 0
    const placed = await runConcurrently(count, 8, async i => {
      const buyer = buyers[i]
      for (let tries = 1; buyer; tries++) {
        const { outcome } = await record('buy', `key-${i}`, () => placeOrder(buyer, `key-${i}`))
        // One in five of the shop's responses is lost too.
        const arrives = run.random() >= 0.2
        if (!arrives) thrownAway++
        if ((arrives && outcome === 'ok') || tries === 6) return outcome === 'ok'
      }
      return false
    })
    engine.plan(() => undefined)
    const wrong = findContradictions(operations, await countOrdersByKey(shop))
    const [orders, stock = 0] = [(await readItems(shop, 'orders')).length, await readStock(shop, 'tech-001')]
    const naive = await createTestShop({})
    await runConcurrently(20, 4, async i => {
      // Naive: a client without a response tries again, and the shop knows no keys.
      for (let tries = 0; tries < 1 + (i % 2); tries++) await naiveOrder(naive, `${i}-${tries}`)
    })
    const twice = (await readItems(naive, 'orders')).length - 20
    return {
      method: `${count} checkouts; 20 % of the store's responses lost after the commit (${engine.faults()} responses), 20 % of the shop's (${thrownAway}); the client retries with its key up to 5 times`,
      result: `${orders} orders, ${MANY - stock} copies sold, ${countWhere(placed, ok => ok)} of ${count} clients received their order, ${wrong.length} contradictions`,
      holds: orders === count && MANY - stock === count && wrong.length === 0,
      control: { result: `${twice} of 20 orders duplicated without a key`, failed: twice > 0 },
      figures: { faults: engine.faults(), thrownAway, orders, wrong: wrong.length },
    }
  },
}

const keyMisuse: Guarantee = {
  number: 4,
  title: 'A reused idempotency key is refused',
  criterion: 'every key with a different body is answered 422, and no order is created',
  prove: async run => {
    const count = run.quick ? 20 : 100
    const shop = await createTestShop({ books: createBooks() })
    const changes = [
      { expected_total: 1 },
      { email: 'other@example.com' },
      { cart_version: 'another' },
      { shipping_address: { name: 'Another', street: 'Another 1', city: 'Elsewhere', postal_code: '1' } },
    ]
    const statuses = await runConcurrently(count, 8, async i => {
      const buyer = await createBuyer(shop)
      await placeOrder(buyer, 'key')
      // A new cart, so that there would be something to order.
      await buyer.shopper.post('/api/cart/items', { book_id: 'tech-001' })
      const { status, body } = await placeOrder(
        { ...buyer, order: { ...buyer.order, ...changes[i % changes.length] } },
        'key',
      )
      return `${status} ${body.code}`
    })
    const refused = countWhere(statuses, one => one === '422 idempotency_key_reused')
    const orders = (await readItems(shop, 'orders')).length
    return {
      method: `${count} keys reused with a different total, address, email or cart`,
      result: `${refused} of ${count} refused with 422, ${orders - count} additional orders`,
      holds: refused === count && orders === count,
    }
  },
}

const doubleClick: Guarantee = {
  number: 5,
  title: 'A double click with two keys places one order',
  criterion: 'one order and one 409 for each cart',
  prove: async run => {
    const count = run.quick ? 20 : 200
    const shop = await createTestShop({ books: createBooks() })
    const right = await runConcurrently(count, 8, async i => {
      const buyer = await createBuyer(shop)
      const keys = [`a-${i}-${randomInteger(run.random, 0, 99)}`, `b-${i}`]
      const answers = await Promise.all(keys.map(key => placeOrder(buyer, key)))
      return (
        answers
          .map(({ status }) => status)
          .sort()
          .join() === '201,409'
      )
    })
    const orders = (await readItems(shop, 'orders')).length
    await Promise.all([naiveOrder(shop, 'one'), naiveOrder(shop, 'two')])
    const naive = (await readItems(shop, 'orders')).length - orders
    return {
      method: `${count} carts, each checked out with two keys concurrently`,
      result: `${orders} orders, ${countWhere(right, yes => yes)} pairs of 201 and 409`,
      holds: orders === count && right.every(yes => yes),
      control: { result: `${naive} orders for one cart if only the key is checked`, failed: naive === 2 },
    }
  },
}

export const idempotencyGuarantees = [oneKeyOneOrder, lostReply, keyMisuse, doubleClick]

/** Guarantee 35: guests of one network or email hold at most so many unpaid copies. */

import { times } from '../../test/buyers.ts'
import { aBook, createTestShop, newCustomer, orderFor, type Shopper, type TestShop } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { countWhere, type Guarantee, randomInteger } from './guarantee.ts'

const LIMIT = 60
const STOCK = 1_000
const GUESTS = 50

/** A guest of the network `a` with copies in the cart, ready to order; new each time. */
const fillCart = async (shop: TestShop, quantity: number) => {
  const who: Shopper = shop.visitor({ clientNetwork: () => 'a' })
  const { body: cart } = await who.post('/api/cart/items', { book_id: 'tech-001', quantity })
  return { who, order: orderFor(cart, { ...newCustomer() }) }
}

const countHeld = async (shop: TestShop): Promise<number> =>
  (await readItems(shop, 'orders'))
    .filter(({ status }) => status === 'confirmed')
    .reduce((sum, { items }) => sum + items[0].quantity, 0)

const openShop = (limit: number, sharingTablesOf?: TestShop): Promise<TestShop> =>
  createTestShop({
    ...(sharingTablesOf ? { sharingTablesOf } : { books: [aBook({ stock_quantity: STOCK })] }),
    env: { UNPAID_LIMIT_NETWORK: String(limit) },
  })

/** Guests of two processes place their orders at once, each after `mayOrder`; returns the copies that are then on order. */
const crowd = async (
  shops: readonly [TestShop, TestShop],
  quantities: readonly number[],
  mayOrder = async (_quantity: number): Promise<boolean> => true,
): Promise<number> => {
  const [shop, other] = shops
  const guests = []
  for (const [i, quantity] of quantities.entries())
    guests.push({ quantity, ...(await fillCart(i % 2 === 0 ? shop : other, quantity)) })
  await Promise.all(
    guests.map(async ({ who, order, quantity }) => {
      if (await mayOrder(quantity)) await who.post('/api/orders', order, { 'idempotency-key': 'k' })
    }),
  )
  return countHeld(shop)
}

const unpaidLimit: Guarantee = {
  number: 35,
  title: 'One network cannot empty the shop',
  criterion: `concurrent guests of one client network hold at most ${LIMIT} copies in unpaid orders; a canceled order gives back exactly what it held`,
  prove: async ({ quick, random }) => {
    const rounds = quick ? 2 : 20
    const held: number[] = []
    let [back, stock] = [0, 0]
    for (let round = 0; round < rounds; round++) {
      const shop = await openShop(LIMIT)
      const shops = [shop, await openShop(LIMIT, shop)] as const
      held.push(
        await crowd(
          shops,
          times(GUESTS, () => randomInteger(random, 1, 20)),
        ),
      )
      const orders = await readItems(shop, 'orders')
      await Promise.all(orders.map(({ order_id }) => shop.staff.post(`/api/orders/${order_id}/cancel`)))
      // All of the limit can be held again, and no copy more.
      const again = await crowd(
        shops,
        times(GUESTS, () => 2),
      )
      if (again === LIMIT) back++
      if ((await readStock(shop, 'tech-001')) === STOCK - again) stock++
    }
    const unlimited = await openShop(0)
    const naive = await crowd(
      [unlimited, await openShop(0, unlimited)],
      times(GUESTS, () => 20),
      async quantity => (await countHeld(unlimited)) + quantity <= LIMIT,
    )
    return {
      method: `${rounds} rounds of ${GUESTS} guests of one network with 1 to 20 copies each, at two processes; all orders are then canceled, and ${GUESTS} guests order 2 copies each`,
      result: `at most ${Math.max(...held)} of ${LIMIT} copies held; ${back} of ${rounds} times exactly ${LIMIT} after the cancellations, stock right ${stock} times`,
      holds: countWhere(held, copies => copies > LIMIT) === 0 && back === rounds && stock === rounds,
      control: {
        result: `${naive} copies held where the limit is read before the order`,
        failed: naive > LIMIT,
      },
    }
  },
}

export const unpaidLimitGuarantees = [unpaidLimit]

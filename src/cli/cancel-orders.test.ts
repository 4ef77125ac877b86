/** Tests of canceling many orders where something fails between them. */
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import type { Order } from '../orders/schema.ts'
import { cancelAll } from './cancel-orders.ts'

test('an unexpected error ends the work, and what was done until then is told', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 100 })] })
  for (let i = 0; i < 3; i++) {
    const guest = shop.visitor()
    await guest.post('/api/cart/items', { book_id: 'tech-001' })
    await checkOut(guest)
  }
  const orders: Order[] = []
  for await (const page of shop.deps.orders.scan()) orders.push(...page.orders)
  const { transact } = shop.deps.db
  let calls = 0
  Object.assign(shop.deps.db, {
    transact: async (writes: Parameters<typeof transact>[0]) => {
      // The first order is canceled, its invoice settled and its book announced; the second one fails.
      if (++calls > 3) throw new TypeError('a bug')
      return transact(writes)
    },
  })
  const { canceled, failures, aborted } = await cancelAll(shop.deps, orders, false)
  expect(canceled.map(({ order_id }) => order_id)).toEqual([orders[0]?.order_id])
  expect(failures).toEqual([])
  expect(aborted?.error).toMatchObject({ message: 'a bug' })
})

/** A cart is looked at where it was found, and never shown when it is no longer there. */
import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { faultyEngine } from '../../test/faulty-engine.ts'
import { aBook, checkOut, testShop } from '../../test/kit.ts'

test('many who look at once ask for their carts together, each for their own', async () => {
  const engine = await faultyEngine()
  const shop = await testShop({ books: [aBook()], endpoint: engine.endpoint })
  const shoppers = await Promise.all(
    times(20, async i => {
      const shopper = shop.visitor()
      await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 + (i % 9) })
      await shopper.get('/api/cart')
      return shopper
    }),
  )
  const before = { ...engine.calls }
  const carts = await Promise.all(shoppers.map(shopper => shopper.get('/api/cart')))
  expect(carts.map(({ body }) => body.item_count)).toEqual(times(20, i => 1 + (i % 9)))
  expect(engine.calls.Query).toBe(before.Query)
  expect((engine.calls.BatchGetItem ?? 0) - (before.BatchGetItem ?? 0)).toBeLessThan(10)
})

test('a cart that another process bought or changed is shown as it is', async () => {
  const one = await testShop({ books: [aBook()] })
  const other = await testShop({ beside: one })
  const [here, there] = [one.visitor(), other.visitor()]
  await here.post('/api/cart/items', { book_id: 'tech-001' })
  const headers = { cookie: here.cookie() ?? '' }
  const shown = async () => (await here.get('/api/cart')).body.item_count
  expect(await shown()).toBe(1)
  await there.post(
    '/api/cart/items',
    { book_id: 'tech-001' },
    { ...headers, 'sec-fetch-site': 'same-origin' },
  )
  expect(await shown()).toBe(2)
  const elsewhere = other.visitor()
  await elsewhere.get('/api/cart', headers)
  expect((await checkOut(here)).status).toBe(201)
  expect((await there.get('/api/cart', headers)).body.item_count).toBe(0)
})

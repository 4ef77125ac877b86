/** A cart is looked at where it was found, with the books that lay in it, and shown as cart and books are now. */
import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { ADDRESS, type Answer, aBook, checkOut, createTestShop } from '../../test/kit.ts'

test('many who look at once ask for their carts together, each for their own', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ books: [aBook()], endpoint: engine.endpoint })
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

test('a look is one call for cart and books; only what the cart has besides is asked for by another', async () => {
  const engine = await startFaultyEngine()
  const books = ['tech-001', 'b-2', 'b-3', 'b-4'].map(book_id => aBook({ book_id }))
  const one = await createTestShop({ books, endpoint: engine.endpoint })
  const other = await createTestShop({ sharingTablesOf: one })
  const shopper = one.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  await shopper.post('/api/cart/items', { book_id: 'b-2' })
  const callsOf = async (asking: () => Promise<Answer>) => {
    const before = { ...engine.calls }
    const { body } = await asking()
    const calls = Object.entries(engine.calls).map(([name, count]) => [name, count - (before[name] ?? 0)])
    return { body, calls: calls.filter(([, count]) => count !== 0).sort() }
  }
  const callsOfLook = () => callsOf(() => shopper.get('/api/cart'))
  expect((await callsOfLook()).calls).toEqual([['BatchGetItem', 1]])
  const headers = { cookie: shopper.cookie() ?? '', 'sec-fetch-site': 'same-origin' }
  await other.visitor().post('/api/cart/items', { book_id: 'b-3' }, headers)
  const surprised = await callsOfLook()
  expect([surprised.body.item_count, surprised.calls]).toEqual([3, [['BatchGetItem', 2]]])
  expect((await callsOfLook()).calls).toEqual([['BatchGetItem', 1]])
  const added = await callsOf(() => shopper.post('/api/cart/items', { book_id: 'b-4' }))
  expect([added.body.item_count, added.calls]).toEqual([
    4,
    [
      ['BatchGetItem', 1],
      ['Query', 1],
      ['TransactWriteItems', 1],
    ],
  ])
})

test('a cart that this process has seen is bought with one read and one transaction; another process reads twice', async () => {
  /** A shop of its own each time: a moment after a sale it looks at the books that were sold. */
  const buy = async (where: 'here' | 'at another') => {
    const engine = await startFaultyEngine()
    const one = await createTestShop({
      books: [aBook(), aBook({ book_id: 'b-2' })],
      endpoint: engine.endpoint,
    })
    const at =
      where === 'here' ? one : await createTestShop({ sharingTablesOf: one, endpoint: engine.endpoint })
    const shopper = one.visitor()
    for (const book_id of ['tech-001', 'b-2']) await shopper.post('/api/cart/items', { book_id })
    const { version: cart_version, total: expected_total } = (await shopper.get('/api/cart')).body
    const before = { ...engine.calls }
    const headers = {
      cookie: shopper.cookie() ?? '',
      'sec-fetch-site': 'same-origin',
      'idempotency-key': crypto.randomUUID(),
    }
    const order = { cart_version, expected_total, email: 'guest@example.com', shipping_address: ADDRESS }
    expect((await at.visitor().post('/api/orders', order, headers)).status).toBe(201)
    return Object.entries(engine.calls)
      .map(([name, count]) => [name, count - (before[name] ?? 0)])
      .filter(([, count]) => count !== 0)
      .sort()
  }
  const transaction = ['TransactWriteItems', 1]
  expect(await buy('here')).toEqual([['BatchGetItem', 1], transaction])
  expect(await buy('at another')).toEqual([['BatchGetItem', 1], ['Query', 1], transaction])
})

test('what became of the books since the last look is shown: prices, stock, another category, gone', async () => {
  const books = ['tech-001', 'b-2', 'b-3'].map(book_id => aBook({ book_id, price: 10, stock_quantity: 10 }))
  const one = await createTestShop({ books })
  const other = await createTestShop({ sharingTablesOf: one })
  const shopper = one.visitor()
  for (const { book_id } of books) await shopper.post('/api/cart/items', { book_id, quantity: 2 })
  const shown = async () => (await shopper.get('/api/cart')).body
  expect((await shown()).can_check_out).toBe(true)
  const staff = (method: string, path: string, body?: object) => other.staff.call(method, path, body)
  expect((await staff('PATCH', '/api/books/tech-001', { price: 11.5, category: 'Elsewhere' })).status).toBe(
    200,
  )
  expect((await staff('PATCH', '/api/books/b-2', { stock_delta: -9 })).status).toBe(200)
  expect((await staff('DELETE', '/api/books/b-3')).status).toBeLessThan(300)
  const { items, can_check_out } = await shown()
  expect(items).toMatchObject([
    { category: 'Elsewhere', price: 11.5, previous_price: 10 },
    { price: 10, available_quantity: 1 },
    { available_quantity: 0 },
  ])
  expect(can_check_out).toBe(false)
  expect(await shown()).toMatchObject({ items, can_check_out })
})

test('a cart that another process bought or changed is shown as it is', async () => {
  const one = await createTestShop({ books: [aBook()] })
  const other = await createTestShop({ sharingTablesOf: one })
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

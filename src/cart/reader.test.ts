/** The cart reader: calls per read, coalescing, and carts and books shown as they are now. */
import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { type Answer, aBook, checkOut, createTestShop, orderFor } from '../../test/kit.ts'
import { createBookTable } from '../catalog/table.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { minorUnits } from '../core/money.ts'
import { createCartReader } from './reader.ts'
import { createCartTable } from './table.ts'

type Calls = Readonly<Record<string, number>>

/** Calls between two counts, by operation. */
const callsSince = (before: Calls, after: Calls) =>
  Object.entries(after)
    .map(([operation, count]) => [operation, count - (before[operation] ?? 0)])
    .filter(([, count]) => count !== 0)
    .sort()

test('concurrent reads share calls, and each shopper gets their own cart', async () => {
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

test('a cart and its books are one call; books that another process added to it are a second one', async () => {
  const engine = await startFaultyEngine()
  const books = ['tech-001', 'b-2', 'b-3', 'b-4'].map(book_id => aBook({ book_id }))
  const one = await createTestShop({ books, endpoint: engine.endpoint })
  const other = await createTestShop({ sharingTablesOf: one })
  const shopper = one.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  await shopper.post('/api/cart/items', { book_id: 'b-2' })
  const counted = async (request: () => Promise<Answer>) => {
    const before = { ...engine.calls }
    const { body } = await request()
    return [body.item_count, callsSince(before, engine.calls)]
  }
  const read = () => counted(() => shopper.get('/api/cart'))
  expect(await read()).toEqual([2, [['BatchGetItem', 1]]])
  const headers = { cookie: shopper.cookie() ?? '', 'sec-fetch-site': 'same-origin' }
  await other.visitor().post('/api/cart/items', { book_id: 'b-3' }, headers)
  expect(await read()).toEqual([3, [['BatchGetItem', 2]]])
  expect(await read()).toEqual([3, [['BatchGetItem', 1]]])
  expect(await counted(() => shopper.post('/api/cart/items', { book_id: 'b-4' }))).toEqual([
    4,
    [
      ['BatchGetItem', 1],
      ['Query', 1],
      ['TransactWriteItems', 1],
    ],
  ])
})

test('checkout is one read and one transaction in a process that knows the cart, and one read more elsewhere', async () => {
  /** A new shop each time, because a shop reads sold books again a moment after the sale. */
  const buy = async (where: 'same process' | 'another process') => {
    const engine = await startFaultyEngine()
    const one = await createTestShop({
      books: [aBook(), aBook({ book_id: 'b-2' })],
      endpoint: engine.endpoint,
    })
    const at =
      where === 'same process'
        ? one
        : await createTestShop({ sharingTablesOf: one, endpoint: engine.endpoint })
    const shopper = one.visitor()
    for (const book_id of ['tech-001', 'b-2']) await shopper.post('/api/cart/items', { book_id })
    const order = orderFor((await shopper.get('/api/cart')).body)
    const before = { ...engine.calls }
    const headers = {
      cookie: shopper.cookie() ?? '',
      'sec-fetch-site': 'same-origin',
      'idempotency-key': crypto.randomUUID(),
    }
    expect((await at.visitor().post('/api/orders', order, headers)).status).toBe(201)
    return callsSince(before, engine.calls)
  }
  const transaction = ['TransactWriteItems', 1]
  expect(await buy('same process')).toEqual([['BatchGetItem', 1], transaction])
  expect(await buy('another process')).toEqual([['BatchGetItem', 1], ['Query', 1], transaction])
})

test('a cart shows what became of its books since it was read last: price, stock, category, deletion', async () => {
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

test('a cart that another process changed or bought is shown as it is now', async () => {
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

const shelf = times(16, i =>
  aBook({ book_id: `book-${i}`, category: i % 2 ? 'Fiction' : 'Science', price: 10 + i }),
)

/** A reader of its own on the tables of a shop with the shelf, and the number of its batch reads. */
const shelfReader = async (categoryOf: (bookId: string) => string | undefined) => {
  const { deps } = await createTestShop({ books: shelf, withStaff: false })
  let calls = 0
  const batchGetAll: Dynamo['batchGetAll'] = (...reads) => {
    calls++
    return deps.db.batchGetAll(...reads)
  }
  const db = { ...deps.db, batchGetAll }
  const context = { ...deps, db }
  const tables = { books: createBookTable(context), carts: createCartTable(context) }
  return { deps, reader: createCartReader({ db, ...tables, categoryOf }), calls: () => calls }
}
const shelfCategory = (bookId: string) => shelf.find(book => book.book_id === bookId)?.category

test('books that many new shoppers add at once are few calls, and each gets their own', async () => {
  const { reader, calls } = await shelfReader(shelfCategory)
  const found = await Promise.all(times(16, i => reader.readBooks([`book-${i}`, `book-${(i + 1) % 16}`])))
  found.forEach((books, i) => {
    const next = (i + 1) % 16
    expect([...books.values()].map(one => [one.book_id, one.price])).toEqual([
      [`book-${i}`, 1000 + 100 * i],
      [`book-${next}`, 1000 + 100 * next],
    ])
  })
  expect(calls()).toBeLessThanOrEqual(2)
})

test('a book that is read under its own and under an outdated category at once is found by both', async () => {
  const categories = ['Science', 'Fiction']
  const { reader } = await shelfReader(() => categories.shift())
  const found = await Promise.all(times(2, () => reader.readBooks(['book-0'])))
  for (const books of found) expect(books.get('book-0')).toMatchObject({ category: 'Science', price: 1000 })
})

test('a read that begins after a price change sees the new price, however many reads are coalesced', async () => {
  const { deps, reader } = await shelfReader(shelfCategory)
  const readMany = () => times(8, () => reader.readBooks(['book-0']))
  for (let round = 1; round <= 10; round++) {
    const before = readMany()
    const key = { category: 'Science', book_id: 'book-0' }
    await deps.db.write(deps.books.edit(key, { price: minorUnits(2000 + round) }))
    const after = await Promise.all(readMany())
    expect(new Set(after.map(books => books.get('book-0')?.price))).toEqual(new Set([2000 + round]))
    await Promise.all(before)
  }
})

/** Concurrent changes of one cart by several devices (optimistic locking): nothing is lost, nothing is applied twice. */
import { expect, test } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'

const MIDNIGHT = Date.parse('2025-09-06T00:00:00Z')

/** Headers with the cookie of a guest who has no cart yet. */
const guestHeaders = (n: number) => ({
  cookie: `cloudshelf_guest=${String(n).padStart(43, 'A')}`,
  'sec-fetch-site': 'same-origin',
})

test('adds from 20 devices at once are all applied', async () => {
  const books = Array.from({ length: 20 }, (_, i) => aBook({ book_id: `b-${i}` }))
  const shop = await createTestShop({ books })
  const visitor = shop.visitor()
  for (let round = 0; round < 5; round++) {
    const headers = guestHeaders(round)
    const answers = await Promise.all(
      books.map(({ book_id }) => visitor.post('/api/cart/items', { book_id, quantity: 2 }, headers)),
    )
    expect(answers.map(({ status }) => status)).toEqual(books.map(() => 200))
    const { body } = await visitor.get('/api/cart', headers)
    expect(body.item_count).toBe(40)
  }
  expect((await readItems(shop, 'carts')).length).toBe(5)
})

test.each([
  ['on one day', 0, 0],
  ['on both sides of midnight', -1, 1],
  ['at midnight and a day later', 0, 86_399_999],
])('two first adds at once create one cart: %s', async (_, before, after) => {
  const time = { now: MIDNIGHT }
  const early = await createTestShop({
    books: [aBook(), aBook({ book_id: 'tech-002' })],
    now: () => new Date(time.now + before),
  })
  const late = await createTestShop({ sharingTablesOf: early, now: () => new Date(time.now + after) })
  for (let round = 0; round < 10; round++) {
    const headers = guestHeaders(round)
    const answers = await Promise.all([
      early.visitor().post('/api/cart/items', { book_id: 'tech-001', quantity: 2 }, headers),
      late.visitor().post('/api/cart/items', { book_id: 'tech-002', quantity: 3 }, headers),
      early.visitor().post('/api/cart/items', { book_id: 'tech-002', quantity: 1 }, headers),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    for (const shop of [early, late])
      expect((await shop.visitor().get('/api/cart', headers)).body.item_count).toBe(6)
  }
  expect((await readItems(early, 'carts')).length).toBe(10)
})

test('a cart that was created before midnight is used after it', async () => {
  let now = MIDNIGHT - 1
  const shop = await createTestShop({ books: [aBook()], now: () => new Date(now) })
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  now += 2
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  now += 3 * 86_400_000
  const { body } = await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  expect(body.item_count).toBe(3)
  expect(await readItems(shop, 'carts')).toMatchObject([{ cart_id: 'cart-2025-09-05', item_count: 3 }])
})

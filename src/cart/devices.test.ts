/** Several devices of one shopper change one cart at once: nothing is lost, nothing is done twice. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { itemsIn } from '../../test/contents.ts'
import { type Answer, aBook, type Json, testShop } from '../../test/kit.ts'

const MIDNIGHT = Date.parse('2025-09-06T00:00:00Z')

/** A cookie as a browser got it before its first cart. */
const cookieOf = (n: number) => ({
  cookie: `cloudshelf_guest=${String(n).padStart(43, 'A')}`,
  'sec-fetch-site': 'same-origin',
})

test('20 devices that add at once lose nothing', async () => {
  const books = Array.from({ length: 20 }, (_, i) => aBook({ book_id: `b-${i}` }))
  const shop = await testShop({ books })
  const visitor = shop.visitor()
  for (let round = 0; round < 5; round++) {
    const headers = cookieOf(round)
    const answers = await Promise.all(
      books.map(({ book_id }) => visitor.post('/api/cart/items', { book_id, quantity: 2 }, headers)),
    )
    expect(answers.map(({ status }) => status)).toEqual(books.map(() => 200))
    const { body } = await visitor.get('/api/cart', headers)
    expect(body.item_count).toBe(40)
  }
  expect((await itemsIn(shop, 'carts')).length).toBe(5)
})

test.each([
  ['on one day', 0, 0],
  ['on both sides of midnight', -1, 1],
  ['at midnight and a day later', 0, 86_399_999],
])('two first adds at once make one cart: %s', async (_, before, after) => {
  const time = { now: MIDNIGHT }
  const early = await testShop({
    books: [aBook(), aBook({ book_id: 'tech-002' })],
    now: () => new Date(time.now + before),
  })
  const late = await testShop({ beside: early, now: () => new Date(time.now + after) })
  for (let round = 0; round < 10; round++) {
    const headers = cookieOf(round)
    const answers = await Promise.all([
      early.visitor().post('/api/cart/items', { book_id: 'tech-001', quantity: 2 }, headers),
      late.visitor().post('/api/cart/items', { book_id: 'tech-002', quantity: 3 }, headers),
      early.visitor().post('/api/cart/items', { book_id: 'tech-002', quantity: 1 }, headers),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    for (const shop of [early, late])
      expect((await shop.visitor().get('/api/cart', headers)).body.item_count).toBe(6)
  }
  expect((await itemsIn(early, 'carts')).length).toBe(10)
})

test('a cart that was begun before midnight goes on after it', async () => {
  let now = MIDNIGHT - 1
  const shop = await testShop({ books: [aBook()], now: () => new Date(now) })
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  now += 2
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  now += 3 * 86_400_000
  const { body } = await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  expect(body.item_count).toBe(3)
  expect(await itemsIn(shop, 'carts')).toMatchObject([{ cart_id: 'cart-2025-09-05', item_count: 3 }])
})

type Step = {
  readonly device: number
  readonly book: number
  readonly kind: 'add' | 'remove'
  readonly quantity: number
}

const step: fc.Arbitrary<Step> = fc.record({
  device: fc.nat({ max: 3 }),
  book: fc.nat({ max: 2 }),
  kind: fc.constantFrom('add', 'add', 'add', 'remove'),
  quantity: fc.integer({ min: 1, max: 3 }),
})

test('whatever several devices do at once, the cart is what their answered steps make in some order', async () => {
  const books = [0, 1, 2].map(i => aBook({ book_id: `b-${i}`, stock_quantity: 1_000 }))
  const shop = await testShop({ books })
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async steps => {
      const headers = cookieOf(1_000 + runs++)
      const visitor = shop.visitor()
      const done: { step: Step; answer: Answer }[] = []
      await Promise.all(
        [0, 1, 2, 3].map(async device => {
          for (const one of steps.filter(it => it.device === device)) {
            const path = `/api/cart/items/b-${one.book}`
            const body = { book_id: `b-${one.book}`, quantity: one.quantity }
            const answer =
              one.kind === 'add'
                ? await visitor.post('/api/cart/items', body, headers)
                : await visitor.call('DELETE', path, undefined, headers)
            done.push({ step: one, answer })
          }
        }),
      )
      const { body } = await visitor.get('/api/cart', headers)
      for (const book of [0, 1, 2]) {
        const line = body.items.find((it: Json) => it.book_id === `b-${book}`)?.quantity ?? 0
        const mine = done.filter(it => it.step.book === book)
        for (const {
          step: { kind },
          answer,
        } of mine)
          expect(kind === 'add' ? [200, 422] : [200, 404]).toContain(answer.status)
        const added = mine.filter(it => it.step.kind === 'add' && it.answer.status === 200)
        const sum = added.reduce((all, it) => all + it.step.quantity, 0)
        const removed = mine.some(it => it.step.kind === 'remove' && it.answer.status === 200)
        if (removed) expect(line).toBeLessThanOrEqual(sum)
        else expect(line).toBe(sum)
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)

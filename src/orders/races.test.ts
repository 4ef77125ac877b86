import { expect, test } from 'vitest'
import { place, soldOf, statusesOf, times, withCarts } from '../../test/buyers.ts'
import { itemsIn, stockOf } from '../../test/contents.ts'
import { aBook, testShop } from '../../test/kit.ts'
import type { BookKey } from '../catalog/table.ts'

const BUYERS = 60
const ROUNDS = 20
const STOCK = 10

test('60 buyers at once for 10 copies: 10 are sold, and none is left, 20 times', async () => {
  const books = times(ROUNDS, i => aBook({ book_id: `round-${i}`, stock_quantity: STOCK }))
  const shop = await testShop({ books })
  for (let round = 0; round < ROUNDS; round++) {
    const id = `round-${round}`
    // In half of the rounds some want more than one copy: the last ones may then not fit.
    const buyers = await withCarts(shop, BUYERS, id, i => (round % 2 === 0 ? 1 : 1 + (i % 3)))
    const answers = await Promise.all(buyers.map(buyer => place(buyer)))
    const sold = answers
      .filter(({ status }) => status === 201)
      .reduce((count, { body }) => count + body.items[0].quantity, 0)
    const counts = statusesOf(answers)
    expect((counts['201'] ?? 0) + (counts['409 out_of_stock'] ?? 0), JSON.stringify(counts)).toBe(BUYERS)
    if (round % 2 === 0) expect(sold).toBe(STOCK)
    else expect(sold).toBeLessThanOrEqual(STOCK)
    expect(await soldOf(shop, id)).toBe(sold)
    expect(await stockOf(shop, id)).toBe(STOCK - sold)
  }
  expect(shop.reported).toEqual([])
}, 60_000)

test('the same race against a checkout that reads and then writes sells more than there is', async () => {
  const shop = await testShop({ books: [aBook({ stock_quantity: STOCK })] })
  const { names } = shop
  const { db, books } = shop.deps
  const key: BookKey = { category: 'Technology', book_id: 'tech-001' }
  const naiveSale = async (): Promise<boolean> => {
    const seen = await books.get(key)
    if (!seen || seen.stock_quantity < 1) return false
    const left = { ':left': seen.stock_quantity - 1 }
    await db.write({
      action: 'Update',
      table: names.books,
      key,
      set: 'SET stock_quantity = :left',
      values: left,
    })
    return true
  }
  const sales = await Promise.all(times(BUYERS, naiveSale))
  expect(sales.filter(sold => sold).length).toBeGreaterThan(STOCK)
})

test('20 posts of one key at once are one order, which all of them get', async () => {
  const shop = await testShop({ books: [aBook({ stock_quantity: 1_000 })] })
  const rounds = 10
  for (let round = 0; round < rounds; round++) {
    const [buyer] = await withCarts(shop, 1, 'tech-001', () => 2)
    if (!buyer) throw new Error('no buyer')
    const answers = await Promise.all(times(20, () => place(buyer, 'one-key')))
    expect(statusesOf(answers)).toEqual({ 201: 20 })
    expect(new Set(answers.map(({ body }) => body.order_id)).size).toBe(1)
    const first = answers.filter(({ headers }) => !headers.has('idempotency-replayed'))
    expect(first.length).toBe(1)
  }
  expect((await itemsIn(shop, 'orders')).length).toBe(rounds)
  expect(await stockOf(shop, 'tech-001')).toBe(1_000 - 2 * rounds)
})

test('two keys for one cart at once are one order and one refusal', async () => {
  const shop = await testShop({ books: [aBook({ stock_quantity: 1_000 })] })
  const rounds = 20
  for (let round = 0; round < rounds; round++) {
    const [buyer] = await withCarts(shop, 1, 'tech-001')
    if (!buyer) throw new Error('no buyer')
    const answers = await Promise.all(['one', 'two'].map(key => place(buyer, key)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    const refused = answers.find(({ status }) => status === 409)
    expect(['cart_changed', 'cart_empty']).toContain(refused?.body.code)
  }
  expect((await itemsIn(shop, 'orders')).length).toBe(rounds)
  expect(await stockOf(shop, 'tech-001')).toBe(1_000 - rounds)
})

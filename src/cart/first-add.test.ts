/** First add of a new shopper: no cart is looked for, and exactly one is created. */
import { expect, test } from 'vitest'
import { type Fault, startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import { putForeignItem, readItems } from '../../test/table-contents.ts'

const open = async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 3 })], endpoint: engine.endpoint })
  let puts = 0
  /** This happens to the first put. */
  const failOnce = (fault: Fault) =>
    engine.plan(operation => (operation === 'PutItem' && ++puts === 1 ? fault : undefined))
  return { engine, shop, failOnce, puts: () => puts }
}
const oneCopy = { book_id: 'tech-001' }

test('it is one read of the book and one write, and the cart can be bought', async () => {
  const { engine, shop } = await open()
  const before = { ...engine.calls }
  const newcomer = shop.visitor()
  const { status, body } = await newcomer.post('/api/cart/items', oneCopy)
  expect([status, body.item_count]).toEqual([200, 1])
  const calls = Object.entries(engine.calls).map(([name, count]) => [name, count - (before[name] ?? 0)])
  expect(calls.filter(([, count]) => count !== 0)).toEqual([
    ['BatchGetItem', 1],
    ['PutItem', 1],
  ])
  expect((await newcomer.post('/api/cart/items', oneCopy)).body.item_count).toBe(2)
  expect((await checkOut(newcomer)).status).toBe(201)
})

test.each(['lose', 'cut', 'refuse'] as const)(
  'when the first write meets “%s” there is one cart with one copy',
  async fault => {
    const { shop, failOnce, puts } = await open()
    failOnce(fault)
    const newcomer = shop.visitor()
    const { status, body } = await newcomer.post('/api/cart/items', oneCopy)
    expect([status, body.item_count, puts()]).toEqual([200, 1, 2])
    const carts = await readItems(shop, 'carts')
    expect(carts.map(({ version, item_count }) => [version, item_count])).toEqual([[body.version, 1]])
    expect((await newcomer.get('/api/cart')).body).toEqual(body)
  },
)

test('a repeated write never overwrites a cart that was changed in between', async () => {
  const { shop, failOnce } = await open()
  failOnce({
    afterCommit: async () => {
      const [{ user_id, cart_id, expires_at }] = await readItems(shop, 'carts')
      await putForeignItem(shop, 'carts', {
        user_id: { S: user_id },
        cart_id: { S: cart_id },
        expires_at: { N: String(expires_at) },
        items: { L: [] },
        version: { S: 'of another' },
      })
    },
  })
  const { status, body } = await shop.visitor().post('/api/cart/items', oneCopy)
  expect([status, body.code]).toEqual([503, 'store_busy'])
  expect((await readItems(shop, 'carts')).map(({ version }) => version)).toEqual(['of another'])
})

test('adding a book that cannot be bought creates no cart and no guest', async () => {
  const { shop } = await open()
  const newcomer = shop.visitor()
  const refused = [
    await newcomer.post('/api/cart/items', { ...oneCopy, quantity: 4 }),
    await newcomer.post('/api/cart/items', { book_id: 'none' }),
  ]
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
    [409, 'out_of_stock'],
    [404, 'book_not_found'],
  ])
  expect([newcomer.cookie(), await readItems(shop, 'carts')]).toEqual([undefined, []])
})

import { expect, test } from 'vitest'
import { aBook, createTestShop, type Shopper, type TestShop } from '../../test/kit.ts'
import { MAX_LINES, MAX_QUANTITY } from './schema.ts'

const books = Array.from({ length: 60 }, (_, i) => aBook({ book_id: `b-${i}`, stock_quantity: 100 }))
const add = (who: Shopper, book_id: string, quantity = 1) =>
  who.post('/api/cart/items', { book_id, quantity })
const linesOf = async (who: Shopper) =>
  Object.fromEntries(
    (await who.get('/api/cart')).body.items.map((line: { book_id: string; quantity: number }) => [
      line.book_id,
      line.quantity,
    ]),
  )

/** A guest with a cart, who then signs in in the same browser. */
const signedInFrom = async (shop: TestShop, guest: Shopper) => shop.account({ from: guest })

test('a guest’s cart is merged into the account’s: quantities are added up, to at most 20 of a book', async () => {
  const shop = await createTestShop({ books })
  const [guest, elsewhere] = [shop.visitor(), await shop.account()]
  await add(guest, 'b-1', 2)
  await add(guest, 'b-2', 15)
  await add(elsewhere, 'b-2', 15)
  await add(elsewhere, 'b-3', 1)
  const cookies = [guest.cookie(), elsewhere.cookie()].join('; ')
  const both = (path: string) => shop.visitor().get(path, { cookie: cookies })
  const merged = await both('/api/cart')
  expect(
    merged.body.items.map((one: { book_id: string; quantity: number }) => [one.book_id, one.quantity]),
  ).toEqual([
    ['b-2', MAX_QUANTITY],
    ['b-3', 1],
    ['b-1', 2],
  ])
  expect(await linesOf(guest)).toEqual({})
  expect((await both('/api/cart')).body).toEqual(merged.body)
})

test('lines beyond fifty stay in the guest’s cart, and the account’s own come first', async () => {
  const shop = await createTestShop({ books })
  const [guest, elsewhere] = [shop.visitor(), await shop.account()]
  for (let i = 0; i < 3; i++) await add(guest, `b-${50 + i}`)
  for (let i = 0; i < MAX_LINES - 1; i++) await add(elsewhere, `b-${i}`)
  const cookies = { cookie: [guest.cookie(), elsewhere.cookie()].join('; ') }
  const { items } = (await shop.visitor().get('/api/cart', cookies)).body
  expect(items).toHaveLength(MAX_LINES)
  expect(Object.keys(await linesOf(guest))).toHaveLength(2)
  await elsewhere.call('DELETE', '/api/cart/items/b-0')
  await shop.visitor().get('/api/cart', cookies)
  expect(Object.keys(await linesOf(guest))).toHaveLength(1)
})

test('a failed merge leaves both carts unchanged, is reported, and does not fail the request', async () => {
  const shop = await createTestShop({ books })
  const guest = shop.visitor()
  await add(guest, 'b-1', 3)
  const account = await signedInFrom(shop, guest)
  const { transact } = shop.deps.db
  Object.assign(shop.deps.db, { transact: () => Promise.reject(new Error('the store is gone')) })
  expect((await account.get('/api/cart')).body.item_count).toBe(0)
  expect(shop.reportedErrors.splice(0)).toEqual([new Error('the store is gone')])
  Object.assign(shop.deps.db, { transact })
  expect(await linesOf(account)).toEqual({ 'b-1': 3 })
})

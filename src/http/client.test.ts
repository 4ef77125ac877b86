import { expect, expectTypeOf, test } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import * as cart from '../cart/api.ts'
import * as catalog from '../catalog/api.ts'
import { createBook } from '../catalog/staff-api.ts'
import { createShopClient } from './client.ts'

const open = async () => {
  const shop = await createTestShop({ books: [aBook()] })
  return (headers: Record<string, string> = {}) =>
    createShopClient('http://localhost:3000', shop.fetch, headers)
}

test('a call resolves to the typed reply of the endpoint', async () => {
  const call = (await open())()
  const page = await call(catalog.browseBooks, { query: { q: 'clean code', max_price: '50.00' } })
  expect(page.items).toMatchObject([{ book_id: 'tech-001', price: 42.99 }])
  expectTypeOf(page.items[0]?.availability).toEqualTypeOf<'in_stock' | 'few_left' | 'sold_out' | undefined>()
  const book = await call(catalog.getBook, { params: { book_id: '978-0-13-235088-4' } }).catch(error => error)
  expect(book).toMatchObject({ code: 'book_not_found' })
})

test('a path parameter with special characters reaches the endpoint unchanged', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const cookie = (await shop.account({ role: 'staff' })).cookie() ?? ''
  const headers = { cookie, 'sec-fetch-site': 'same-origin' }
  const call = createShopClient('http://localhost:3000', shop.fetch, headers)
  await call(createBook, {
    body: {
      book_id: 'arts-1',
      category: 'Arts & Crafts/50%',
      title: 'Knots',
      author: 'A. Sailor',
      price: 9.5,
      stock_quantity: 3,
    },
  })
  const page = await call(catalog.categoryBooks, { params: { category: 'Arts & Crafts/50%' } })
  expect(page.items).toMatchObject([{ book_id: 'arts-1' }])
})

test('an error response rejects with the ShopError and its details', async () => {
  const call = (await open())()
  const refused = call(cart.addCartItem, { body: { book_id: 'tech-001', quantity: 20 } })
  await expect(refused).resolves.toMatchObject({ item_count: 20 })
  const missing = call(cart.addCartItem, { body: { book_id: 'no-such-book', quantity: 1 } })
  await expect(missing).rejects.toMatchObject({ name: 'ShopError', code: 'book_not_found' })
})

test('a response that is not a problem document rejects too', async () => {
  const call = createShopClient(
    'http://localhost:3000',
    async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
  )
  await expect(call(catalog.listCategories, {})).rejects.toMatchObject({ code: 'store_unavailable' })
})

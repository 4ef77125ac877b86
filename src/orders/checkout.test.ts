import { expect, test } from 'vitest'
import { aBook, checkOut, testShop } from '../../test/kit.ts'

test('the specification’s sample order comes out as printed there', async () => {
  const shop = await testShop({ books: [aBook()] })
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const { status, body } = await checkOut(shopper)
  expect(status).toBe(201)
  expect(body).toMatchObject({
    subtotal: 42.99,
    tax: 3.44,
    shipping: 5.99,
    total: 52.42,
    status: 'confirmed',
  })
})

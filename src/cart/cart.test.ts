import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type Shopper } from '../../test/kit.ts'
import { dumpTables, readItems } from '../../test/table-contents.ts'

const add = (shopper: Shopper, book_id = 'tech-001', quantity = 1) =>
  shopper.post('/api/cart/items', { book_id, quantity })
const set = (shopper: Shopper, quantity: number, book_id = 'tech-001') =>
  shopper.call('PUT', `/api/cart/items/${book_id}`, { quantity })

test('a cart is an item as the specification has it, with a version and an expiry in seconds', async () => {
  const shop = await createTestShop({ books: [aBook()], now: () => new Date('2025-09-05T10:00:00Z') })
  await add(shop.visitor(), 'tech-001', 2)
  expect(await readItems(shop, 'carts')).toEqual([
    {
      user_id: expect.stringMatching(/^guest-[0-9a-f]{40}$/),
      cart_id: 'cart-2025-09-05',
      items: [
        { book_id: 'tech-001', category: 'Technology', title: 'Clean Code', price: 42.99, quantity: 2 },
      ],
      total_amount: 85.98,
      item_count: 2,
      version: expect.stringMatching(/^[0-9a-z]{26}$/),
      created_at: '2025-09-05T10:00:00.000Z',
      updated_at: '2025-09-05T10:00:00.000Z',
      expires_at: Date.parse('2025-09-12T10:00:00Z') / 1000,
    },
  ])
})

test('reading a cart creates neither a cookie nor a cart', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const visitor = shop.visitor()
  const before = await dumpTables(shop)
  expect((await visitor.get('/api/cart')).body).toMatchObject({ version: null, items: [], total: 0 })
  expect((await visitor.call('DELETE', '/api/cart')).status).toBe(200)
  expect((await visitor.call('DELETE', '/api/cart/items/tech-001')).body.code).toBe('cart_line_not_found')
  expect((await set(visitor, 1)).body.code).toBe('cart_line_not_found')
  expect((await add(visitor, 'no-such-book')).body.code).toBe('book_not_found')
  expect(visitor.cookie()).toBeUndefined()
  expect(await dumpTables(shop)).toBe(before)
})

test('the cookie is a secret of 256 bits that script cannot read and other sites cannot send', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const plain = (await add(shop.visitor())).headers.get('set-cookie')
  expect(plain).toMatch(
    /^cloudshelf_guest=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Lax$/,
  )
  const https = await createTestShop({ books: [aBook()], env: { PUBLIC_URL: 'https://shop.example' } })
  const bound = (await add(https.visitor())).headers.get('set-cookie')
  expect(bound).toMatch(/^__Host-cloudshelf_guest=[A-Za-z0-9_-]{43}; Path=\/;.*; HttpOnly;.*; Secure$/)
})

test('a cookie that the shop did not set gives access to no cart', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  await add(shopper)
  const cookie = shopper.cookie() ?? ''
  for (const bent of [cookie.slice(0, -1), `${cookie}x`, cookie.toUpperCase(), 'cloudshelf_guest=', 'x=y'])
    expect((await shop.visitor().get('/api/cart', { cookie: bent })).body.items).toEqual([])
  expect((await shop.visitor().get('/api/cart', { cookie: `a=b; ${cookie}; c` })).body.item_count).toBe(1)
})

test('copies are added, quantities set, lines removed and the cart emptied', async () => {
  const shop = await createTestShop({ books: [aBook(), aBook({ book_id: 'tech-002', price: 10 })] })
  const shopper = shop.visitor()
  await add(shopper)
  expect((await add(shopper, 'tech-001', 2)).body.items).toMatchObject([{ quantity: 3, line_total: 128.97 }])
  await add(shopper, 'tech-002')
  const cart = (await set(shopper, 1)).body
  expect(cart).toMatchObject({ item_count: 2, total_amount: 52.99, tax: 4.24, shipping: 5.99, total: 63.22 })
  expect(cart.items.map((line: { book_id: string }) => line.book_id)).toEqual(['tech-001', 'tech-002'])
  const one = (await shopper.call('DELETE', '/api/cart/items/tech-001')).body
  expect(one.items).toMatchObject([{ book_id: 'tech-002' }])
  expect((await shopper.call('DELETE', '/api/cart/items/tech-001')).status).toBe(404)
  const none = (await shopper.call('DELETE', '/api/cart')).body
  expect(none).toMatchObject({ version: null, items: [], total: 0, shipping: 0, can_check_out: false })
  expect((await add(shopper)).body.item_count).toBe(1)
})

test('each change gives the cart a new version, never one that it had before', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const versions = [(await add(shopper)).body.version]
  for (const quantity of [2, 1, 2, 2]) versions.push((await set(shopper, quantity)).body.version)
  await shopper.call('DELETE', '/api/cart')
  versions.push((await add(shopper)).body.version)
  expect(new Set(versions).size).toBe(versions.length)
  expect((await shopper.get('/api/cart')).body.version).toBe(versions.at(-1))
})

test('a cart takes at most 20 copies of a book, however they are added', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 100 })] })
  const shopper = shop.visitor()
  expect((await add(shopper, 'tech-001', 20)).status).toBe(200)
  expect(await add(shopper, 'tech-001', 1)).toMatchObject({ status: 422, body: { code: 'quantity_limit' } })
  expect((await set(shopper, 21)).status).toBe(400)
  expect((await add(shop.visitor(), 'tech-001', 21)).status).toBe(400)
  const both = shop.visitor()
  await add(both, 'tech-001', 10)
  const answers = await Promise.all([add(both, 'tech-001', 9), add(both, 'tech-001', 9)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  expect((await both.get('/api/cart')).body.item_count).toBe(19)
})

test('a cart takes at most 50 books, also when the last two are added at once, and all 50 can be bought', async () => {
  const books = Array.from({ length: 52 }, (_, i) => aBook({ book_id: `b-${i}`, price: 1.01 }))
  const shop = await createTestShop({ books })
  const shopper = await shop.account()
  for (let i = 0; i < 49; i++) await add(shopper, `b-${i}`)
  const answers = await Promise.all([add(shopper, 'b-49'), add(shopper, 'b-50')])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  expect((await add(shopper, 'b-51')).body.code).toBe('line_limit')
  const full = await add(shopper, 'b-0')
  expect(full.body).toMatchObject({ item_count: 51, total_amount: 51.51 })
  const order = await checkOut(shopper)
  expect(order).toMatchObject({ status: 201, body: { subtotal: 51.51, tax: 4.12, total: 61.62 } })
  expect(order.body.items.length).toBe(50)
})

test('a cart takes no more copies than are in stock, and the response says how many are left', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 3 })] })
  const shopper = shop.visitor()
  await add(shopper, 'tech-001', 2)
  const items = [{ book_id: 'tech-001', requested_quantity: 4, available_quantity: 3 }]
  expect(await add(shopper, 'tech-001', 2)).toMatchObject({
    status: 409,
    body: { code: 'out_of_stock', items },
  })
  expect((await set(shopper, 4)).body).toMatchObject({ code: 'out_of_stock', items })
  expect((await set(shopper, 3)).status).toBe(200)
})

test('the cart shows what changed since its books were added', async () => {
  const shop = await createTestShop({
    books: [aBook(), aBook({ book_id: 'gone' }), aBook({ book_id: 'short' })],
  })
  const shopper = shop.visitor()
  await add(shopper)
  await add(shopper, 'gone')
  await add(shopper, 'short', 5)
  const { staff } = shop
  await staff.call('PATCH', '/api/books/tech-001', { price: 40, title: 'Cleaner Code', category: 'Craft' })
  await staff.call('DELETE', '/api/books/gone')
  await staff.call('PATCH', '/api/books/short', { stock_delta: -21 })
  const { body } = await shopper.get('/api/cart')
  expect(body.items).toEqual([
    {
      book_id: 'tech-001',
      category: 'Craft',
      title: 'Cleaner Code',
      author: 'Robert C. Martin',
      price: 40,
      quantity: 1,
      line_total: 40,
      previous_price: 42.99,
    },
    expect.objectContaining({ book_id: 'gone', available_quantity: 0 }),
    expect.objectContaining({ book_id: 'short', quantity: 5, available_quantity: 4 }),
  ])
  expect(body).toMatchObject({ total_amount: 40, tax: 3.2, total: 49.19, can_check_out: false })
  await shopper.call('DELETE', '/api/cart/items/gone')
  const mended = (await set(shopper, 4, 'short')).body
  expect(mended).toMatchObject({ can_check_out: true, total_amount: 211.96 })
})

test('a retired book cannot be added to a cart, and is shown as sold out where it is in one', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  await add(shopper)
  await shop.staff.call('PATCH', '/api/books/tech-001', { status: 'retired' })
  expect((await shopper.get('/api/cart')).body.items).toMatchObject([{ available_quantity: 0 }])
  expect((await add(shopper)).body.code).toBe('book_not_found')
  await shop.staff.call('PATCH', '/api/books/tech-001', { status: 'active' })
  expect((await add(shopper)).body.item_count).toBe(2)
})

test('book ids that are special words in JavaScript work like any other', async () => {
  const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '-', '_']
  const shop = await createTestShop({ books: ids.map(book_id => aBook({ book_id })) })
  const shopper = shop.visitor()
  for (const id of ids) {
    expect((await shopper.get(`/api/books/${id}`)).body.book_id).toBe(id)
    expect((await add(shopper, id)).status, id).toBe(200)
  }
  expect((await shopper.get('/api/cart')).body.item_count).toBe(ids.length)
  for (const id of ids) expect((await shopper.call('DELETE', `/api/cart/items/${id}`)).status, id).toBe(200)
})

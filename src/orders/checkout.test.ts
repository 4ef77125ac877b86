import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type Json, orderFor, type Shopper } from '../../test/kit.ts'
import { callEngine, dumpTables, putForeignItem, readItems, readStock } from '../../test/table-contents.ts'
import { isInOutbox } from '../core/outbox.ts'

const fill = async (shopper: Shopper, quantity = 1, book_id = 'tech-001'): Promise<Json> =>
  (await shopper.post('/api/cart/items', { book_id, quantity })).body

const post = (shopper: Shopper, body: Json, key = 'a-key') =>
  shopper.post('/api/orders', body, { 'idempotency-key': key })

test('the specification’s sample order has the amounts that are printed there', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  await fill(shopper)
  const { status, body, headers } = await checkOut(shopper)
  expect(status).toBe(201)
  expect(headers.get('location')).toBe(`/api/orders/${body.order_id}`)
  expect(body).toMatchObject({
    subtotal: 42.99,
    tax: 3.44,
    shipping: 5.99,
    total: 52.42,
    status: 'confirmed',
    payment: { method: 'invoice', status: 'due', amount: 52.42, paid: 0, refunded: 0, disputed: false },
    delivery: 'ship',
  })
})

test('an order is one transaction: order, stock, cart, key, outbox row and pointers', async () => {
  const shop = await createTestShop({ books: [aBook()], now: () => new Date('2025-09-05T10:00:00Z') })
  const shopper = shop.visitor()
  await fill(shopper, 3)
  const { body } = await checkOut(shopper, 'k', { email: 'customer@example.com' })
  const [order, ...more] = await readItems(shop, 'orders')
  expect(more).toEqual([])
  expect(order).toMatchObject({
    order_id: body.order_id,
    order_date: '2025-09-05',
    items: [{ book_id: 'tech-001', category: 'Technology', title: 'Clean Code', price: 42.99, quantity: 3 }],
    subtotal: 128.97,
    tax: 10.32,
    shipping: 5.99,
    total: 145.28,
    status: 'confirmed',
    email: 'customer@example.com',
    created_at: '2025-09-05T10:00:00.000Z',
  })
  expect(order.user_id).toMatch(/^guest-[0-9a-f]{40}$/)
  expect(body.order_id).toMatch(/^order-2025-09-05-[0-9a-hjkmnp-tv-z]{22}$/)
  expect(await readStock(shop, 'tech-001')).toBe(22)
  expect(await readItems(shop, 'carts')).toEqual([])
  const control = await readItems(shop, 'control')
  const staffs = /^(email|session[.\w]*|user)#/
  const rows = control.map(row => String(row.pk)).filter(pk => !staffs.test(pk))
  expect(rows.map(pk => pk.split('#')[0]).sort()).toEqual([
    'book',
    // The payment is due.
    'desk',
    'email-orders',
    'idem',
    // Limits of this client network and of this email.
    'limit',
    'limit',
    'order-number',
    'outbox',
    'payment',
  ])
  expect(control.find(row => isInOutbox(row.pk))).toMatchObject({
    state: 'PENDING',
    event: 'order_confirmed',
    order_id: body.order_id,
  })
})

test('the guest’s secret is not stored, and neither is a user', async () => {
  const shop = await createTestShop({ books: [aBook()], withStaff: false })
  const shopper = shop.visitor()
  await fill(shopper)
  await checkOut(shopper)
  const secret = shopper.cookie()?.split('=')[1] ?? 'none'
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(await dumpTables(shop)).not.toContain(secret)
  expect(await readItems(shop, 'users')).toEqual([])
})

test('an order needs an idempotency key, a cart, its version and the total that was shown', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const nothing = orderFor({ version: 'none', total: 0 })
  expect((await post(shopper, nothing)).body.code).toBe('cart_empty')
  expect(shopper.cookie()).toBeUndefined()
  const cart = await fill(shopper)
  const before = await dumpTables(shop)
  expect((await shopper.post('/api/orders', orderFor(cart))).body.code).toBe('idempotency_key_missing')
  for (const key of ['', ' ', 'a b', 'a,\u00e9', 'x'.repeat(256)])
    expect((await post(shopper, orderFor(cart), key)).status, key).toBe(400)
  expect((await post(shopper, orderFor(cart, { cart_version: 'older' }))).body.code).toBe('cart_changed')
  const changed = await post(shopper, orderFor(cart, { expected_total: 52.41 }))
  expect(changed).toMatchObject({
    status: 409,
    body: { code: 'price_changed', quote: { subtotal: 42.99, tax: 3.44, shipping: 5.99, total: 52.42 } },
  })
  expect(await dumpTables(shop)).toBe(before)
})

test('an old tab cannot buy a cart that was created after its own was bought', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const old = await fill(shopper)
  expect((await post(shopper, orderFor(old), 'one')).status).toBe(201)
  const fresh = await fill(shopper)
  expect(fresh.total).toBe(old.total)
  expect((await post(shopper, orderFor(old), 'two')).body.code).toBe('cart_changed')
  expect((await post(shopper, orderFor(fresh), 'two')).status).toBe(201)
})

test('when stock is short the books are named, and nothing is sold', async () => {
  const shop = await createTestShop({
    books: [aBook(), aBook({ book_id: 'tech-002', title: 'Refactoring' })],
  })
  const shopper = shop.visitor()
  await fill(shopper, 1)
  const cart = await fill(shopper, 4, 'tech-002')
  await shop.staff.call('PATCH', '/api/books/tech-002', { stock_delta: -22 })
  const { status, body } = await post(shopper, orderFor(cart))
  expect(status).toBe(409)
  expect(body).toMatchObject({
    code: 'out_of_stock',
    items: [{ book_id: 'tech-002', requested_quantity: 4, available_quantity: 3 }],
  })
  expect(await readStock(shop, 'tech-001')).toBe(25)
  expect(await readItems(shop, 'orders')).toEqual([])
})

test('a book that was moved can be bought, one that was retired or deleted cannot', async () => {
  const books = ['moved', 'retired', 'deleted'].map(book_id => aBook({ book_id }))
  const shop = await createTestShop({ books })
  const buy = async (book_id: string, edit: () => Promise<unknown>) => {
    const shopper = shop.visitor()
    const cart = await fill(shopper, 1, book_id)
    await edit()
    return post(shopper, orderFor(cart))
  }
  const moved = await buy('moved', () =>
    shop.staff.call('PATCH', '/api/books/moved', { category: 'Classics' }),
  )
  expect(moved).toMatchObject({ status: 201, body: { items: [{ category: 'Classics' }] } })
  const retired = await buy('retired', () =>
    shop.staff.call('PATCH', '/api/books/retired', { status: 'retired' }),
  )
  expect(retired.body).toMatchObject({ code: 'out_of_stock', items: [{ available_quantity: 0 }] })
  const deleted = await buy('deleted', () => shop.staff.call('DELETE', '/api/books/deleted'))
  expect(deleted.body).toMatchObject({ code: 'out_of_stock', items: [{ available_quantity: 0 }] })
})

test('a book that another process moved is bought under its new category', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shopper = shop.visitor()
  const cart = await fill(shopper)
  const [book] = await readItems(shop, 'books')
  const item = await shop.deps.books.getItem({ category: 'Technology', book_id: 'tech-001' })
  await shop.deps.db.transact(shop.deps.books.move(item ?? {}, { ...aBook(), category: 'Elsewhere' }))
  expect(book.category).toBe('Technology')
  expect((await post(shopper, orderFor(cart))).status).toBe(201)
  expect(await readStock(shop, 'tech-001')).toBe(24)
})

test('a cart of another client is bought within the limits and refused beyond them', async () => {
  const books = Array.from({ length: 51 }, (_, i) => aBook({ book_id: `b-${i}`, stock_quantity: 1_000 }))
  const shop = await createTestShop({ books })
  const foreignCart = async (lines: readonly { id: number; quantity: number }[]) => {
    const shopper = shop.visitor()
    await fill(shopper, 1, 'b-0')
    const { user_id, cart_id } = (await readItems(shop, 'carts')).at(-1)
    const items = lines.map(({ id, quantity }) => ({
      M: {
        book_id: { S: `b-${id}` },
        category: { S: 'Technology' },
        title: { S: 'Clean Code' },
        price: { N: '42.99' },
        quantity: { N: String(quantity) },
      },
    }))
    const expires_at = { N: String(Math.floor(Date.now() / 1_000) + 1_000) }
    await putForeignItem(shop, 'carts', {
      user_id: { S: user_id },
      cart_id: { S: cart_id },
      items: { L: items },
      expires_at,
    })
    const answer = await checkOut(shopper)
    await callEngine('DeleteItem', {
      TableName: shop.names.carts,
      Key: { user_id: { S: user_id }, cart_id: { S: cart_id } },
    })
    return answer
  }
  expect((await foreignCart([{ id: 1, quantity: 20 }])).status).toBe(201)
  // Two lines of one book are merged.
  const twice = await foreignCart([
    { id: 2, quantity: 3 },
    { id: 2, quantity: 4 },
  ])
  expect(twice).toMatchObject({ status: 201, body: { items: [{ quantity: 7 }] } })
  expect(await readStock(shop, 'b-2')).toBe(993)
  expect((await foreignCart([{ id: 1, quantity: 21 }])).body.code).toBe('quantity_limit')
  expect(
    (
      await foreignCart([
        { id: 1, quantity: 11 },
        { id: 1, quantity: 10 },
      ])
    ).body.code,
  ).toBe('quantity_limit')
  const many = Array.from({ length: 51 }, (_, id) => ({ id, quantity: 1 }))
  expect((await foreignCart(many)).body.code).toBe('line_limit')
})

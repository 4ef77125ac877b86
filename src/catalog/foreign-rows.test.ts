/** Rows that others put into the books table: read where they are books, skipped and counted where they are not. */
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type TestShop } from '../../test/kit.ts'
import { callEngine, foreignBook, putForeignItem, readItems } from '../../test/table-contents.ts'
import { exportBooks } from './import/export.ts'

const bad = (changes: Readonly<Record<string, object | undefined>>) =>
  foreignBook({ book_id: { S: 'bad' }, ...changes })

const NO_BOOKS: Record<string, object> = {
  'no author': bad({ author: undefined }),
  'an empty title in a list': bad({ title: { S: ' ' }, author: { L: [] } }),
  'no price': bad({ price: undefined }),
  'a price in words': bad({ price: { S: 'abc' } }),
  'a price of 38 digits': bad({ price: { N: '12345678901234567890123456789012345678' } }),
  'a price that is a hair too much': bad({ price: { N: '42.990000000000000000000000000000000001' } }),
  'a price beyond all numbers': bad({ price: { N: '9.9E+125' } }),
  'a negative price': bad({ price: { N: '-1' } }),
  'no stock': bad({ stock_quantity: undefined }),
  'a negative stock': bad({ stock_quantity: { N: '-1' } }),
  'a stock of a half': bad({ stock_quantity: { N: '0.5' } }),
  'a stock of 38 digits': bad({ stock_quantity: { N: '99999999999999999999999999999999999999' } }),
  'an id with a slash': bad({ book_id: { S: 'a/../b' } }),
  'an id of 2,000 bytes': bad({ book_id: { S: 'x'.repeat(1_000) } }),
  'a status of its own': bad({ status: { S: 'on sale!' } }),
  'genres that are a number': bad({ genres: { N: '7' } }),
  'a rating of 9': bad({ average_rating: { N: '9' } }),
  'a picture in bytes': bad({ image_url: { B: 'AAAA' } }),
}

test('rows that are no books are skipped and counted, and the shop goes on', async () => {
  const shop = await createTestShop({ books: [aBook({ title: 'A book' })] })
  for (const [name, item] of Object.entries(NO_BOOKS))
    await putForeignItem(shop, 'books', {
      ...item,
      ...(name.startsWith('an id') ? {} : { book_id: { S: name.replaceAll(/\W/g, '-').slice(0, 50) } }),
    })
  // One that has no title stands in no index of titles, but in the table.
  await putForeignItem(shop, 'books', bad({ title: undefined, book_id: { S: 'untitled' } }))
  const many = Object.keys(NO_BOOKS).length + 1
  await shop.deps.liveIndex.compare()
  expect((await shop.visitor().get('/api/health')).body).toMatchObject({
    status: 'ok',
    index: { books: 1 },
    unreadable_books: many,
  })
  const problems = shop.deps.liveIndex.badRows.map(({ problem }) => problem)
  expect(problems).toHaveLength(many)
  for (const problem of problems) expect(problem).toMatch(/^\w+(\.\d+)?: ./)

  const fresh = await createTestShop({ sharingTablesOf: shop, indexLoaded: false })
  for (const ready of [false, true]) {
    if (ready) await fresh.deps.liveIndex.load()
    for (const path of ['/api/books/category/Technology', '/api/books?category=Technology&q=A%20book'])
      expect((await fresh.visitor().get(path)).body.items, path).toMatchObject([{ book_id: 'tech-001' }])
    for (const { book_id } of await readItems(shop, 'books'))
      if (book_id !== 'tech-001') {
        const path = `/api/books/${encodeURIComponent(book_id)}`
        for (const url of [path, `${path}/stock`])
          expect([400, 404]).toContain((await fresh.staff.get(url)).status)
        expect([400, 404]).toContain((await fresh.visitor().post('/api/cart/items', { book_id })).status)
      }
  }
  expect((await fresh.visitor().get('/api/health')).body.unreadable_books).toBe(many)
  expect([...shop.reportedErrors, ...fresh.reportedErrors]).toEqual([])
})

test('a book that others made unreadable while it lay in a cart is short there, and is no 5xx', async () => {
  for (const [name, item] of Object.entries(NO_BOOKS).slice(0, 12)) {
    const shop = await createTestShop({ books: [aBook({ book_id: 'bad' }), aBook()] })
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'bad' })
    await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    await putForeignItem(shop, 'books', item)
    const cart = await shopper.get('/api/cart')
    expect(cart.body, name).toMatchObject({ can_check_out: false, items: [{ available_quantity: 0 }, {}] })
    expect((await checkOut(shopper)).body.code, name).toBe('out_of_stock')
    expect((await shopper.get('/api/books/bad')).status, name).toBe(404)
    for (const edit of [{ stock_delta: 1 }, { category: 'Craft' }])
      expect((await shop.staff.call('PATCH', '/api/books/bad', edit)).body.code, name).toBe('book_not_found')
    expect((await shop.staff.call('DELETE', '/api/books/bad')).status, name).toBe(204)
    await shopper.call('DELETE', '/api/cart/items/bad')
    expect((await checkOut(shopper)).status, name).toBe(201)
    expect(shop.reportedErrors, name).toEqual([])
  }
})

test('a price with more decimals than the currency has is shown, exported and sold as it is stored', async () => {
  const shop = await createTestShop({ books: [] })
  await putForeignItem(shop, 'books', foreignBook({ price: { N: '42.999' } }))
  await shop.deps.liveIndex.compare()
  const shopper = shop.visitor()
  for (const path of ['/api/books', '/api/books?min_price=42.99&max_price=43'])
    expect((await shopper.get(path)).body.items, path).toMatchObject([{ price: 42.999 }])
  expect((await shopper.get('/api/books/tech-001')).body.price).toBe(42.999)
  let exported = ''
  for await (const text of exportBooks(shop.deps, 'csv')) exported += text
  expect(exported).toContain(',42.999,')
  const cart = (await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })).body
  expect(cart).toMatchObject({ items: [{ price: 42.999, line_total: 86 }], total_amount: 86, total: 98.87 })
  expect(cart.items[0]).not.toHaveProperty('previous_price')
  const order = await checkOut(shopper)
  expect(order).toMatchObject({
    status: 201,
    body: { items: [{ price: 42.999 }], subtotal: 86, total: 98.87 },
  })
  // Another edit leaves the price as it is.
  const edited = await shop.staff.call('PATCH', '/api/books/tech-001', { title: 'Cleaner Code' })
  expect(edited).toMatchObject({ status: 200, body: { price: 42.999, title: 'Cleaner Code' } })
  expect((await shop.staff.call('PATCH', '/api/books/tech-001', { price: 42.999 })).body.code).toBe(
    'invalid_request',
  )
  expect(shop.reportedErrors).toEqual([])
})

test('a row of 400 KB and one with as little as a book can have are books', async () => {
  const shop = await createTestShop()
  await putForeignItem(
    shop,
    'books',
    foreignBook({ description: { S: 'x'.repeat(390_000) }, author: { S: 'y'.repeat(9_000) } }),
  )
  await putForeignItem(
    shop,
    'books',
    foreignBook({ book_id: { S: 'least' }, price: { N: '0' }, stock_quantity: { N: '1' } }),
  )
  await shop.deps.liveIndex.compare()
  expect((await shop.visitor().get('/api/books')).body.total).toBe(2)
  expect((await shop.visitor().get('/api/books/tech-001')).body.description).toHaveLength(390_000)
  const shopper = shop.visitor()
  expect((await shopper.post('/api/cart/items', { book_id: 'least' })).body.total).toBe(5.99)
  expect((await checkOut(shopper)).status).toBe(201)
  // A row without a time can be edited with If-Match.
  const read = await shop.staff.get('/api/books/least/stock')
  const match = { 'if-match': read.headers.get('etag') ?? '' }
  expect((await shop.staff.call('PATCH', '/api/books/least', { price: 2 }, match)).status).toBe(200)
  expect((await shop.staff.call('PATCH', '/api/books/least', { price: 3 }, match)).status).toBe(412)
})

const pointers = async (shop: TestShop) =>
  Object.fromEntries(
    (await readItems(shop, 'control')).filter(row => row.sk === 'pointer').map(row => [row.pk, row.category]),
  )

test.each([false, true])(
  'foreign books are found and get their pointers (there at the start: %s)',
  async before => {
    const shop = await createTestShop({ books: [aBook({ book_id: 'own' })], indexLoaded: false })
    if (!before) await shop.deps.liveIndex.load()
    await putForeignItem(shop, 'books', foreignBook())
    if (before) await shop.deps.liveIndex.load()
    await shop.deps.liveIndex.compare()
    expect((await shop.visitor().get('/api/books/tech-001')).status).toBe(200)
    expect(await pointers(shop)).toEqual({ 'book#own': 'Technology', 'book#tech-001': 'Technology' })
    const again = {
      book_id: 'tech-001',
      category: 'Craft',
      title: 't',
      author: 'a',
      price: 1,
      stock_quantity: 1,
    }
    expect((await shop.staff.post('/api/books', again)).body.code).toBe('book_exists')
    const moved = {
      TableName: shop.names.books,
      Key: { category: { S: 'Technology' }, book_id: { S: 'tech-001' } },
    }
    await callEngine('DeleteItem', moved)
    await putForeignItem(shop, 'books', foreignBook({ category: { S: 'Craft' } }))
    await shop.deps.liveIndex.compare()
    expect((await pointers(shop))['book#tech-001']).toBe('Craft')
    expect((await shop.visitor().get('/api/books/tech-001')).body.category).toBe('Craft')
  },
)

test('two foreign rows of one id break neither the comparison nor the shop', async () => {
  const shop = await createTestShop()
  for (const category of ['A', 'B', 'C'])
    await putForeignItem(shop, 'books', foreignBook({ category: { S: category } }))
  for (let i = 0; i < 3; i++) await shop.deps.liveIndex.compare()
  expect(['A', 'B', 'C']).toContain((await pointers(shop))['book#tech-001'])
  expect((await shop.visitor().get('/api/books/tech-001')).status).toBe(200)
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await checkOut(shopper)).status).toBe(201)
  expect(shop.reportedErrors).toEqual([])
})

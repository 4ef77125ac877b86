import { expect, test } from 'vitest'
import { aBook, createTestShop, type Json, type TestShop } from '../../test/kit.ts'
import { dumpTables, foreignBook, putForeignItem, readItems } from '../../test/table-contents.ts'

const newBook = (changes: object = {}): Json => ({
  book_id: 'tech-009',
  category: 'Technology',
  title: 'Refactoring',
  author: 'Martin Fowler',
  price: 47.49,
  stock_quantity: 12,
  ...changes,
})

const patch = (shop: TestShop, body: object, headers: Record<string, string> = {}) =>
  shop.staff.call('PATCH', '/api/books/tech-001', body, headers)
const rowOf = async (shop: TestShop, id = 'tech-001') =>
  (await readItems(shop, 'books')).find(book => book.book_id === id)

test('a new book is there at once: in the table, on its page, in lists, in search, in its category', async () => {
  const shop = await createTestShop({ books: [aBook()], now: () => new Date('2025-09-05T10:00:00Z') })
  expect((await shop.visitor().get('/api/books/tech-009')).status).toBe(404)
  expect((await shop.visitor().get('/api/books?q=refactoring')).body.total).toBe(0)
  const created = await shop.staff.post('/api/books', newBook({ isbn: '0-13-475759-9', genres: ['Craft'] }))
  expect(created.status).toBe(201)
  expect(created.headers.get('location')).toBe('/api/books/tech-009')
  expect(created.headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/)
  expect(await rowOf(shop, 'tech-009')).toEqual({
    ...newBook({ isbn: '9780134757599', genres: ['Craft'] }),
    created_at: '2025-09-05T10:00:00.000Z',
    updated_at: '2025-09-05T10:00:00.000Z',
  })
  for (const path of ['/api/books', '/api/books?q=refactoring', '/api/books/category/Technology'])
    expect(JSON.stringify((await shop.visitor().get(path)).body.items)).toContain('tech-009')
  const { items } = (await shop.visitor().get('/api/categories')).body
  expect(items).toEqual([{ category: 'Technology', count: 2 }])
})

test('an id is taken once over all categories, also when many take it at once', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  for (const category of ['Technology', 'Elsewhere']) {
    const { status, body } = await shop.staff.post('/api/books', newBook({ book_id: 'tech-001', category }))
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'book_exists' })
  }
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => shop.staff.post('/api/books', newBook({ category: `C${i}` }))),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(await readItems(shop, 'books')).toHaveLength(2)
})

test('a pointer that leads to nothing does not keep a new book off the shelf, in its category or another', async () => {
  const shop = await createTestShop()
  for (const [book_id, category] of [
    ['tech-001', 'Technology'],
    ['tech-002', 'Elsewhere'],
  ] as const) {
    const row = { pk: { S: `book#${book_id}` }, sk: { S: 'pointer' }, category: { S: category } }
    await putForeignItem(shop, 'control', row)
    const book = { book_id, category: 'Technology', title: 'A', author: 'B', price: 1, stock_quantity: 1 }
    expect((await shop.staff.post('/api/books', book)).status).toBe(201)
    expect((await shop.staff.post('/api/books', { ...book, category: 'Elsewhere' })).status).toBe(409)
    expect((await shop.visitor().get(`/api/books/${book_id}`)).body.category).toBe('Technology')
  }
})

test('a book is found by its ISBN in any spelling, and by no other', async () => {
  const shop = await createTestShop({
    books: [aBook({ isbn: '9780132350884' }), aBook({ book_id: 'x', isbn: '9780804429573' })],
  })
  const spellings = [
    '9780132350884',
    '978-0-13-235088-4',
    '978 0 13 235088 4',
    '0132350882',
    '0-13-235088-2',
    'ISBN 0132350882',
  ]
  for (const isbn of spellings)
    expect((await shop.visitor().get(`/api/books/${encodeURIComponent(isbn)}`)).body.book_id, isbn).toBe(
      'tech-001',
    )
  for (const isbn of ['080442957X', '0-8044-2957-x'])
    expect((await shop.visitor().get(`/api/books/${isbn}`)).body.book_id, isbn).toBe('x')
  for (const isbn of ['9780132350885', '013235088', '978013235088', '0132350883'])
    expect((await shop.visitor().get(`/api/books/${isbn}`)).body.code, isbn).toBe('book_not_found')
})

test('an edit changes what it names, shows at once, and leaves the stock alone', async () => {
  const shop = await createTestShop({ books: [aBook({ isbn: '9780132350884' })] })
  const shopper = shop.visitor()
  expect((await shopper.get('/api/books/tech-001')).body.title).toBe('Clean Code')
  const { status, body } = await patch(shop, { title: 'Clean Code, 2nd', isbn: null, pages: 464 })
  expect({ status, stock: body.stock_quantity, isbn: body.isbn }).toEqual({
    status: 200,
    stock: 25,
    isbn: undefined,
  })
  expect((await shopper.get('/api/books/tech-001')).body).toMatchObject({
    title: 'Clean Code, 2nd',
    pages: 464,
  })
  expect((await shopper.get('/api/books?q=clean')).body.items).toMatchObject([{ title: 'Clean Code, 2nd' }])
  expect(Object.keys(await rowOf(shop))).not.toContain('isbn')
})

test('a replacement takes away what it leaves out, but neither stock, nor times, nor what others added', async () => {
  const shop = await createTestShop({ books: [] })
  await putForeignItem(
    shop,
    'books',
    foreignBook({ isbn: { S: '9780132350884' }, shelf: { S: 'A7' }, created_at: { S: '2020' } }),
  )
  await shop.deps.liveIndex.compare()
  const content = { category: 'Technology', title: 'New', author: 'Somebody', price: 1 }
  expect((await shop.staff.call('PUT', '/api/books/tech-001', content)).status).toBe(200)
  expect(await rowOf(shop)).toEqual({
    ...content,
    book_id: 'tech-001',
    stock_quantity: 25,
    shelf: 'A7',
    created_at: '2020',
    updated_at: expect.any(String),
  })
  expect(
    (await shop.staff.call('PUT', '/api/books/tech-001', { ...content, stock_quantity: 1 })).status,
  ).toBe(400)
})

test('a retired book is hidden from the public and kept for staff', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  await patch(shop, { status: 'retired' })
  expect((await shop.visitor().get('/api/books/tech-001')).status).toBe(404)
  expect((await shop.visitor().get('/api/books')).body.total).toBe(0)
  expect((await shop.staff.get('/api/books/tech-001/stock')).body.status).toBe('retired')
})

test('what is no book is refused, and nothing is written', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const before = await dumpTables(shop)
  const wrong: Record<string, unknown[]> = {
    book_id: ['', 'a b', 'a/b', 'ä', 'x'.repeat(51), 1, null, 'search', 'suggest', 'category'],
    title: ['', '   ', 'x'.repeat(301), 1, null, 'a\u0000b', 'a\nb', ['a']],
    author: ['', 'x'.repeat(301), 'a\u2028b'],
    category: ['', 'x'.repeat(61), '\t'],
    price: [0, -1, 1.999, 1e308, 100_000.01, '42.99', null, true, [1], { N: '1' }],
    stock_quantity: [-1, 1.5, '1', null, 1_000_001, 1e308],
    isbn: ['9780132350885', '123', '', 1, null],
    image_url: ['javascript:alert(1)', 'data:text/html,x', 'x', `https://x.example/${'a'.repeat(500)}`],
    status: ['sold', '', 1],
    average_rating: [-0.1, 5.1, '4'],
    published_year: [1999.5, 30_000],
    genres: ['Craft', ['x'.repeat(61)], Array.from({ length: 21 }, () => 'a')],
    language: ['', 'x'.repeat(36)],
    pages: [-1, 1.5],
    updated_at: ['2025-09-05T10:00:00Z'],
    created_at: ['2025-09-05T10:00:00Z'],
    version: [1],
    role: ['admin'],
  }
  for (const [name, values] of Object.entries(wrong))
    for (const value of values) {
      const { status, body } = await shop.staff.post('/api/books', newBook({ [name]: value }))
      expect({ status, code: body.code }, `${name}: ${JSON.stringify(value)}`).toEqual({
        status: 400,
        code: 'invalid_request',
      })
      expect(JSON.stringify(body.errors)).toContain('body')
    }
  expect(await dumpTables(shop)).toBe(before)
})

/** How staff move stock and books without undoing a sale. */
import { expect, test } from 'vitest'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, checkOut, createTestShop, type Json, type TestShop } from '../../test/kit.ts'
import { callEngine, foreignBook, putForeignItem, readItems, readStock } from '../../test/table-contents.ts'

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
const etagOf = async (shop: TestShop) =>
  (await shop.staff.get('/api/books/tech-001/stock')).headers.get('etag') ?? ''

test('stock moves by deltas, never below nothing', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  expect((await patch(shop, { stock_delta: 5 })).body.stock_quantity).toBe(30)
  expect((await patch(shop, { stock_delta: -30 })).body.availability).toBe('sold_out')
  const { status, body } = await patch(shop, { stock_delta: -1 })
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'stock_would_be_negative' })
  expect(await readStock(shop, 'tech-001')).toBe(0)
  for (const stock_delta of [0.5, '1', null, 1e9, [1]])
    expect((await patch(shop, { stock_delta })).status, String(stock_delta)).toBe(400)
})

test('stock is set absolutely only by who has seen it as it is', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const set = (headers: Record<string, string>) => patch(shop, { stock_quantity: 7 }, headers)
  expect((await set({})).body.code).toBe('precondition_required')
  expect((await set({ 'if-match': '*' })).body.code).toBe('precondition_required')
  expect((await set({ 'if-match': '"other"' })).body.code).toBe('precondition_failed')
  const both = await patch(shop, { stock_quantity: 7, stock_delta: 1 }, { 'if-match': await etagOf(shop) })
  expect(both.body.code).toBe('invalid_request')
  expect(await readStock(shop, 'tech-001')).toBe(25)
  expect((await set({ 'if-match': await etagOf(shop) })).body.stock_quantity).toBe(7)
})

test('an ETag is another one after every edit, sale and return', async () => {
  const shop = await createTestShop({ books: [aBook()], now: () => new Date('2025-09-05T10:00:00Z') })
  const tags = [await etagOf(shop)]
  await patch(shop, { title: 'A' })
  tags.push(await etagOf(shop))
  await patch(shop, { title: 'B' })
  tags.push(await etagOf(shop))
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  await checkOut(shopper)
  tags.push(await etagOf(shop))
  expect(new Set(tags).size).toBe(4)
})

test('a book moves to another category whole, stock, pointer and unknown attributes with it', async () => {
  const shop = await createTestShop()
  const odd = {
    shelf: { S: 'A7' },
    exact: { N: '12345678901234567890123456789012345678' },
    tags: { SS: ['a', 'b'] },
    scan: { B: 'AAECAw==' },
    scans: { BS: ['AAEC'] },
    nested: { M: { deep: { L: [{ BOOL: true }, { NULL: true }, { N: '0.00000000000000000000000001' }] } } },
  }
  await putForeignItem(shop, 'books', foreignBook(odd))
  await shop.deps.liveIndex.compare()
  const moved = await patch(shop, { category: 'Craft', stock_delta: -5 })
  expect(moved).toMatchObject({ status: 200, body: { category: 'Craft', stock_quantity: 20 } })
  const { Items } = await callEngine('Scan', { TableName: shop.names.books })
  const [item] = Items
  expect(Items).toHaveLength(1)
  expect({
    shelf: item.shelf,
    exact: item.exact,
    scan: item.scan,
    scans: item.scans,
    nested: item.nested,
  }).toEqual({
    shelf: odd.shelf,
    exact: odd.exact,
    scan: odd.scan,
    scans: odd.scans,
    nested: {
      M: {
        deep: { L: [{ BOOL: true }, { NULL: true }, { N: expect.stringMatching(/^(1E-26|0\.0{25}1)$/i) }] },
      },
    },
  })
  expect([...item.tags.SS].sort()).toEqual(['a', 'b'])
  expect(await shop.deps.books.categoriesOf(['tech-001'])).toEqual(new Map([['tech-001', 'Craft']]))
  const lists = ['/api/books/category/Technology', '/api/books/category/Craft']
  const totals = await Promise.all(lists.map(async path => (await shop.visitor().get(path)).body.total))
  expect(totals).toEqual([0, 1])
  expect((await patch(shop, { category: 'Technology', stock_delta: -21 })).body.code).toBe(
    'stock_would_be_negative',
  )
})

test('a copy that is sold while its book is moved stays sold', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ books: [aBook()], endpoint: engine.endpoint })
  const beside = await createTestShop({ sharingTablesOf: shop })
  const shopper = beside.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  let attempts = 0
  engine.plan(async operation => {
    // Staff have read the book, and are about to write what they have read.
    if (operation === 'TransactWriteItems' && ++attempts === 1)
      expect((await checkOut(shopper)).status).toBe(201)
    return undefined
  })
  expect((await patch(shop, { category: 'Craft', stock_delta: 3 })).body.stock_quantity).toBe(27)
  expect(attempts).toBe(2)
  expect(await readStock(shop, 'tech-001')).toBe(27)
})

test('no copy is lost while a book is moved to and fro and sold', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const shoppers = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const shopper = shop.visitor()
      await shopper.post('/api/cart/items', { book_id: 'tech-001' })
      return shopper
    }),
  )
  const [sales] = await Promise.all([
    Promise.all(shoppers.map(shopper => checkOut(shopper))),
    (async () => {
      for (let i = 0; i < 6; i++) await patch(shop, { category: `C${i}` })
    })(),
  ])
  const sold = sales.filter(({ status }) => status === 201).length
  for (const { status, body } of sales) expect([201, 409, 503], body.code).toContain(status)
  expect(await readItems(shop, 'books')).toHaveLength(1)
  expect(await readStock(shop, 'tech-001')).toBe(25 - sold)
})

test('a deleted book is gone everywhere, and its id is free again', async () => {
  const shop = await createTestShop({ books: [aBook({ isbn: '9780132350884' })] })
  const visitor = shop.visitor()
  expect((await visitor.get('/api/books/tech-001')).status).toBe(200)
  const { status, body } = await shop.staff.call('DELETE', '/api/books/tech-001')
  expect({ status, body }).toEqual({ status: 204, body: '' })
  for (const path of ['tech-001', '9780132350884', 'tech-001/stock'])
    expect((await shop.staff.get(`/api/books/${path}`)).body.code, path).toBe('book_not_found')
  expect((await visitor.get('/api/books')).body.items).toEqual([])
  expect((await shop.staff.call('DELETE', '/api/books/tech-001')).status).toBe(404)
  expect((await shop.staff.post('/api/books', newBook({ book_id: 'tech-001' }))).status).toBe(201)
})

/** How the memory of one process follows the table: its own writes, another process's, and anybody else's. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type TestShop } from '../../../test/kit.ts'
import { callEngine, foreignBook, putForeignItem } from '../../../test/table-contents.ts'
import { createLiveIndex } from './live-index.ts'

const titles = async (shop: TestShop): Promise<string[]> =>
  (await shop.visitor().get('/api/books?sort=title')).body.items.map((book: { title: string }) => book.title)

const two = async () => {
  const one = await createTestShop({ books: [aBook(), aBook({ book_id: 'tech-002', title: 'Refactoring' })] })
  return { one, other: await createTestShop({ sharingTablesOf: one }) }
}

test('what one process writes, the other learns from the change log', async () => {
  const { one, other } = await two()
  expect(await titles(other)).toEqual(['Clean Code', 'Refactoring'])
  expect((await other.visitor().get('/api/books/tech-001')).body.title).toBe('Clean Code')
  await one.staff.call('PATCH', '/api/books/tech-001', { title: 'Dirty Code' })
  await one.staff.call('DELETE', '/api/books/tech-002')
  await one.staff.post('/api/books', {
    book_id: 'tech-003',
    category: 'Craft',
    title: 'Knots',
    author: 'x',
    price: 1,
    stock_quantity: 1,
  })
  expect(await titles(one)).toEqual(['Dirty Code', 'Knots'])
  expect(await titles(other)).toEqual(['Clean Code', 'Refactoring'])
  await other.deps.liveIndex.readChanges()
  expect(await titles(other)).toEqual(['Dirty Code', 'Knots'])
  expect((await other.visitor().get('/api/books/tech-001')).body.title).toBe('Dirty Code')
})

test('a book that another process moved is read at once, and listed once the log is read', async () => {
  const { one, other } = await two()
  await one.staff.call('PATCH', '/api/books/tech-001', { category: 'Craft' })
  expect((await other.visitor().get('/api/books/tech-001')).body.category).toBe('Craft')
  expect((await other.visitor().post('/api/cart/items', { book_id: 'tech-001' })).body.items).toMatchObject([
    { category: 'Craft' },
  ])
  expect((await other.staff.call('PATCH', '/api/books/tech-001', { title: 'Moved' })).body).toMatchObject({
    category: 'Craft',
    title: 'Moved',
  })
  await other.deps.liveIndex.readChanges()
  expect((await other.visitor().get('/api/books/category/Craft')).body.total).toBe(1)
  expect((await other.visitor().get('/api/books/category/Technology')).body.total).toBe(1)
})

test('a change is read although it was written late, by a clock that is behind', async () => {
  const one = await createTestShop({ books: [aBook()], now: () => new Date(Date.now() - 10_000) })
  const other = await createTestShop({ sharingTablesOf: one })
  await other.deps.liveIndex.readChanges()
  await one.staff.call('PATCH', '/api/books/tech-001', { title: 'Late' })
  await other.deps.liveIndex.readChanges()
  expect(await titles(other)).toEqual(['Late'])
})

test('a change that was read is not read again without need', async () => {
  const { one, other } = await two()
  await one.staff.call('PATCH', '/api/books/tech-001', { title: 'Once' })
  await other.deps.liveIndex.readChanges()
  const { editVersion } = other.deps.liveIndex.listVersion
  await other.deps.liveIndex.readChanges()
  expect(other.deps.liveIndex.listVersion.editVersion).toBe(editVersion)
})

test('a change whose books could not be read is applied by the next reading', async () => {
  const { one, other } = await two()
  const { deps } = other
  let fails = false
  const books = {
    ...deps.books,
    getMany: async (...args: Parameters<typeof deps.books.getMany>) => {
      if (fails) throw new Error('throttled')
      return deps.books.getMany(...args)
    },
  }
  const live = createLiveIndex({ ...deps, books })
  await live.load({ fromTable: true })
  fails = true
  await one.staff.call('PATCH', '/api/books/tech-001', { title: 'Second' })
  await expect(live.readChanges()).rejects.toThrow('throttled')
  fails = false
  await live.readChanges()
  expect(live.index?.rows.get('tech-001')?.title).toBe('Second')
})

test('what foreign clients wrote is found by the comparison, whatever it was', async () => {
  const shop = await createTestShop({
    books: [aBook(), aBook({ book_id: 'tech-002', title: 'Refactoring' })],
  })
  await putForeignItem(shop, 'books', foreignBook({ title: { S: 'Edited' } }))
  await putForeignItem(shop, 'books', foreignBook({ book_id: { S: 'tech-003' }, title: { S: 'New' } }))
  await callEngine('DeleteItem', {
    TableName: shop.names.books,
    Key: { category: { S: 'Technology' }, book_id: { S: 'tech-002' } },
  })
  expect((await shop.deps.liveIndex.compare()).repaired).toBe(3)
  expect(await titles(shop)).toEqual(['Edited', 'New'])
  expect((await shop.deps.liveIndex.compare()).repaired).toBe(0)
})

test('a sale that empties the shelf shows a moment later in lists', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 1 })] })
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await shopper.get('/api/books/tech-001')).body.availability).toBe('few_left')
  const { body } = await checkOut(shopper)
  const shows = async (word: string) => {
    for (let i = 0; i < 100; i++) {
      if ((await shopper.get('/api/books/tech-001')).body.availability === word) return
      await sleep(20)
    }
    throw new Error(`never ${word}`)
  }
  await shows('sold_out')
  await shopper.post(`/api/orders/${body.order_id}/cancel`)
  await shows('few_left')
})

test('what is sold while the index is built from the table is seen when it is there', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 1 })] })
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  const books = {
    ...shop.deps.books,
    async *rows() {
      for await (const rows of shop.deps.books.rows()) {
        yield rows
        await checkOut(shopper)
        await memory.refresh([{ category: 'Technology', book_id: 'tech-001' }])
      }
    },
  }
  await shop.deps.blobs.remove('index/books.snapshot')
  const memory = createLiveIndex({ ...shop.deps, books })
  await memory.load()
  expect(memory.index?.rows.get('tech-001')?.availability).toBe('sold_out')
})

/** A shop beside `one` whose snapshot comes when it is let go. */
const slowly = async (one: TestShop) => {
  await one.deps.liveIndex.save()
  const snapshot = await one.deps.blobs.get('index/books.snapshot')
  const shop = await createTestShop({ sharingTablesOf: one, indexLoaded: false })
  const gate = Promise.withResolvers<Uint8Array | undefined>()
  async function* read() {
    yield (await gate.promise) ?? new Uint8Array()
  }
  Object.assign(shop.deps.blobs, { read })
  return { shop, letGo: () => gate.resolve(snapshot) }
}

test('a request that needs the index waits while it is loaded; other requests do not', async () => {
  const one = await createTestShop({ books: [aBook({ isbn: '9780306406157' })] })
  const { shop, letGo } = await slowly(one)
  const loading = shop.deps.liveIndex.load()
  const visitor = shop.visitor()
  const asked = Promise.all(
    [
      '/api/books',
      '/api/books/suggest?q=cl',
      '/api/categories',
      '/api/titles',
      '/api/books/978-0-306-40615-7',
    ].map(path => visitor.get(path)),
  )
  expect((await visitor.get('/api/books/tech-001')).status).toBe(200)
  expect((await visitor.post('/api/cart/items', { book_id: 'tech-001' })).status).toBe(200)
  expect(shop.deps.liveIndex.index).toBeUndefined()
  letGo()
  expect((await asked).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  await loading
})

test('a request waits at most one second for the index', async () => {
  const { one } = await two()
  const { shop, letGo } = await slowly(one)
  const loading = shop.deps.liveIndex.load()
  expect((await shop.visitor().get('/api/books')).body.code).toBe('index_not_ready')
  letGo()
  await loading
  expect((await shop.visitor().get('/api/books')).status).toBe(200)
})

test('what is sold while the snapshot is read is seen when it is there', async () => {
  const one = await createTestShop({ books: [aBook({ stock_quantity: 1 })] })
  const { shop, letGo } = await slowly(one)
  const loading = shop.deps.liveIndex.load()
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  await checkOut(shopper)
  await sleep(100)
  letGo()
  await loading
  expect(shop.deps.liveIndex.index?.rows.get('tech-001')?.availability).toBe('sold_out')
})

test('a build that is broken off leaves no half of an index', async () => {
  const { one } = await two()
  const later = await createTestShop({ sharingTablesOf: one, indexLoaded: false })
  const ending = new AbortController()
  ending.abort()
  await expect(later.deps.liveIndex.load({ signal: ending.signal })).rejects.toThrow()
  expect(later.deps.liveIndex.index).toBeUndefined()
})

test('a snapshot and the log since give what the table has', async () => {
  const { one } = await two()
  await one.deps.liveIndex.save()
  await one.staff.call('PATCH', '/api/books/tech-001', { title: 'After the snapshot' })
  const snapshot = await one.deps.blobs.get('index/books.snapshot')
  const later = await createTestShop({ sharingTablesOf: one, indexLoaded: false })
  await later.deps.blobs.put('index/books.snapshot', snapshot ?? new Uint8Array())
  await later.deps.liveIndex.load()
  expect(await titles(later)).toEqual(['After the snapshot', 'Refactoring'])
  expect((await later.deps.liveIndex.compare()).repaired).toBe(0)
})

test.each([
  ['empty', new Uint8Array()],
  ['of other bytes', new Uint8Array(1_000).fill(7)],
  ['cut short', 'cut'],
] as const)('a snapshot that is %s is not used', async (_, bytes) => {
  const { one } = await two()
  await one.deps.liveIndex.save()
  const good = (await one.deps.blobs.get('index/books.snapshot')) ?? new Uint8Array()
  const later = await createTestShop({ sharingTablesOf: one, indexLoaded: false })
  await later.deps.blobs.put(
    'index/books.snapshot',
    bytes === 'cut' ? good.subarray(0, good.length - 40) : bytes,
  )
  await later.deps.liveIndex.load()
  expect(await titles(later)).toEqual(['Clean Code', 'Refactoring'])
  expect(later.reportedErrors).toEqual([])
})

test('a snapshot from before the log begins is not used', async () => {
  let now = Date.now() - 40 * 3_600_000
  const one = await createTestShop({ books: [aBook()], now: () => new Date(now) })
  await one.deps.liveIndex.save()
  await putForeignItem(one, 'books', foreignBook({ title: { S: 'Unseen' } }))
  const snapshot = (await one.deps.blobs.get('index/books.snapshot')) ?? new Uint8Array()
  now += 40 * 3_600_000
  const later = await createTestShop({ sharingTablesOf: one, indexLoaded: false })
  await later.deps.blobs.put('index/books.snapshot', snapshot)
  await later.deps.liveIndex.load()
  expect(await titles(later)).toEqual(['Unseen'])
})

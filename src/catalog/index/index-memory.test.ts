/** What a function does whose memory is too small for the index of its catalogue. */
import { expect, test, vi } from 'vitest'
import { aBook, createTestShop, type TestShop } from '../../../test/kit.ts'
import type { Book } from '../schema.ts'
import type { BookTable } from '../table.ts'
import { fitsInto, neededMegabytes } from './index-memory.ts'
import { createLiveIndex } from './live-index.ts'

const BOOKS = [
  aBook(),
  aBook({ book_id: 'tech-002', title: 'Refactoring' }),
  aBook({ book_id: 'craft-1', category: 'Craft', title: 'Knots' }),
  aBook({ book_id: 'gone-1', category: 'Gone', status: 'retired' }),
]
/** The least that Lambda has, and less than any index needs. */
const SMALL = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128' }

/** How often the table is read as a whole while `work` is done. */
const countScans = async (shop: TestShop, work: () => Promise<unknown>): Promise<number> => {
  const rows = vi.spyOn(shop.deps.books, 'rows')
  await work()
  const scans = rows.mock.calls.length
  rows.mockRestore()
  return scans
}

test('a catalogue that is too large is listed from the table, and what is needed is said', async () => {
  const shop = await createTestShop({ books: BOOKS, env: SMALL })
  const get = (path: string) => shop.visitor().get(path)
  expect((await get('/api/books/category/Technology')).body).toMatchObject({
    total: null,
    items: [{ title: 'Clean Code' }, { title: 'Refactoring' }],
  })
  expect((await get('/api/books?q=Knots')).body.items).toMatchObject([{ book_id: 'craft-1' }])
  expect((await get('/api/books/tech-001')).status).toBe(200)
  expect((await get('/api/categories')).body.items).toEqual([
    { category: 'Technology', count: 2 },
    { category: 'Craft', count: 1 },
  ])
  const { body: front } = await get('/api/front-page')
  expect(front.shelves).toMatchObject([
    { kind: 'category', category: 'Technology', items: [{ book_id: 'tech-001' }, { book_id: 'tech-002' }] },
    { kind: 'category', category: 'Craft', items: [{ book_id: 'craft-1' }] },
  ])
  expect((await get('/api/books/tech-001/related')).body).toMatchObject({
    by_author: [],
    in_category: [{ book_id: 'tech-002' }],
  })
  for (const path of [
    '/api/books/9780132350884',
    '/api/books',
    '/api/books?q=nots',
    '/api/books/suggest?q=kn',
    '/api/titles',
  ]) {
    const { status, body, headers } = await get(path)
    expect({ status, code: body.code }, path).toEqual({ status: 503, code: 'index_too_large' })
    // It does not help to come again soon.
    expect(headers.get('retry-after')).toBe('3600')
  }
  const { body: health } = await get('/api/health')
  expect(health).toMatchObject({ status: 'ok', index: { ready: false, state: 'too_large', books: 3 } })
  expect(health.index.needed_megabytes).toBeGreaterThan(128)
  expect((await shop.visitor().post('/api/cart/items', { book_id: 'tech-001' })).status).toBe(200)
})

test('shelves from the table are cached for a while, and one that cannot be read is left out', async () => {
  const shop = await createTestShop({ books: BOOKS, env: SMALL })
  const front = async () => (await shop.visitor().get('/api/front-page')).body
  const { books } = shop.deps
  const { getCategoryPage } = books
  const pages = vi
    .spyOn(books, 'getCategoryPage')
    .mockImplementation((category, ...more) =>
      category === 'Craft' ? Promise.reject(new Error('a defect')) : getCategoryPage(category, ...more),
    )
  expect(await front()).toMatchObject({ complete: false, shelves: [{ category: 'Technology' }] })
  expect(shop.reportedErrors.splice(0).map(String)).toEqual(['Error: a defect'])
  pages.mockImplementation(getCategoryPage)
  expect(await front()).toMatchObject({ complete: true, shelves: [{}, { category: 'Craft' }] })
  const calls = pages.mock.calls.length
  for (let i = 0; i < 3; i++) await front()
  expect(pages.mock.calls.length).toBe(calls)
  pages.mockRestore()
})

test('the table is read once to find that out: what the first start has written is enough for the next', async () => {
  const shop = await createTestShop({ books: BOOKS, env: SMALL, indexLoaded: false })
  const { liveIndex } = shop.deps
  expect(await countScans(shop, () => liveIndex.load())).toBe(1)
  await liveIndex.save()
  expect(await countScans(shop, () => createLiveIndex({ ...shop.deps, memoryMegabytes: 128 }).load())).toBe(0)
  // With enough memory the index is built and saved, and one without still reads only the head of it.
  const large = createLiveIndex({ ...shop.deps, memoryMegabytes: 1024 })
  expect(await countScans(shop, () => large.load())).toBe(1)
  expect(large.index?.rows.size).toBe(3)
  await large.save()
  expect(await countScans(shop, () => liveIndex.load())).toBe(0)
  expect(liveIndex.tooLarge).toMatchObject({
    extent: large.index?.extent,
    availableMegabytes: 128,
    categories: [
      { value: 'Technology', count: 2 },
      { value: 'Craft', count: 1 },
    ],
  })
  await liveIndex.save()
  expect(await countScans(shop, () => createLiveIndex({ ...shop.deps, memoryMegabytes: 1024 }).load())).toBe(
    0,
  )
})

test('a catalogue that outgrows the memory while it is followed gives its index up, and caches learn of it', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const title = 'A long title '.repeat(20)
  const all = Array.from({ length: 400 }, (_, i) => aBook({ book_id: `long-${i}`, title: `${title}${i}` }))
  const few = all.slice(0, 20)
  const books: BookTable = {
    ...shop.deps.books,
    async *rows() {
      yield few
    },
    getMany: async keys =>
      new Map<string, Book>(
        keys.flatMap(({ book_id }) => all.filter(one => one.book_id === book_id).map(one => [book_id, one])),
      ),
  }
  const letters = few.reduce((sum, one) => sum + one.title.length + one.author.length, 0)
  const memoryMegabytes = neededMegabytes({ books: few.length, letters })
  await shop.deps.blobs.remove('index/books.snapshot')
  const live = createLiveIndex({ ...shop.deps, books, memoryMegabytes })
  await live.load()
  expect(live.index?.rows.size).toBe(20)
  const { editVersion } = live.listVersion
  await live.refresh(all)
  expect(live.index).toBeUndefined()
  expect(live.tooLarge).toMatchObject({
    extent: { books: 400 },
    categories: [{ value: 'Technology', count: 400 }],
  })
  expect(live.listVersion.editVersion).toBeGreaterThan(editVersion)
  // Further changes are neither read nor remembered.
  await live.refresh(all)
  await live.save()
  expect((await shop.deps.blobs.get('index/books.snapshot'))?.length).toBeLessThan(1_000)
})

test('memory grows with books and letters, and without a limit everything fits', () => {
  const at = (books: number) => neededMegabytes({ books, letters: books * 55 })
  expect(at(500_000)).toBeGreaterThan(at(100_000))
  expect(neededMegabytes({ books: 1_000, letters: 1e7 })).toBeGreaterThan(at(1_000))
  expect(fitsInto(undefined, { books: 1e9, letters: 1e11 })).toBe(true)
  expect(fitsInto(at(100_000), { books: 100_000, letters: 5_500_000 })).toBe(true)
  expect(fitsInto(at(100_000) - 1, { books: 100_000, letters: 5_500_000 })).toBe(false)
})

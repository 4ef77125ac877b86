import { afterEach, expect, test, vi } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import type { FrontPage } from './shelves-api.ts'

afterEach(() => vi.restoreAllMocks())

/** Ten categories, the first with ten books, the next with nine and so on; every second book is rated. */
const books = Array.from({ length: 10 }, (_, category) =>
  Array.from({ length: 10 - category }, (_, i) =>
    aBook({
      book_id: `b-${category}-${i}`,
      category: `Category ${category}`,
      title: `Title ${category} ${i}`,
      author: i === 0 ? 'Ann First; Bob Second' : `Author ${category} ${i}`,
      ...(i % 2 === 0 ? { average_rating: 4, ratings_count: 10 } : {}),
      ...(i === 1 ? { stock_quantity: 0 } : {}),
    }),
  ),
).flat()

const open = async () => {
  const shop = await createTestShop({ books })
  const index = await shop.deps.liveIndex.waitForIndex()
  if (!index) throw new TypeError('the index must be loaded')
  const get = (path: string) => shop.visitor().get(path)
  return { shop, index, get }
}
const names = ({ shelves }: FrontPage) => shelves.map(({ kind, category }) => category ?? kind)
const idsOf = (items: readonly { readonly book_id: string }[]) => items.map(({ book_id }) => book_id)

test('one response has all shelves of the front page, as the lists have their books', async () => {
  const { get } = await open()
  const { status, body } = await get('/api/front-page')
  const page = body as FrontPage
  expect([status, page.complete]).toEqual([200, true])
  const categories = (await get('/api/categories')).body.items.map(
    (one: { category: string }) => one.category,
  )
  expect(names(page)).toEqual(['newest', 'top_rated', ...categories.slice(0, 8)])
  for (const { kind, category, items } of page.shelves) {
    const query = { newest: 'sort=newest', top_rated: 'sort=rating', category: `category=${category}` }[kind]
    const { body: list } = await get(`/api/books?in_stock=true&limit=6&${query}`)
    expect([kind, idsOf(items)]).toEqual([kind, idsOf(list.items)])
    expect(items.every(({ availability }) => availability !== 'sold_out')).toBe(true)
  }
})

test('the best rated shelf has only rated books, and a shelf without books is left out', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const { body } = await shop.visitor().get('/api/front-page')
  expect(names(body)).toEqual(['newest', 'Technology'])
  const empty = await createTestShop({ books: [] })
  expect((await empty.visitor().get('/api/front-page')).body).toEqual({ shelves: [], complete: true })
})

test('a shelf that cannot be read is reported and left out; such a response is not kept', async () => {
  const { shop, index, get } = await open()
  const browse = index.search.browse
  const failing = vi
    .spyOn(index.search, 'browse')
    .mockImplementation(query =>
      query.category?.includes('Category 3') || query.sort === 'newest'
        ? Promise.reject(new Error('a defect'))
        : browse(query),
    )
  const { status, body, headers } = await get('/api/front-page')
  expect([status, body.complete, headers.get('cache-control')]).toEqual([
    200,
    false,
    'public, max-age=0, s-maxage=5',
  ])
  expect(names(body)).not.toContain('newest')
  expect(names(body)).not.toContain('Category 3')
  expect(body.shelves).toHaveLength(8)
  expect(shop.reportedErrors.splice(0).map(String)).toEqual(['Error: a defect', 'Error: a defect'])
  failing.mockRestore()
  expect((await get('/api/front-page')).body.complete).toBe(true)
})

test('without an index, and where no shelf at all can be read, the front page is not ready', async () => {
  const { shop, index, get } = await open()
  vi.spyOn(index.search, 'browse').mockRejectedValue(new Error('a defect'))
  const { status, body, headers } = await get('/api/front-page')
  expect([status, body.code, headers.get('cache-control')]).toEqual([503, 'index_not_ready', 'no-store'])
  shop.reportedErrors.splice(0)
})

test('related books are by the first author and of the category, each once and never the book itself', async () => {
  const { get } = await open()
  const { body } = await get('/api/books/b-0-0/related')
  expect(body.author).toBe('Ann First')
  const [author, category] = [idsOf(body.by_author), idsOf(body.in_category)]
  expect([author.length, category.length]).toEqual([6, 6])
  expect(author.every((id: string) => /^b-[1-9]-0$/.test(id))).toBe(true)
  expect(category.every((id: string) => /^b-0-[1-9]$/.test(id))).toBe(true)
  expect((await get('/api/books/b-9-0/related')).body.in_category).toEqual([])
  expect((await get('/api/books/none/related')).body.code).toBe('book_not_found')
})

test('related books are found by ISBN, and an edit shows at once', async () => {
  const shop = await createTestShop({
    books: [aBook({ isbn: '9780132350884' }), aBook({ book_id: 'other', title: 'Other' })],
  })
  const related = async (id: string) => (await shop.visitor().get(`/api/books/${id}/related`)).body
  expect(idsOf((await related('978-0-13-235088-4')).by_author)).toEqual(['other'])
  expect(idsOf((await related('tech-001')).by_author)).toEqual(['other'])
  await shop.staff.call('PATCH', '/api/books/other', { status: 'retired' })
  expect((await related('tech-001')).by_author).toEqual([])
})

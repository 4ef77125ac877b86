import { expect, test, vi } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import { createShop } from '../composition/shop.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { ShopError } from '../core/errors.ts'
import { runInRequest } from '../core/request.ts'
import {
  createSearchTerms,
  parseSearchTerms,
  type SearchTermDeps,
  searchTerm,
  startSearchTermWriter,
} from './search-terms.ts'

const shop = await createTestShop({ books: [aBook()] })
const { deps, names } = shop

const counting = (given: Partial<SearchTermDeps> = {}) => createSearchTerms({ ...deps, ...given })
/** Counts as within the request of a shopper. */
const search = (terms: ReturnType<typeof counting>, q: string, total = 0) =>
  runInRequest('r-1', request => {
    request.isVisit = () => true
    terms.count({ q } as never, total)
  })

const stored = async () => {
  const { items } = await deps.db.query({
    table: names.control,
    where: 'pk = :pk',
    values: { ':pk': CONTROL_ROWS.searchTerms.pk },
  })
  return items.map(item => parseSearchTerms(item))
}

test('a search counts once however it is refined; suggestions, crawlers, HEAD, prefetches and staff do not', async () => {
  const terms = counting()
  const { fetch } = createShop({ ...deps, searchTerms: terms })
  const request = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    expect((await fetch(new Request(`http://localhost:3000${path}`, { headers, method }))).status).toBe(200)
  await request('/api/books?q=Cléan+CODE&limit=12')
  await request('/api/books/search?q=clean%20code')
  await request('/api/books?q=clean+code&page=2')
  await request('/api/books?q=clean+code&in_stock=true')
  await request('/api/books?q=clean+code&sort=title')
  await request('/api/books/suggest?q=clean')
  await request('/api/books')
  await request('/api/books?q=zzzzzz')
  await request('/api/books?q=one', { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' })
  await request('/api/books?q=two', { 'sec-purpose': 'prefetch' })
  await request('/api/books?q=three', {}, 'HEAD')
  await request('/api/books?q=four', { 'user-agent': 'Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG)' })
  // A page calls the API within its own request.
  await runInRequest('r-1', async outer => {
    outer.isVisit = () => false
    await request('/api/books?q=of+staff')
  })
  await startSearchTermWriter(terms).stop()
  expect(await stored()).toEqual([
    {
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      terms: expect.arrayContaining([
        { term: 'clean code', times: 2, withoutResult: 0 },
        { term: 'zzzzzz', times: 1, withoutResult: 1 },
        expect.objectContaining({ term: 'four', times: 1 }),
      ]),
    },
  ])
  expect((await stored())[0]?.terms).toHaveLength(3)
  // The response cache has it now.
  await request('/api/books/search?q=clean%20code')
  await terms.flush()
  expect((await stored())[0]?.terms).toContainEqual({ term: 'clean code', times: 2, withoutResult: 0 })
})

test('what may be about a person is not counted', () => {
  const personal = [
    'ann@example.com',
    '+1 (555) 010-9999',
    '978-0-13-235088-4',
    '５５５０１９９',
    'x'.repeat(300),
  ]
  expect([...personal, '', ' !? ', 'word '.repeat(13)].map(searchTerm).filter(Boolean)).toEqual([])
  expect(['1984', 'Catch-22 & 2001', 'C++', 'Élan'].map(searchTerm)).toEqual([
    '1984',
    'catch 22 and 2001',
    'c++',
    'elan',
  ])
})

test('items are bounded, begin with a new day, and are written again after a failure, which no search notices', async () => {
  const puts: { readonly item: { readonly sk: string; readonly terms: readonly unknown[] } }[] = []
  let isDown = true
  let now = new Date('2026-11-30T12:00:00Z')
  const report = vi.fn()
  const write = async (one: unknown) => {
    if (isDown) throw new ShopError('store_unavailable', 'not now')
    puts.push(one as never)
  }
  const terms = counting({ db: { write }, now: () => now, report, shop: { timeZone: 'Pacific/Kiritimati' } })
  for (let i = 0; i < 3_000; i++) search(terms, `term ${i}`)
  search(terms, 'term 1')
  await terms.flush()
  expect(puts).toEqual([])
  isDown = false
  now = new Date('2026-12-01T12:00:00Z')
  search(terms, 'tomorrow', 1)
  await terms.flush()
  const days = puts.map(({ item }) => [item.sk.slice(0, 10), item.terms.length])
  expect(days).toEqual([...Array.from({ length: 50 }, () => ['2026-12-01', 40]), ['2026-12-02', 1]])
  expect(puts[0]?.item.terms.slice(0, 2)).toEqual([
    ['term 0', 1, 1],
    ['term 1', 2, 2],
  ])
  // Nothing changed: nothing is written.
  await terms.flush()
  expect(puts).toHaveLength(51)
  search(terms, 'tomorrow', 1)
  await terms.flush()
  expect(puts.at(-1)?.item).toMatchObject({ sk: puts[50]?.item.sk, terms: [['tomorrow', 2, 0]] })
  expect(report).not.toHaveBeenCalled()
})

test('a function writes with a request: the first search at once, then what has come together once a minute', async () => {
  const written: unknown[] = []
  let now = new Date('2026-11-30T12:00:00Z')
  const write = async (one: { readonly item: { readonly terms: unknown } }) =>
    void written.push(one.item.terms)
  const terms = counting({ db: { write: write as never }, now: () => now })
  const pass = async (seconds: number, q?: string) => {
    now = new Date(now.getTime() + seconds * 1_000)
    if (q !== undefined) search(terms, q, 1)
    await terms.flushIfDue()
  }
  await pass(0)
  await pass(1, 'clean code')
  for (const q of ['clean code', 'clean code', 'refactoring']) await pass(10, q)
  expect(written).toEqual([[['clean code', 1, 0]]])
  await pass(30)
  await pass(3_600)
  expect(written.slice(1)).toEqual([
    [
      ['clean code', 3, 0],
      ['refactoring', 1, 0],
    ],
  ])
})

import { expect, test, vi } from 'vitest'
import { type Answer, aBook, createTestShop, type Json, type Shopper, type TestShop } from '../../test/kit.ts'
import type { Book } from './schema.ts'

const shelf = (
  count: number,
  changes: (i: number) => Partial<Omit<Book, 'price'>> & { price?: number } = () => ({}),
) =>
  Array.from({ length: count }, (_, i) =>
    aBook({ book_id: `b-${String(i).padStart(4, '0')}`, title: `Volume ${i}`, price: 10 + i, ...changes(i) }),
  )

const idsOf = (answer: Answer): string[] => answer.body.items.map((book: Json) => book.book_id)

const walk = async (
  who: Shopper,
  path: string,
  between: (page: number) => Promise<unknown> = async () => {},
): Promise<string[]> => {
  const ids: string[] = []
  let cursor: string | null = null
  for (let page = 0; page === 0 || cursor; page++) {
    const answer: Answer = await who.get(cursor ? `${path}&cursor=${cursor}` : path)
    expect(answer.status).toBe(200)
    ids.push(...idsOf(answer))
    cursor = answer.body.next_cursor
    await between(page)
  }
  return ids
}

test.each([1, 7, 50])('a walk by %i shows each book once, in each order', async limit => {
  const shop = await createTestShop({ books: shelf(60) })
  const all = shelf(60).map(book => book.book_id)
  for (const sort of limit === 1
    ? ['price_asc']
    : ['price_asc', 'price_desc', 'newest', 'title', 'relevance', 'rating'])
    expect((await walk(shop.visitor(), `/api/books?limit=${limit}&sort=${sort}`)).sort()).toEqual(all)
  expect((await walk(shop.visitor(), `/api/books/search?q=volume&limit=${limit}`)).sort()).toEqual(all)
})

test('a walk misses no book and repeats none while others come before and between', async () => {
  const shop = await createTestShop({ books: shelf(40) })
  const ids = await walk(shop.visitor(), '/api/books?limit=5&sort=price_asc', page =>
    shop.staff.post('/api/books', {
      book_id: `new-${page}`,
      category: 'Technology',
      title: 'New',
      author: 'x',
      price: page % 2 ? 1 : 15.5,
      stock_quantity: 1,
    }),
  )
  expect(ids.filter(id => id.startsWith('b-'))).toEqual(shelf(40).map(book => book.book_id))
})

test('a walk goes on where a page’s last book was taken off the shelf', async () => {
  const shop = await createTestShop({ books: shelf(10) })
  const first = await shop.visitor().get('/api/books?limit=3&sort=price_asc')
  await shop.staff.call('DELETE', '/api/books/b-0002')
  const next = await shop.visitor().get(`/api/books?limit=3&sort=price_asc&cursor=${first.body.next_cursor}`)
  expect(next.status).toBe(200)
  expect(idsOf(next).length).toBe(3)
})

test('filters combine, and their figures agree with the list', async () => {
  const books = shelf(30, i => ({
    category: i % 2 ? 'Odd' : 'Even',
    author: i % 3 ? 'Ann Other' : 'Bob Third',
    stock_quantity: i % 5 ? 3 : 0,
  }))
  const shop = await createTestShop({ books })
  const path =
    '/api/books?category=Odd&author=Ann%20Other&min_price=12&max_price=30.00&in_stock=true&limit=50'
  const { body } = await shop.visitor().get(path)
  const wanted = books.filter(
    ({ price, category, author, stock_quantity }) =>
      category === 'Odd' && author === 'Ann Other' && price >= 1200 && price <= 3000 && stock_quantity > 0,
  )
  expect(body.items.map((book: Json) => book.book_id).sort()).toEqual(wanted.map(book => book.book_id))
  expect(body.total).toBe(wanted.length)
  expect((await shop.visitor().get('/api/books/category/Odd')).body.total).toBe(15)
  expect((await shop.visitor().get('/api/books/category/Nothing')).body).toMatchObject({
    items: [],
    total: 0,
  })
})

test('the public sees how much there is in words, and nothing that only staff may see', async () => {
  const shop = await createTestShop({
    books: [0, 1, 5, 6].map(stock_quantity => aBook({ book_id: `b-${stock_quantity}`, stock_quantity })),
  })
  const { items } = (await shop.visitor().get('/api/books')).body
  const words = Object.fromEntries(items.map((book: Json) => [book.book_id, book.availability]))
  expect(words).toEqual({ 'b-0': 'sold_out', 'b-1': 'few_left', 'b-5': 'few_left', 'b-6': 'in_stock' })
  const page = (await shop.visitor().get('/api/books/b-5')).body
  for (const seen of [...items, page])
    for (const name of ['stock_quantity', 'status']) expect(seen).not.toHaveProperty(name)
})

const withoutIndex = async (books: readonly Book[]): Promise<TestShop> =>
  createTestShop({ books, indexLoaded: false })

test('while the index is not ready, categories and exact titles are answered from the table', async () => {
  const books = [
    ...shelf(30),
    aBook({ book_id: 'r', status: 'retired' }),
    aBook({ book_id: 'x', category: 'Craft' }),
  ]
  const shop = await withoutIndex(books)
  const visitor = shop.visitor()
  for (const path of ['/api/books/category/Technology?limit=7', '/api/books?category=Technology&limit=7'])
    expect(await walk(visitor, path)).toEqual(shelf(30).map(book => book.book_id))
  expect(idsOf(await visitor.get('/api/books/search?q=Volume%207'))).toEqual(['b-0007'])
  expect(idsOf(await visitor.get('/api/books?q=%20Clean%20Code%20'))).toEqual(['x'])
  const cheap = await visitor.get('/api/books/category/Technology?max_price=12&in_stock=true&limit=50')
  expect(idsOf(cheap)).toEqual(['b-0000', 'b-0001', 'b-0002'])
  expect(cheap.body).toMatchObject({ total: null, facets: { category: [] } })
  expect((await visitor.get('/api/books/b-0007')).body.title).toBe('Volume 7')
  expect((await visitor.get('/api/health')).body).toMatchObject({
    status: 'starting',
    index: { ready: false },
  })
  expect((await visitor.post('/api/cart/items', { book_id: 'x' })).status).toBe(200)
})

test('what the table cannot answer is a 503 that says when to come again', async () => {
  const shop = await withoutIndex([aBook()])
  for (const path of [
    '/api/books',
    '/api/books?q=',
    '/api/books?q=%20%20',
    '/api/books/search?q=',
    '/api/books?author=x',
    '/api/books/suggest?q=cl',
    '/api/categories',
  ]) {
    const { status, body, headers } = await shop.visitor().get(path)
    expect({ status, code: body.code }, path).toEqual({ status: 503, code: 'index_not_ready' })
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect(headers.get('cache-control')).toBe('no-store')
  }
  expect(idsOf(await shop.visitor().get('/api/books?q=%20&category=Technology'))).toEqual(['tech-001'])
  expect((await shop.visitor().get(`/api/books?q=${'x'.repeat(200)}`)).body.items).toEqual([])
})

test('an index that throws does not close the shop, and is reported', async () => {
  const shop = await createTestShop({ books: shelf(5) })
  const { index } = shop.deps.liveIndex
  const { next_cursor } = (await shop.visitor().get('/api/books?limit=2&category=Technology')).body
  if (!index) throw new Error('no index')
  vi.spyOn(index.search, 'browse').mockRejectedValue(new TypeError('broken on purpose'))
  expect(idsOf(await shop.visitor().get('/api/books/category/Technology'))).toHaveLength(5)
  expect(idsOf(await shop.visitor().get('/api/books/search?q=Volume%203'))).toEqual(['b-0003'])
  expect((await shop.visitor().get('/api/books?author=x')).body.code).toBe('index_not_ready')
  // Who was in the midst of a walk would see the first page again.
  const midst = await shop.visitor().get(`/api/books?limit=2&category=Technology&cursor=${next_cursor}`)
  expect(midst.body.code).toBe('index_not_ready')
  expect(shop.reportedErrors).toHaveLength(4)
})

test('a walk that the table began goes on there when the index is ready', async () => {
  const shop = await withoutIndex(shelf(9))
  const ids = await walk(shop.visitor(), '/api/books/category/Technology?limit=4', () =>
    shop.deps.liveIndex.load(),
  )
  expect(ids).toEqual(shelf(9).map(book => book.book_id))
})

test('a cursor serves the list that it came from, and no other', async () => {
  const shop = await createTestShop({ books: shelf(9) })
  const visitor = shop.visitor()
  const { next_cursor } = (await visitor.get('/api/books?limit=2&sort=title')).body
  expect((await visitor.get(`/api/books?sort=title&cursor=${next_cursor}`)).status).toBe(200)
  for (const path of [
    '/api/books?',
    '/api/books?sort=newest&',
    '/api/books?sort=title&in_stock=true&',
    '/api/books/category/Technology?sort=title&',
  ])
    expect((await visitor.get(`${path}cursor=${next_cursor}`)).body.code, path).toBe('bad_cursor')
  expect((await visitor.get('/api/books?sort=title&cursor=AAAA')).body.code).toBe('bad_cursor')
})

test('a search marks how its books match, a list does not', async () => {
  const shop = await createTestShop({
    books: [aBook({ book_id: 'x', title: 'Weatherglass' }), aBook({ book_id: 'y', title: 'Weather Report' })],
  })
  const answer = async (q: string) => (await shop.visitor().get(`/api/books?q=${q}`)).body
  expect(await answer('weatherglass')).toMatchObject({ match: 'exact', items: [{ match: 'exact' }] })
  expect(await answer('weathergl')).toMatchObject({ match: 'prefix', items: [{ match: 'prefix' }] })
  expect(await answer('waetherglass')).toMatchObject({ match: 'fuzzy', items: [{ match: 'fuzzy' }] })
  expect(await answer('zzzzqq')).toMatchObject({ match: null, total: 0 })
  const list = await answer('')
  expect(list.match).toBeNull()
  expect(list.items[0]).not.toHaveProperty('match')
})

test('a suggested book has its author, price and cover, a suggested author only a name', async () => {
  const cover = '/images/covers/x-1.webp'
  const shop = await createTestShop({
    books: [
      aBook({ book_id: 'x', title: 'Weatherglass', author: 'Mira Sollen', price: 12.5, image_url: cover }),
    ],
  })
  const suggest = async (q: string) => (await shop.visitor().get(`/api/books/suggest?q=${q}`)).body.items
  expect(await suggest('weath')).toEqual([
    {
      kind: 'book',
      text: 'Weatherglass',
      book_id: 'x',
      author: 'Mira Sollen',
      category: 'Technology',
      price: 12.5,
      availability: 'in_stock',
      image_url: cover,
    },
  ])
  expect((await suggest('sollen'))[0]).toEqual({ kind: 'author', text: 'Mira Sollen' })
})

test('a filter takes several values, and every other parameter only one', async () => {
  const shop = await createTestShop({
    books: [
      aBook({ book_id: 'a', category: 'Art', language: 'de', published_year: 1994, average_rating: 4.2 }),
      aBook({ book_id: 'b', category: 'Craft', author: 'Ada Berg', language: 'en', published_year: 2011 }),
      aBook({ book_id: 'c', category: 'Dance', author: 'Cal Dorn' }),
    ],
  })
  const get = (query: string) => shop.visitor().get(`/api/books?${query}`)
  expect(idsOf(await get('sort=title&category=Art&category=Dance')).sort()).toEqual(['a', 'c'])
  expect(idsOf(await get('author=Ada%20Berg&author=Cal%20Dorn')).sort()).toEqual(['b', 'c'])
  expect(idsOf(await get('language=de&language=en&decade=2010'))).toEqual(['b'])
  expect(idsOf(await get('min_rating=4'))).toEqual(['a'])
  const { facets } = (await get('category=Art')).body
  expect(facets.category).toHaveLength(3)
  expect([facets.language, facets.decade]).toEqual([
    [{ value: 'de', count: 1 }],
    [{ value: '1990', count: 1 }],
  ])
  for (const query of [
    'sort=title&sort=newest',
    'min_rating=2',
    'decade=nineties',
    'facet_limit=0',
    'page=0',
    Array.from({ length: 21 }, (_, i) => `author=${i}`).join('&'),
  ])
    expect((await get(query)).body.code, query).toBe('invalid_request')
})

test('a page is reached by its number as by cursors, and not by both', async () => {
  const shop = await createTestShop({ books: shelf(30) })
  const get = (query: string) => shop.visitor().get(`/api/books?limit=7&sort=price_asc${query}`)
  const first = await get('')
  expect(first.body).toMatchObject({ total: 30, pages: 5 })
  const second = await get('&page=2')
  expect(idsOf(second)).toEqual(idsOf(await get(`&cursor=${first.body.next_cursor}`)))
  expect(idsOf(await get(`&cursor=${second.body.next_cursor}`))).toEqual(idsOf(await get('&page=3')))
  const last = await get('&page=5')
  expect(idsOf(last)).toEqual(['b-0028', 'b-0029'])
  expect(last.body.next_cursor).toBeNull()
  expect(idsOf(await get('&page=6'))).toEqual([])
  expect((await get(`&page=2&cursor=${first.body.next_cursor}`)).body.code).toBe('invalid_request')
})

test('while the index is not ready, the table applies every filter to a category', async () => {
  const shop = await withoutIndex([
    aBook({
      book_id: 'a',
      author: 'Ada Berg; Cal Dorn',
      language: 'de',
      published_year: 1994,
      average_rating: 4.2,
    }),
    aBook({ book_id: 'b', author: 'Ada Berg', language: 'en', published_year: 2011, average_rating: 3 }),
  ])
  const get = (query: string) => shop.visitor().get(`/api/books?category=Technology&${query}`)
  for (const query of [
    'language=de',
    'decade=1990&decade=1980',
    'min_rating=4',
    'author=Cal%20Dorn&author=x',
  ])
    expect(idsOf(await get(query)), query).toEqual(['a'])
  expect(idsOf(await get('author=Ada%20Berg')).sort()).toEqual(['a', 'b'])
  expect((await get('category=Craft')).body.code).toBe('index_not_ready')
  expect((await get('page=2')).body.code).toBe('index_not_ready')
})

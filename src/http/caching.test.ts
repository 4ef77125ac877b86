/** HTTP caching: cache headers and ETags of every endpoint, HEAD, and methods that are not allowed. */
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'

const PUBLIC = [
  '/api/books',
  '/api/books?q=clean&limit=5',
  '/api/books/search?q=code',
  '/api/books/suggest?q=cl',
  '/api/books/category/Technology',
  '/api/categories',
  '/api/front-page',
  '/api/books/tech-001',
  '/api/books/9780132350884',
]

const open = () => createTestShop({ books: [aBook({ isbn: '9780132350884' })] })

test.each(PUBLIC)('%s is cacheable by everyone, and has the same bytes for everyone', async path => {
  const shop = await open()
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const answers = [await shop.visitor().get(path), await guest.get(path), await shop.staff.get(path)]
  const [first] = answers
  for (const { status, headers, body } of answers) {
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('public, max-age=0, s-maxage=20')
    expect(headers.get('etag')).toMatch(/^"[\w-]{22}"$/)
    expect(headers.get('set-cookie')).toBeNull()
    expect(headers.get('content-type')).toBe('application/json')
    expect(body).toEqual(first?.body)
    expect(headers.get('etag')).toBe(first?.headers.get('etag'))
  }
})

test.each(PUBLIC)('%s answers 304 when the ETag matches', async path => {
  const shop = await open()
  const etag = (await shop.visitor().get(path)).headers.get('etag') ?? ''
  for (const match of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const { status, body, headers } = await shop.visitor().get(path, { 'if-none-match': match })
    expect({ status, body }, match).toEqual({ status: 304, body: '' })
    expect(headers.get('etag')).toBe(etag)
    expect(headers.get('cache-control')).toContain('public')
  }
  for (const match of ['"other"', etag.replaceAll('"', ''), '', 'W/*'])
    expect((await shop.visitor().get(path, { 'if-none-match': match })).status, match).toBe(200)
})

test.each(PUBLIC)('%s answers HEAD like GET, without a body', async path => {
  const shop = await open()
  for (const _ of ['rendered', 'cached']) {
    const head = await shop.visitor().call('HEAD', path)
    const get = await shop.visitor().get(path)
    expect({ status: head.status, body: head.body }).toEqual({ status: 200, body: '' })
    for (const name of ['etag', 'content-type', 'cache-control'])
      expect(head.headers.get(name)).toBe(get.headers.get(name))
  }
})

test('an edit is visible at once, although the response before it was cached', async () => {
  const shop = await open()
  const before = await Promise.all(PUBLIC.map(path => shop.visitor().get(path)))
  await shop.staff.call('PATCH', '/api/books/tech-001', { title: 'Clean Codes', category: 'Craft', price: 1 })
  for (const [i, path] of PUBLIC.entries()) {
    const after = await shop.visitor().get(path, { 'if-none-match': before[i]?.headers.get('etag') ?? '' })
    expect(after.status, path).toBe(200)
    expect(after.body, path).not.toEqual(before[i]?.body)
  }
})

test('private responses and errors are never cached', async () => {
  const shop = await open()
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  const { body } = await checkOut(shopper)
  const answers = [
    await shopper.get('/api/cart'),
    await shopper.get('/api/orders'),
    await shopper.get(`/api/orders/${body.order_id}`),
    await shopper.post('/api/cart/items', { book_id: 'tech-001' }),
    await shopper.get('/api/health'),
    await shop.staff.get('/api/books/tech-001/stock'),
    await shopper.get('/api/books/no-such-book'),
    await shopper.get('/api/books?limit=0'),
    await shopper.get('/api/nothing'),
    await shopper.post('/api/books', {}),
    await shopper.call('POST', '/api/categories'),
  ]
  for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store')
  for (const { headers } of answers)
    expect(headers.has('etag')).toBe(headers.has('etag') && headers === answers[5]?.headers)
})

test('an error is not cached: a book that is added later is found', async () => {
  const shop = await open()
  expect((await shop.visitor().get('/api/books/later')).status).toBe(404)
  const book = { book_id: 'later', category: 'C', title: 't', author: 'a', price: 1, stock_quantity: 1 }
  await shop.staff.post('/api/books', book)
  expect((await shop.visitor().get('/api/books/later')).status).toBe(200)
})

const paths = [...new Set(ENDPOINTS.map(({ path }) => path))]

test.each(paths)('%s refuses other methods with 405 and lists the allowed ones', async path => {
  const shop = await open()
  const taken = ENDPOINTS.filter(one => one.path === path).map(({ method }) => method as string)
  const expected = taken.includes('GET') ? [...taken, 'HEAD'] : taken
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    if (expected.includes(method)) continue
    const { status, body, headers } = await shop.visitor().call(method, path.replaceAll(/\{\w+\}/g, 'a-b'))
    expect({ method, status }).toEqual({ method, status: 405 })
    if (method !== 'HEAD') expect(body.code).toBe('method_not_allowed')
    expect(headers.get('allow')?.split(', ').sort()).toEqual([...expected].sort())
  }
})

test.each([
  '/',
  '/api',
  '/api/',
  '/api/books/',
  '/api/booksx',
  '/api//books',
  '/API/books',
  '/api/cart/items/a/b',
  '/%2e%2e/etc/passwd',
])('there is nothing at %s, which is said as a problem', async path => {
  const { status, body, headers } = await (await open()).visitor().get(path)
  expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' })
  expect(headers.get('content-type')).toBe('application/problem+json')
})

import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { aBook, createTestShop } from '../../test/kit.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'
import type { Endpoint } from './endpoint.ts'
import { createResponseCache, responseKey } from './response-cache.ts'

const get = (path: string, method = 'GET') => new Request(`http://localhost:3000${path}`, { method })
const always = () => true

test('a cached response is sent for a URL that was answered, and for others with its key, while it is fresh', async () => {
  const { find, findByKey, store, clear } = createResponseCache(100_000)
  let isFresh = true
  store(get('/a?x=1'), 'a 1', { n: 1 }, () => isFresh)
  expect(await find(get('/a?x=1'))?.json()).toEqual({ n: 1 })
  for (const other of ['/a', '/a?x=2', '/a?x=1&y', '/A?x=1', '/b?x=1'])
    expect(find(get(other)), other).toBeUndefined()
  expect(findByKey(get('/a?x=2'), 'a 2')).toBeUndefined()
  expect(await findByKey(get('/a?x=01'), 'a 1')?.json()).toEqual({ n: 1 })
  expect(await find(get('/a?x=01'))?.json()).toEqual({ n: 1 })
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect(find(get('/a?x=1', method))).toBeUndefined()
  expect(find(get('/a?x=1', 'HEAD'))?.status).toBe(200)
  isFresh = false
  expect(find(get('/a?x=1'))).toBeUndefined()
  isFresh = true
  // A response that was stale once is removed.
  expect(find(get('/a?x=01'))).toBeUndefined()
  store(get('/a'), 'a', 1, always)
  clear()
  expect(find(get('/a'))).toBeUndefined()
})

test('a response without a freshness check is not cached', async () => {
  const { find, store } = createResponseCache(100_000)
  expect(await store(get('/a'), 'a', { n: 1 }, undefined).json()).toEqual({ n: 1 })
  expect(find(get('/a'))).toBeUndefined()
})

test('the cache stays within its bound, however many paths are requested', () => {
  const { find, store } = createResponseCache(100_000)
  const paths = Array.from({ length: 5_000 }, (_, i) => `/a?q=${i}`)
  for (const path of paths) store(get(path), path, 'x'.repeat(1_000), always)
  const cached = paths.filter(path => find(get(path)))
  expect(cached.length).toBeLessThanOrEqual(100)
  expect(cached.length).toBeGreaterThan(50)
  expect(cached.at(-1)).toBe(paths.at(-1))
  const large = store(get('/large'), 'large', 'x'.repeat(200_000), always)
  expect(large.status).toBe(200)
  expect(find(get('/large'))).toBeUndefined()
})

test('the same content has the same ETag, other content another one', () => {
  const { store } = createResponseCache(100_000)
  const etagOf = (value: unknown) => store(get('/a'), 'a', value, undefined).headers.get('etag')
  expect(etagOf({ a: 1 })).toBe(etagOf({ a: 1 }))
  expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: 2 }))
})

test('the key of a response is its endpoint with the parsed path and query, in the order of the schemas', () => {
  const query = z.strictObject({ a: z.string().optional(), b: z.coerce.number().optional() })
  const keyOf = (sent: object, id = 'one') => responseKey({ id }, { params: {}, query: query.parse(sent) })
  expect(keyOf({ b: '02', a: 'x' })).toBe(keyOf({ a: 'x', b: '2' }))
  const different = [
    keyOf({}),
    keyOf({ a: '1' }),
    keyOf({ b: '1' }),
    keyOf({ a: '1', b: '1' }),
    keyOf({}, 'other'),
  ]
  expect(new Set(different).size).toBe(different.length)
})

test('other spellings of a list are answered without making it again, and unknown parameters are refused', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const index = await shop.deps.liveIndex.waitForIndex()
  if (!index) throw new TypeError('the index must be loaded')
  const browse = vi.spyOn(index.search, 'browse')
  const spellings = [
    '/api/books?q=clean%20code&limit=5&page=2',
    '/api/books?page=2&limit=5&q=clean+code',
    '/api/books?&&limit=005&q=clean+code&page=2&',
    '/api/books?q=%63lean+code&li%6dit=5&page=2',
    '/api/b%6Foks?q=clean+code&limit=5&page=2',
  ]
  const answers = []
  for (const path of [...spellings, ...spellings]) answers.push(await shop.visitor().get(path))
  const [first] = answers
  for (const { status, body, headers } of answers)
    expect([status, body, headers.get('etag')]).toEqual([200, first?.body, first?.headers.get('etag')])
  expect(browse).toHaveBeenCalledTimes(1)
  for (const n of [1, 2, 3])
    expect((await shop.visitor().get(`/api/books?limit=5&u${n}=1`)).body.code).toBe('invalid_request')
  expect(browse).toHaveBeenCalledTimes(1)
})

test('every public endpoint refuses a parameter that its schema does not know', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const open = ENDPOINTS.filter(({ cache, method }: Endpoint) => cache === 'public' && method === 'GET')
  expect(open.length).toBeGreaterThan(6)
  for (const { path } of open) {
    const { status, body } = await shop.visitor().get(`${path.replaceAll(/\{\w+\}/g, 'a')}?q=a&utm_source=1`)
    expect([path, status, body.code]).toEqual([path, 400, 'invalid_request'])
  }
})

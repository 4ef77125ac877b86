import { expect, test } from 'vitest'
import { createResponseCache } from './response-cache.ts'

const get = (path: string, method = 'GET') => new Request(`http://localhost:3000${path}`, { method })
const always = () => true

test('a cached response is sent for exactly its path and query, while it is fresh', async () => {
  const { find, store, clear } = createResponseCache(100_000)
  let isFresh = true
  store(get('/a?x=1'), { n: 1 }, () => isFresh)
  expect(await find(get('/a?x=1'))?.json()).toEqual({ n: 1 })
  for (const other of ['/a', '/a?x=2', '/a?x=1&y', '/a?x=1#', '/A?x=1', '/b?x=1']) {
    const found = find(get(other))
    if (other !== '/a?x=1#') expect(found, other).toBeUndefined()
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect(find(get('/a?x=1', method))).toBeUndefined()
  expect(find(get('/a?x=1', 'HEAD'))?.status).toBe(200)
  isFresh = false
  expect(find(get('/a?x=1'))).toBeUndefined()
  isFresh = true
  // A response that was stale once is removed.
  expect(find(get('/a?x=1'))).toBeUndefined()
  store(get('/a'), 1, always)
  clear()
  expect(find(get('/a'))).toBeUndefined()
})

test('a response without a freshness check is not cached', async () => {
  const { find, store } = createResponseCache(100_000)
  expect(await store(get('/a'), { n: 1 }, undefined).json()).toEqual({ n: 1 })
  expect(find(get('/a'))).toBeUndefined()
})

test('the cache stays within its bound, however many paths are requested', () => {
  const { find, store } = createResponseCache(100_000)
  const paths = Array.from({ length: 5_000 }, (_, i) => `/a?q=${i}`)
  for (const path of paths) store(get(path), 'x'.repeat(1_000), always)
  const cached = paths.filter(path => find(get(path)))
  expect(cached.length).toBeLessThanOrEqual(100)
  expect(cached.length).toBeGreaterThan(50)
  expect(cached.at(-1)).toBe(paths.at(-1))
  const large = store(get('/large'), 'x'.repeat(200_000), always)
  expect(large.status).toBe(200)
  expect(find(get('/large'))).toBeUndefined()
})

test('the same content has the same ETag, other content another one', () => {
  const { store } = createResponseCache(100_000)
  const etagOf = (value: unknown) => store(get('/a'), value, undefined).headers.get('etag')
  expect(etagOf({ a: 1 })).toBe(etagOf({ a: 1 }))
  expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: 2 }))
})

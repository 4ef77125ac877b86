import { expect, test } from 'vitest'
import { createResponseCache } from './response-cache.ts'

const get = (path: string, method = 'GET') => new Request(`http://localhost:3000${path}`, { method })
const always = () => true

test('an answer is given again to the very address, as long as it holds', async () => {
  const { find, keep, clear } = createResponseCache(100_000)
  let holds = true
  keep(get('/a?x=1'), { n: 1 }, () => holds)
  expect(await find(get('/a?x=1'))?.json()).toEqual({ n: 1 })
  for (const other of ['/a', '/a?x=2', '/a?x=1&y', '/a?x=1#', '/A?x=1', '/b?x=1']) {
    const found = find(get(other))
    if (other !== '/a?x=1#') expect(found, other).toBeUndefined()
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect(find(get('/a?x=1', method))).toBeUndefined()
  expect(find(get('/a?x=1', 'HEAD'))?.status).toBe(200)
  holds = false
  expect(find(get('/a?x=1'))).toBeUndefined()
  holds = true
  // What has once not held is gone.
  expect(find(get('/a?x=1'))).toBeUndefined()
  keep(get('/a'), 1, always)
  clear()
  expect(find(get('/a'))).toBeUndefined()
})

test('an answer that nobody vouches for is given once', async () => {
  const { find, keep } = createResponseCache(100_000)
  expect(await keep(get('/a'), { n: 1 }, undefined).json()).toEqual({ n: 1 })
  expect(find(get('/a'))).toBeUndefined()
})

test('no more is kept than may be, however many addresses are asked for', () => {
  const { find, keep } = createResponseCache(100_000)
  const paths = Array.from({ length: 5_000 }, (_, i) => `/a?q=${i}`)
  for (const path of paths) keep(get(path), 'x'.repeat(1_000), always)
  const kept = paths.filter(path => find(get(path)))
  expect(kept.length).toBeLessThanOrEqual(100)
  expect(kept.length).toBeGreaterThan(50)
  expect(kept.at(-1)).toBe(paths.at(-1))
  const large = keep(get('/large'), 'x'.repeat(200_000), always)
  expect(large.status).toBe(200)
  expect(find(get('/large'))).toBeUndefined()
})

test('the same content has the same ETag, another content another', () => {
  const { keep } = createResponseCache(100_000)
  const etagOf = (value: unknown) => keep(get('/a'), value, undefined).headers.get('etag')
  expect(etagOf({ a: 1 })).toBe(etagOf({ a: 1 }))
  expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: 2 }))
})

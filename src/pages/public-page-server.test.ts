import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLoadShedder } from '../http/load-shedding.ts'
import { observeSharing } from './page-sharing.ts'
import { createPublicPageServer } from './public-page-server.ts'

const ORIGIN = 'https://shop.example'

/** A server over a renderer that answers with its own URL and records it. */
const start = (
  answer: (url: URL) => Response | Promise<Response> = ({ pathname, search }) =>
    new Response(pathname + search),
) => {
  const rendered: string[] = []
  let version = 0
  const server = createPublicPageServer({
    origins: new Set([ORIGIN]),
    loadShedder: createLoadShedder(),
    https: true,
    mark: 'mark',
    createFreshnessCheck: () => {
      const at = version
      return () => at === version
    },
    prepare: async () => undefined,
    render: async ({ url }) => {
      rendered.push(url.slice(ORIGIN.length))
      await setImmediate()
      return answer(new URL(url))
    },
  })
  const get = async (path: string, init?: RequestInit) => {
    const url = new URL(path, ORIGIN)
    const address = server.addressOf(url)
    if (!address) throw new TypeError('must be a public page')
    const request = new Request(url, init)
    return (await server.find(request, url, address)) ?? server.answer(request, url, address)
  }
  const change = () => {
    version++
  }
  return { rendered, get, change }
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

test.each(['/', '/search?q=a', '/books/a-1/b', '/about', '/search.data', '/covers/a-1.svg'])(
  'whatever else the URL of %s carries, it is rendered once and cached once, one after the other or all at the same time',
  async path => {
    const urls = range(40).map(n => `${path}${path.includes('?') ? '&' : '?'}u${n}=${n}&utm_source=${n}`)
    const { rendered, get } = start()
    const bodies = await Promise.all(urls.map(async url => (await get(url)).text()))
    for (const url of urls) bodies.push(await (await get(url)).text())
    expect(new Set(bodies)).toEqual(new Set([path]))
    expect(rendered).toEqual([path])
  },
)

test('parameters that mean something make pages of their own', async () => {
  const { rendered, get } = start()
  for (const path of ['/search?q=a', '/search?q=b', '/search?page=2', '/search', '/category/a?sort=title'])
    expect(await (await get(path)).text()).toBe(path)
  expect(rendered).toHaveLength(5)
})

test('a rendering is shared only while what it reads is unchanged', async () => {
  const { rendered, get, change } = start()
  const before = get('/about?a=1')
  await setImmediate()
  change()
  await Promise.all([before, get('/about?a=2'), get('/about?a=3')])
  expect(rendered).toEqual(['/about', '/about'])
  await get('/about')
  expect(rendered).toHaveLength(2)
})

test('a rendering that fails is not shared with later requests', async () => {
  let fails = true
  const { get } = start(() => {
    if (fails) throw new Error('fails')
    return new Response('well')
  })
  await expect(get('/about')).rejects.toThrow('fails')
  fails = false
  expect(await (await get('/about')).text()).toBe('well')
})

test('a redirect is rendered once, keeps the parameters of each visitor, and is cached by nobody else', async () => {
  const { rendered, get } = start(
    ({ search }) => new Response(null, { status: 301, headers: { location: `/books/a/b${search}` } }),
  )
  for (const query of ['', '?utm_source=x', '?a=1&b=%C3%A9'])
    for (const _ of ['rendered', 'cached']) {
      const { status, headers } = await get(`/books/a${query}`)
      expect([status, headers.get('location')]).toEqual([301, `/books/a/b${query}`])
      expect([headers.get('cache-control'), headers.get('content-type')]).toEqual(['no-store', null])
    }
  expect(rendered).toEqual(['/books/a'])
})

test('a redirect within the data of a page is made from the URL as it was sent', async () => {
  const { rendered, get } = start(url => new Response(url.search, { status: 202 }))
  const response = await get('/books/a.data?_routes=routes%2Fbook&utm_source=x')
  expect(await response.text()).toBe('?_routes=routes%2Fbook&utm_source=x')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(rendered).toHaveLength(2)
})

test('many redirects displace no page', async () => {
  const { rendered, get } = start(({ pathname }) =>
    pathname.startsWith('/books/a/')
      ? new Response(null, { status: 301, headers: { location: '/' } })
      : new Response('x'),
  )
  await get('/about')
  for (const n of range(2_000)) await get(`/books/a/${n}`)
  await get('/about')
  expect(rendered.filter(path => path === '/about')).toHaveLength(1)
})

test('a cover is drawn once for all versions; only its current one is immutable, and the header that tells it stays inside', async () => {
  const { rendered, get } = start(() => new Response('<svg/>', { headers: { 'x-cover-version': 'v1' } }))
  for (const [query, caching] of [
    ['', 's-maxage=20'],
    ['?v=v1', 'immutable'],
    ['?v=v1&u=1', 'immutable'],
    ['?v=old', 's-maxage=20'],
  ] as const) {
    const { headers } = await get(`/covers/a.svg${query}`)
    expect(headers.get('cache-control'), query).toContain(caching)
    expect(headers.has('x-cover-version')).toBe(false)
  }
  expect(rendered).toEqual(['/covers/a.svg'])
})

test('a page that is not there is not cached, a cover that is not there for ten seconds', async () => {
  const { get } = start(() => new Response('nothing', { status: 404 }))
  const { status, headers } = await get('/covers/a.svg?v=1')
  expect([status, headers.get('cache-control'), headers.get('etag')]).toEqual([
    404,
    'public, max-age=10',
    null,
  ])
  expect((await get('/books/a')).headers.get('cache-control')).toBe('no-store')
})

test('HEAD and conditional requests find the page that GET has made', async () => {
  const { rendered, get } = start()
  const etag = (await get('/about?a')).headers.get('etag') ?? ''
  expect((await get('/about?b', { headers: { 'if-none-match': etag } })).status).toBe(304)
  const head = await get('/about?c', { method: 'HEAD' })
  expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', etag])
  expect(rendered).toHaveLength(1)
})

const shared = (seconds: number) => ({
  headers: { 'cache-control': `public, max-age=0, s-maxage=${seconds}` },
})

test('a page is shared as long as its renderer says, and briefly once its data may have changed; what no purge is for always', async () => {
  const server = start(() => new Response('a page', shared(3_600)))
  const caching = async (path: string) => (await server.get(path)).headers.get('cache-control')
  expect(await caching('/books/a-1/b')).toBe('public, max-age=0, s-maxage=3600')
  for (const path of ['/covers/a.svg', '/about', '/about.data', '/terms', '/privacy', '/site.webmanifest'])
    expect(await caching(path), path).toBe('public, max-age=0, s-maxage=20')
  // The data changes while the page is rendered: a purge that is on its way may come before this response is stored.
  const late = caching('/search')
  await setImmediate()
  server.change()
  expect(await late).toBe('public, max-age=0, s-maxage=20')
  expect(await caching('/search')).toBe('public, max-age=0, s-maxage=3600')
})

test.each([
  [[3_600, 3_600], 3_600],
  [[3_600, 20], 20],
  [[3_600, 5], 5],
  [[3_600, undefined], 5],
  [[], 20],
] as const)(
  'a page of responses that may be shared for %j s may be for %i s',
  async (responses, expected) => {
    const left = [...responses]
    const { fetch, sharedSeconds } = observeSharing(async () => {
      const seconds = left.shift()
      return new Response(
        '',
        seconds === undefined ? { headers: { 'cache-control': 'no-store' } } : shared(seconds),
      )
    })
    for (const _ of responses) await fetch(new Request(ORIGIN))
    expect(sharedSeconds()).toBe(expected)
  },
)

test('a page whose API cannot be reached is kept for moments', async () => {
  const { fetch, sharedSeconds } = observeSharing(() => Promise.reject(new Error('no connection')))
  await expect(fetch(new Request(ORIGIN))).rejects.toThrow('no connection')
  expect(sharedSeconds()).toBe(5)
})

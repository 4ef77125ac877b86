/** Who may do what, walked over every endpoint there is; and which requests of other sites are refused. */
import { expect, test } from 'vitest'
import { contentsOf } from '../../test/contents.ts'
import { aBook, STAFF_TOKEN, testShop } from '../../test/kit.ts'
import { endpoints } from '../endpoints.ts'
import { createShop } from '../shop.ts'
import type { Endpoint } from './endpoint.ts'

const pathOf = ({ path }: Endpoint): string => path.replaceAll(/\{\w+\}/g, 'tech-001')
const everyone = [
  undefined,
  'Bearer wrong',
  `Bearer ${STAFF_TOKEN}x`,
  `Basic ${STAFF_TOKEN}`,
  STAFF_TOKEN,
  'Bearer ',
  'Bearer undefined',
]

test.each(endpoints)('$id is open to whom its policy names, and to nobody else', async endpoint => {
  const shop = await testShop({ books: [aBook()] })
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const before = await contentsOf(shop)
  const ask = (who: typeof guest, headers: Record<string, string> = {}) =>
    who.call(endpoint.method, pathOf(endpoint), undefined, headers)
  for (const authorization of everyone) {
    const headers = authorization === undefined ? {} : { authorization }
    const [visitor, withCookie] = [await ask(shop.visitor(), headers), await ask(guest, headers)]
    if (endpoint.who === 'staff') {
      expect(visitor, String(authorization)).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
      expect(withCookie, String(authorization)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      expect(await contentsOf(shop)).toBe(before)
    } else if (endpoint.who === 'account') {
      expect(visitor, String(authorization)).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
    } else for (const { status } of [visitor, withCookie]) expect([401, 403]).not.toContain(status)
  }
  if (endpoint.who === 'account') {
    expect((await ask(guest)).body.code).toBe('not_signed_in')
    expect([401, 403]).not.toContain((await ask(await shop.account())).status)
    return
  }
  expect([401, 403]).not.toContain((await ask(shop.staff)).status)
  expect([401, 403]).not.toContain((await ask(guest, { authorization: `bearer ${STAFF_TOKEN}` })).status)
})

test('where no staff token is set there are no staff, whatever is sent', async () => {
  const shop = await testShop({ books: [aBook()] })
  const { fetch } = createShop(shop.deps, { staffToken: undefined })
  for (const endpoint of endpoints.filter(({ who }) => who === 'staff'))
    for (const token of ['undefined', 'null', '', STAFF_TOKEN]) {
      const headers = { authorization: `Bearer ${token}` }
      const request = new Request(`http://localhost:3000${pathOf(endpoint)}`, {
        method: endpoint.method,
        headers,
      })
      expect((await fetch(request)).status, endpoint.id).toBe(401)
    }
})

test('every endpoint says who may call it, what is public sets no cookie, and only staff write the catalogue', () => {
  for (const { id, who, cache, method, path } of endpoints) {
    expect(['anyone', 'shopper', 'account', 'staff'], id).toContain(who)
    if (cache === 'public') expect({ id, who, method }).toEqual({ id, who: 'anyone', method: 'GET' })
    if (path.startsWith('/api/books') && method !== 'GET') expect({ id, who }).toEqual({ id, who: 'staff' })
  }
})

const OURS = 'http://localhost:3000'
const unsafe: [string | undefined, string | undefined, boolean][] = [
  // Sec-Fetch-Site, Origin, whether a request with a cookie passes
  ['same-origin', undefined, true],
  ['same-origin', OURS, true],
  ['same-origin', 'https://evil.example', true],
  ['same-site', OURS, false],
  ['cross-site', OURS, false],
  ['none', OURS, false],
  ['', OURS, false],
  ['SAME-ORIGIN', undefined, false],
  [undefined, OURS, true],
  [undefined, 'http://127.0.0.1:3000', true],
  [undefined, 'http://[::1]:3000', true],
  [undefined, undefined, false],
  [undefined, 'null', false],
  [undefined, '', false],
  [undefined, 'http://localhost:3001', false],
  [undefined, 'https://localhost:3000', false],
  [undefined, 'http://localhost:3000.evil.example', false],
  [undefined, 'http://evil.example/http://localhost:3000', false],
]

test.each(unsafe)(
  'a change with a cookie from site %s, origin %s passes: %s',
  async (site, origin, passes) => {
    const shop = await testShop({ books: [aBook()] })
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001' })
    const cookie = shopper.cookie() ?? ''
    const send = (method: string, path: string, body?: object, more: Record<string, string> = {}) =>
      shop.fetch(
        new Request(`${OURS}${path}`, {
          method,
          headers: {
            ...(body ? { 'content-type': 'application/json' } : {}),
            ...(site === undefined ? {} : { 'sec-fetch-site': site }),
            ...(origin === undefined ? {} : { origin }),
            ...more,
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        }),
      )
    const add = { book_id: 'tech-001' }
    const before = await contentsOf(shop)
    const changes = [
      await send('POST', '/api/cart/items', add, { cookie }),
      await send('PUT', '/api/cart/items/tech-001', { quantity: 1 }, { cookie }),
      await send('DELETE', '/api/cart/items/tech-001', undefined, { cookie }),
      // Also where there is nothing, and with a cookie that is not ours.
      await send('POST', '/api/nothing', add, { cookie: 'a=b' }),
    ]
    const statuses = changes.map(({ status }) => status)
    expect(statuses).toEqual(passes ? [200, 200, 200, 404] : [403, 403, 403, 403])
    if (!passes) expect(await contentsOf(shop)).toBe(before)
    // Without a cookie there is nothing to forge; a look changes nothing.
    expect((await send('POST', '/api/cart/items', add)).status).toBe(200)
    expect((await send('GET', '/api/cart', undefined, { cookie })).status).toBe(200)
  },
)

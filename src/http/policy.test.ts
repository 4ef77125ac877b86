/** Access policies of the endpoints, revoked roles, and the CSRF check. The matrix of callers and endpoints is in tools/fuzz/access-matrix.ts. */
import { expect, test } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import { dumpTables } from '../../test/table-contents.ts'
import { revokeRole } from '../accounts/staff.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'

test('a revoked role ends with the next request, and so do the sessions', async () => {
  const shop = await createTestShop()
  const staff = await shop.account({ role: 'staff' })
  const day = '/api/orders?date=2026-01-01'
  expect((await staff.get(day)).status).toBe(200)
  expect(await revokeRole(shop.deps, 'the tests', staff.email)).toBe(true)
  expect(await staff.get(day)).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
})

test('every endpoint has an access policy, public responses set no cookie, and only staff edit the catalog', () => {
  for (const { id, access, cache, method, path, body } of ENDPOINTS) {
    expect(['anyone', 'shopper', 'account', 'staff', 'signed'], id).toContain(access)
    // A signature is checked over the raw body.
    expect(access === 'signed', id).toBe(body === 'bytes' && access !== 'staff')
    if (cache === 'public') expect({ id, who: access, method }).toEqual({ id, who: 'anyone', method: 'GET' })
    if (path.startsWith('/api/books') && method !== 'GET')
      expect({ id, who: access }).toEqual({ id, who: 'staff' })
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
  'an unsafe request with a cookie, from site %s and origin %s, is accepted: %s',
  async (site, origin, passes) => {
    const shop = await createTestShop({ books: [aBook()] })
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
    const before = await dumpTables(shop)
    const changes = [
      await send('POST', '/api/cart/items', add, { cookie }),
      await send('PUT', '/api/cart/items/tech-001', { quantity: 1 }, { cookie }),
      await send('DELETE', '/api/cart/items/tech-001', undefined, { cookie }),
      // Also at an unmatched path, and with a cookie of another site.
      await send('POST', '/api/nothing', add, { cookie: 'a=b' }),
    ]
    const statuses = changes.map(({ status }) => status)
    expect(statuses).toEqual(passes ? [200, 200, 200, 404] : [403, 403, 403, 403])
    if (!passes) expect(await dumpTables(shop)).toBe(before)
    // Without a cookie too, or another site could sign its visitors in. A request with neither header is not a browser's.
    const isBrowser = site !== undefined || origin !== undefined
    expect((await send('POST', '/api/cart/items', add)).status).toBe(passes || !isBrowser ? 200 : 403)
    // Safe methods are not checked.
    expect((await send('GET', '/api/cart', undefined, { cookie })).status).toBe(200)
  },
)

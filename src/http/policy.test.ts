/** Who may do what, walked over every endpoint there is; and which requests of other sites are refused. */
import { expect, test } from 'vitest'
import { contentsOf } from '../../test/contents.ts'
import { type Account, type Answer, aBook, checkOut, type Shopper, testShop } from '../../test/kit.ts'
import { takeRole } from '../accounts/staff.ts'
import { endpoints } from '../endpoints.ts'
import type { Endpoint, Policy } from './endpoint.ts'

const pathOf = ({ path }: Endpoint, orderId: string): string =>
  path.replaceAll('{order_id}', orderId).replaceAll(/\{\w+\}/g, 'tech-001')

/** Everyone who may come: who they are, and how far each policy lets them in. */
const openShop = async () => {
  const shop = await testShop({ books: [aBook()] })
  const owner = await shop.account()
  await owner.post('/api/cart/items', { book_id: 'tech-001' })
  const orderId = (await checkOut(owner)).body.order_id as string
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const ended = await shop.account({ role: 'admin' })
  await ended.post('/api/auth/sign-out')
  const cookieOf = async (role?: 'admin') => (await shop.account(role && { role })).cookie() ?? ''
  const tampered = (cookie: string) => ({ cookie: cookie.replace(/.{8}$/, 'AAAAAAA%3D') })
  return {
    shop,
    orderId,
    callers: {
      anonymous: shop.visitor(),
      guest,
      other: await shop.account(),
      owner,
      'staff without a second factor': await shop.account({ role: 'staff', secondFactor: false }),
      'a second factor without a role': await shop.account({ secondFactor: true }),
      staff: await shop.account({ role: 'staff' }),
      admin: await shop.account({ role: 'admin' }),
      'signed out': { ...shop.visitor(), cookie: ended.cookie },
    } satisfies Record<string, Shopper>,
    forged: [
      tampered(await cookieOf('admin')),
      { cookie: 'cloudshelf_session=' },
      { cookie: 'cloudshelf_session=a.b' },
      { authorization: 'Bearer undefined' },
      { authorization: `Bearer ${(await cookieOf('admin')).split('=')[1]}` },
    ],
  }
}

type Who = keyof Awaited<ReturnType<typeof openShop>>['callers']

/** Who is let in, and what the others are told. */
const expected = (who: Policy, caller: Who): 'let in' | 'not_signed_in' | 'forbidden' => {
  const isStaff = caller === 'staff' || caller === 'admin'
  const hasSession = !['anonymous', 'guest', 'signed out'].includes(caller)
  if (who === 'anyone' || who === 'shopper') return 'let in'
  if (who === 'account') return hasSession ? 'let in' : 'not_signed_in'
  if (isStaff) return 'let in'
  return hasSession || caller === 'guest' ? 'forbidden' : 'not_signed_in'
}

test.each(endpoints)('$id is open to whom its policy names, and to nobody else', async endpoint => {
  const { shop, orderId, callers, forged } = await openShop()
  const path = pathOf(endpoint, orderId)
  const before = await contentsOf(shop)
  const turnedAway = async (ask: Promise<Answer>, code: string, what: string) => {
    const { status, body } = await ask
    expect({ status, code: body.code }, what).toEqual({ status: code === 'forbidden' ? 403 : 401, code })
  }
  for (const [caller, who] of Object.entries(callers)) {
    const rule = expected(endpoint.who, caller as Who)
    if (rule !== 'let in') await turnedAway(who.call(endpoint.method, path), rule, caller)
  }
  if (endpoint.who === 'account' || endpoint.who === 'staff')
    for (const headers of forged)
      await turnedAway(
        shop
          .visitor()
          .call(endpoint.method, path, undefined, { 'sec-fetch-site': 'same-origin', ...headers }),
        'not_signed_in',
        JSON.stringify(headers),
      )
  expect(await contentsOf(shop)).toBe(before)
  for (const [caller, who] of Object.entries(callers).reverse())
    if (expected(endpoint.who, caller as Who) === 'let in' && !caller.startsWith('signed')) {
      const { status, body } = await who.call(endpoint.method, path)
      expect(['not_signed_in', 'forbidden'], `${caller} ${status}`).not.toContain(body?.code)
    }
})

test('a role that was taken away is gone at the next request, with the sessions', async () => {
  const { shop, callers } = await openShop()
  const day = '/api/orders?date=2026-01-01'
  expect((await callers.staff.get(day)).status).toBe(200)
  const { email } = callers.staff as Account
  expect(await takeRole(shop.deps, 'the tests', email)).toBe(true)
  expect(await callers.staff.get(day)).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
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
    // Without a cookie too, or another site could sign its visitors in; but who says nothing is no browser.
    const isBrowser = site !== undefined || origin !== undefined
    expect((await send('POST', '/api/cart/items', add)).status).toBe(passes || !isBrowser ? 200 : 403)
    // A look changes nothing.
    expect((await send('GET', '/api/cart', undefined, { cookie })).status).toBe(200)
  },
)

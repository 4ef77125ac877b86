/**
 * Requests that no form of the shop sends: the CSRF protection of every page action, and content that is no
 * form.
 */
import type { RouteConfigEntry } from '@react-router/dev/routes'
import { expect, test } from 'vitest'
import { checkOut } from '../../test/kit.ts'
import { dumpTables } from '../../test/table-contents.ts'
import routes from '../app/routes.ts'
import { books } from './books.ts'
import { startSite } from './site.ts'

const site = await startSite({ books })

const listPaths = (entries: readonly RouteConfigEntry[], above = ''): string[] =>
  entries.flatMap(({ path = '', children = [] }) => {
    const here = path ? `${above}/${path}` : above
    return [here || '/', ...listPaths(children, here)]
  })

const FORGED: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'https://evil.example' },
  { origin: 'null' },
]

/**
 * Every path of the pages, with the ids of `orderId` and a book; and the data of each for client-side
 * navigation.
 */
const listUrls = async (orderId: string): Promise<string[]> => {
  const paths = [...new Set(listPaths(await routes))].map(path =>
    path.replace(/:order_?id/i, orderId).replaceAll(/:\w+\??|\*/g, 'tech-001'),
  )
  return paths.flatMap(one => [one, `${one === '/' ? '/_root' : one}.data`])
}

test('a cross-site form submission with the visitor’s cookie is rejected on every page and changes nothing', async () => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const { order_id } = (await checkOut(guest)).body
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const paths = await listUrls(order_id)
  expect(paths).toEqual(expect.arrayContaining(['/cart', '/checkout', '/orders/find', `/orders/${order_id}`]))
  const before = await dumpTables(site)
  const body = new URLSearchParams({
    intent: 'set',
    book_id: 'tech-001',
    quantity: '0',
    token: 'A'.repeat(43),
  })
  for (const path of paths)
    for (const headers of FORGED) {
      const cookie = guest.cookie() ?? ''
      const request = new Request(site.url + path, { method: 'POST', headers: { cookie, ...headers }, body })
      const answer = await site.fetch(request)
      expect(answer.status, `${path} ${JSON.stringify(headers)}`).toBe(403)
      expect(answer.headers.getSetCookie()).toEqual([])
    }
  expect(await dumpTables(site)).toBe(before)
  const own = new Request(`${site.url}/cart`, {
    method: 'POST',
    headers: { cookie: guest.cookie() ?? '', 'sec-fetch-site': 'same-origin' },
    body,
  })
  expect((await site.fetch(own)).status).toBe(303)
  expect(await dumpTables(site)).not.toBe(before)
})

test('content that is no form, or a damaged one, is refused by every page and logged by none', async () => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const { order_id } = (await checkOut(guest)).body
  const before = await dumpTables(site)
  const send = async (path: string, type: string, method = 'POST') => {
    const headers = { cookie: guest.cookie() ?? '', 'sec-fetch-site': 'same-origin', 'content-type': type }
    return (await site.fetch(new Request(site.url + path, { method, headers, body: '{"a":' }))).status
  }
  for (const path of await listUrls(order_id)) {
    // A page that takes uploads asks who sends one before it looks at it.
    const isStaffOnly = path.startsWith('/staff/books/')
    expect(await send(path, 'application/json'), path).toBe(isStaffOnly ? 401 : 415)
    expect(await send(path, 'multipart/form-data'), path).toBe(isStaffOnly ? 401 : 400)
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect([404, 405], `${method} ${path}`).toContain(await send(path, 'application/json', method))
  }
  expect(await send('/no/such/page', 'application/x-www-form-urlencoded')).toBeLessThan(500)
  expect(await send('/about', 'application/x-www-form-urlencoded')).toBe(405)
  expect(site.reportedErrors).toEqual([])
  expect(await dumpTables(site)).toBe(before)
})

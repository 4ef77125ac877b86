/** CSRF protection of every page action. */
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

test('a cross-site form submission with the visitor’s cookie is rejected on every page and changes nothing', async () => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const { order_id } = (await checkOut(guest)).body
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const paths = [...new Set(listPaths(await routes))].map(path =>
    path.replace(/:order_?id/i, order_id).replaceAll(/:\w+\??|\*/g, 'tech-001'),
  )
  expect(paths).toEqual(expect.arrayContaining(['/cart', '/checkout', '/orders/find', `/orders/${order_id}`]))
  const before = await dumpTables(site)
  const body = new URLSearchParams({
    intent: 'set',
    book_id: 'tech-001',
    quantity: '0',
    token: 'A'.repeat(43),
  })
  for (const path of paths.flatMap(one => [one, `${one === '/' ? '/_root' : one}.data`]))
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

/** Only endpoints are served, so that every path has an access policy. */
import { expect, test } from 'vitest'
import { createTestShop } from '../../test/kit.ts'
import { createAuth } from '../accounts/auth/auth.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'
import { createShop } from '../composition/shop.ts'

test('only endpoints and the API documentation are served', async () => {
  const { deps } = await createTestShop()
  const { hono } = createShop(deps)
  const known = new Set(ENDPOINTS.map(({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1')))
  const beside = hono.routes.map(({ path }) => path).filter(path => !known.has(path))
  expect([...new Set(beside)].sort()).toEqual([
    // Load shedding.
    '/*',
    '/api/docs',
    '/api/docs/openapi-explorer.js',
    '/api/openapi.json',
  ])
})

test('no path of the sign-in library is served, unless an endpoint of the shop has it', async () => {
  const shop = await createTestShop()
  const library = Object.values(createAuth({ ...shop.deps, publicUrl: 'http://localhost:3000' }).api)
    .map(one => (one as { readonly path?: string }).path)
    .filter(path => path !== undefined)
  expect(library.length).toBeGreaterThan(30)
  const visitor = shop.visitor()
  for (const path of library.map(one => `/api/auth${one}`)) {
    if (ENDPOINTS.some(one => one.path === path)) continue
    for (const method of ['GET', 'POST'])
      expect((await visitor.call(method, path)).body.code, `${method} ${path}`).toBe('not_found')
  }
})

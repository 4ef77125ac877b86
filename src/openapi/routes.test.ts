/** The files of the API documentation: made once, and sent again with their ETag. */
import { expect, test, vi } from 'vitest'
import { createTestShop } from '../../test/kit.ts'
import * as document from './document.ts'

test.each(['/api/openapi.json', '/api/docs/openapi-explorer.js'])(
  '%s is made once, however often it is requested',
  async path => {
    const make = vi.spyOn(document, 'createOpenApiDocument')
    const shop = await createTestShop()
    const get = (headers: Record<string, string> = {}) =>
      shop.fetch(new Request(`http://localhost:3000${path}`, { headers }))
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => get()))
    const body = await first?.text()
    expect(body?.length).toBeGreaterThan(10_000)
    for (const other of others) expect(await other.text()).toBe(body)
    const etag = first?.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    const again = await get({ 'if-none-match': etag })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)
    expect(make.mock.calls.length).toBeLessThanOrEqual(1)
    make.mockRestore()
  },
)

import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { createFolderBlobs } from '../core/blobs.ts'
import { mountCoverRoutes } from './cover-routes.ts'

test('a picture is kept for good, and one that is not there is 404 for seconds', async () => {
  const blobs = createFolderBlobs(temporaryFolder())
  await blobs.put('covers/a-1.webp', new Uint8Array([1]))
  const app = new Hono()
  mountCoverRoutes(app, blobs)
  const found = await app.request('/images/covers/a-1.webp?u=1')
  expect([found.status, found.headers.get('cache-control')]).toEqual([
    200,
    'public, max-age=31536000, immutable',
  ])
  for (const path of ['a-2.webp', 'a-1.avif', 'a-1.txt', '..%2Fsecret', 'a-2.webp?v=1']) {
    const { status, headers } = await app.request(`/images/covers/${path}`)
    expect([path, status, headers.get('cache-control')]).toEqual([path, 404, 'public, max-age=10'])
    expect(headers.get('content-type')).not.toContain('html')
  }
})

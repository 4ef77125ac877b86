/** Route of the cover images, served from the data folder. On AWS the CDN serves them from the bucket. */
import type { Hono } from 'hono'
import type { Blobs } from '../core/blobs.ts'
import { missingFile } from '../pages/assets.ts'

const FILE = /^[A-Za-z0-9_-]+\.(webp|avif)$/

/** Mounts /images/covers/{file}. The content behind a file name never changes, so caches may keep it for a year. */
export const mountCoverRoutes = (app: Hono, blobs: Blobs): void => {
  app.get('/images/covers/:file', async c => {
    const file = c.req.param('file')
    const [, format] = FILE.exec(file) ?? []
    const bytes = format === undefined ? undefined : await blobs.get(`covers/${file}`)
    if (!bytes) return missingFile()
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': `image/${format}`,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
    })
  })
}

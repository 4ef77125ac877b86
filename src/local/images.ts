/** Covers, served from the data folder; on AWS the CDN serves them from the bucket. */
import type { Hono } from 'hono'
import type { Blobs } from '../core/blobs.ts'

const FILE = /^[A-Za-z0-9_-]+\.(webp|avif)$/

/** Mounts /images/covers/{file}: a name never changes its content, so anyone may keep it for a year. */
export const coverRoutes = (app: Hono, blobs: Blobs): void => {
  app.get('/images/covers/:file', async (c, next) => {
    const file = c.req.param('file')
    const [, form] = FILE.exec(file) ?? []
    const bytes = form === undefined ? undefined : await blobs.get(`covers/${file}`)
    if (!bytes) return next()
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': `image/${form}`,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
    })
  })
}

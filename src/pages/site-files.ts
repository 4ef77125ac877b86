/** Files for search engines: robots.txt, and a sitemap with one file per part of the title list. */
import { listTitles } from '../catalog/api.ts'
import { slugify } from '../core/slug.ts'
import { createShopClient } from '../http/client.ts'
import { PUBLIC } from './headers.ts'

/** Prefixes of paths that search engines must not crawl. */
const PRIVATE = [
  '/api/',
  '/dev/',
  '/visitor',
  '/cart',
  '/checkout',
  '/orders',
  '/account',
  '/sign-in',
  '/sign-up',
  '/sign-out',
  '/forgot-password',
  '/staff',
]
/**
 * Pages behind mailed links may be crawled: they answer noindex, which a crawler sees only if it may fetch them. A URL with a
 * link's secret in it must not be listed because it was posted somewhere.
 */
const MAILED = ['/orders/open', '/verify-email', '/reset-password', '/confirm-address']
const ROBOTS = [
  'User-agent: *',
  ...PRIVATE.map(path => `Disallow: ${path}`),
  ...MAILED.map(path => `Allow: ${path}`),
]

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const bookUrl = (bookId: string, title: string): string => {
  const slug = slugify(title)
  return slug === '' ? `/books/${bookId}` : `/books/${bookId}/${encodeURIComponent(slug)}`
}

const respond = (body: string, type: string): Response =>
  new Response(body, {
    headers: { 'content-type': type, 'cache-control': PUBLIC, 'x-content-type-options': 'nosniff' },
  })

const document = (root: string, entries: readonly string[]): Response =>
  respond(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('\n')}</${root}>\n`,
    'application/xml',
  )

/** Serves /robots.txt, /sitemap.xml and /sitemap-1.xml, …; undefined for every other path. `ask` calls the API. */
export const siteFiles = (ask: (request: Request) => Promise<Response>, origin: string) => {
  const read = createShopClient(origin, ask)

  const index = async (): Promise<Response> => {
    const { parts } = await read(listTitles, {})
    const files = Array.from(
      { length: parts },
      (_, i) => `<sitemap><loc>${origin}/sitemap-${i + 1}.xml</loc></sitemap>`,
    )
    return document('sitemapindex', files)
  }

  const part = async (number: number): Promise<Response | undefined> => {
    const { parts, items } = await read(listTitles, { query: { part: String(number) } })
    if (number > parts) return undefined
    const paths = [
      ...(number === 1 ? ['/', '/about', '/search'] : []),
      ...items.map(({ book_id, title }) => bookUrl(book_id, title)),
    ]
    return document(
      'urlset',
      paths.map(path => `<url><loc>${xml(origin + path)}</loc></url>`),
    )
  }

  return async (pathname: string): Promise<Response | undefined> => {
    if (pathname === '/robots.txt')
      return respond(`${ROBOTS.join('\n')}\n\nSitemap: ${origin}/sitemap.xml\n`, 'text/plain; charset=utf-8')
    if (pathname === '/sitemap.xml') return index()
    const number = Number(/^\/sitemap-(\d{1,4})\.xml$/.exec(pathname)?.[1] ?? 0)
    return number >= 1 ? part(number) : undefined
  }
}

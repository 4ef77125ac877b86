/** Files for search engines: robots.txt, and a sitemap with one file per part of the title list. */
import { listCategories, listTitles } from '../catalog/api.ts'
import { bookPath } from '../core/book-path.ts'
import { categorySegments } from '../core/category-path.ts'
import { createShopClient } from '../http/client.ts'
import { BRIEF_SECONDS, publicFor } from '../http/shared-caching.ts'

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
const MAILED = ['/orders/open', '/orders/*/view', '/verify-email', '/reset-password', '/confirm-address']
const ROBOTS = [
  'User-agent: *',
  ...PRIVATE.map(path => `Disallow: ${path}`),
  ...MAILED.map(path => `Allow: ${path}`),
]

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Pages without a category or a book. */
const PAGES = ['/', '/about', '/search']

type Title = { readonly book_id: string; readonly title: string; readonly updated_at?: string | undefined }
type Entry = { readonly path: string; readonly changedAt?: string | undefined }

/** `lastmod` only for a time that can be read: a foreign client may have written anything. */
const urlEntry = (origin: string, { path, changedAt }: Entry): string => {
  const time = Date.parse(changedAt ?? '')
  const lastmod = Number.isNaN(time) ? '' : `<lastmod>${new Date(time).toISOString()}</lastmod>`
  return `<url><loc>${xml(origin + path)}</loc>${lastmod}</url>`
}

const respond = (body: string, type: string): Response =>
  new Response(body, {
    headers: {
      'content-type': type,
      'cache-control': publicFor(BRIEF_SECONDS),
      'x-content-type-options': 'nosniff',
    },
  })

const document = (root: string, entries: readonly string[]): Response =>
  respond(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('\n')}</${root}>\n`,
    'application/xml',
  )

/**
 * Serves /robots.txt, /sitemap.xml and /sitemap-1.xml, …; undefined for every other path. `ask` calls the API. A book that
 * cannot be listed is reported and left out.
 */
export const siteFiles = (
  ask: (request: Request) => Promise<Response>,
  origin: string,
  report: (error: unknown) => void,
) => {
  const read = createShopClient(origin, ask)

  const categoryPaths = async (): Promise<string[]> => {
    const { items } = await read(listCategories, {})
    const segments = categorySegments(items.map(({ category }) => category))
    return [...segments.values()].map(segment => `/category/${encodeURIComponent(segment)}`)
  }

  const bookEntry = (book: Title): string[] => {
    try {
      return [urlEntry(origin, { path: bookPath(book), changedAt: book.updated_at })]
    } catch (cause) {
      report(new Error(`book ${book.book_id} is left out of the sitemap`, { cause }))
      return []
    }
  }

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
    const pages = number === 1 ? [...PAGES, ...(await categoryPaths())] : []
    return document('urlset', [...pages.map(path => urlEntry(origin, { path })), ...items.flatMap(bookEntry)])
  }

  return async (pathname: string): Promise<Response | undefined> => {
    if (pathname === '/robots.txt')
      return respond(`${ROBOTS.join('\n')}\n\nSitemap: ${origin}/sitemap.xml\n`, 'text/plain; charset=utf-8')
    if (pathname === '/sitemap.xml') return index()
    const number = Number(/^\/sitemap-(\d{1,4})\.xml$/.exec(pathname)?.[1] ?? 0)
    return number >= 1 ? part(number) : undefined
  }
}

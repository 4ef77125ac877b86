/** What search engines read: robots.txt, and a sitemap split into files of at most 45,000 addresses. */
import type { CatalogMemory } from '../catalog/memory.ts'
import { slugOf } from '../core/slug.ts'
import { PUBLIC } from './headers.ts'

const PER_FILE = 45_000
const ROBOTS = [
  'User-agent: *',
  'Disallow: /api/',
  'Disallow: /cart',
  'Disallow: /checkout',
  'Disallow: /orders',
]

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const addressOf = (bookId: string, title: string): string => {
  const slug = slugOf(title)
  return slug === '' ? `/books/${bookId}` : `/books/${bookId}/${encodeURIComponent(slug)}`
}

const answer = (body: string, type: string): Response =>
  new Response(body, {
    headers: { 'content-type': type, 'cache-control': PUBLIC, 'x-content-type-options': 'nosniff' },
  })

/** Answers /robots.txt, /sitemap.xml and /sitemap-1.xml, …; undefined for every other path. */
export const siteFiles = (memory: Pick<CatalogMemory, 'index'>, origin: string) => {
  const parts = (): number => Math.max(1, Math.ceil((memory.index?.size ?? 0) / PER_FILE))

  const index = (): string => {
    const files = Array.from(
      { length: parts() },
      (_, i) => `<sitemap><loc>${origin}/sitemap-${i + 1}.xml</loc></sitemap>`,
    )
    return `<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${files.join('\n')}</sitemapindex>\n`
  }

  const part = (number: number): string => {
    const first = (number - 1) * PER_FILE
    const lines = number === 1 ? ['/', '/about'] : []
    let at = 0
    for (const { book_id, title } of memory.index?.books() ?? []) {
      if (at >= first && at < first + PER_FILE) lines.push(addressOf(book_id, title))
      at++
    }
    const urls = lines.map(path => `<url><loc>${xml(origin + path)}</loc></url>`)
    return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.join('\n')}</urlset>\n`
  }

  return (pathname: string): Response | undefined => {
    if (pathname === '/robots.txt')
      return answer(`${ROBOTS.join('\n')}\n\nSitemap: ${origin}/sitemap.xml\n`, 'text/plain; charset=utf-8')
    if (pathname === '/sitemap.xml') return answer(index(), 'application/xml')
    const number = Number(/^\/sitemap-(\d{1,4})\.xml$/.exec(pathname)?.[1] ?? 0)
    return number >= 1 && number <= parts() ? answer(part(number), 'application/xml') : undefined
  }
}

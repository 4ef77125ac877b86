/** CDN path patterns of cacheable responses, derived from the endpoints and the list of public pages. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'

/** Converts `/api/books/{book_id}` to CloudFront's `/api/books/*`. */
export const toPattern = (path: string): string => path.replaceAll(/\{[^}]+\}/g, '*')

/**
 * Public pages, which are the same for everyone and read-only (listed in pages/public-pages.ts), and their data requests by
 * client-side navigation.
 */
export const PUBLIC_PAGE_PATTERNS = [
  '/',
  '/_*',
  '/about*',
  '/terms*',
  '/privacy*',
  '/search*',
  '/category/*',
  '/books/*',
] as const
export const COVER_PATTERNS = ['/covers/*'] as const
/** Files that the Pages function makes, whatever the query. */
export const SITE_FILE_PATTERNS = ['/robots.txt', '/site.webmanifest', '/sitemap*.xml'] as const

/** Files of the pages build, in the assets bucket. */
export const ASSET_PATTERNS = ['/assets/*', '/favicon.*'] as const
export const IMAGE_PATTERNS = ['/images/*'] as const

export type ApiPattern = {
  readonly pattern: string
  /** Whether some responses are cacheable, and whether the path accepts writes. */
  readonly isCacheable: boolean
  readonly isWritable: boolean
}

const DOCUMENT_PATTERNS = ['/api/openapi.json', '/api/docs*'].map(pattern => ({
  pattern,
  isCacheable: true,
  isWritable: false,
}))

/** More specific patterns first, because the first match applies. */
const bySpecificity = (one: ApiPattern, other: ApiPattern): number =>
  Number(one.pattern.includes('*')) - Number(other.pattern.includes('*')) ||
  other.pattern.split('/').length - one.pattern.split('/').length ||
  Number(one.pattern.endsWith('*')) - Number(other.pattern.endsWith('*'))

/** Cacheable API patterns, and private ones that they would match; everything else is private. */
export const listApiPatterns = (): ApiPattern[] => {
  const kept = ENDPOINTS.filter(({ cache }) => cache === 'public').map(({ path }) => toPattern(path))
  // CloudFront's `*` matches slashes too, so private paths below a cacheable one are listed before it.
  const below = (pattern: string) =>
    kept.some(one => one.endsWith('*') && pattern.startsWith(one.slice(0, -1)))
  const found = new Map<string, ApiPattern>()
  for (const { path } of ENDPOINTS) {
    const pattern = toPattern(path)
    if (found.has(pattern) || !(kept.includes(pattern) || below(pattern))) continue
    const same = ENDPOINTS.filter(one => toPattern(one.path) === pattern)
    found.set(pattern, {
      pattern,
      isCacheable: kept.includes(pattern),
      isWritable: same.some(({ method }) => method !== 'GET'),
    })
  }
  return [...found.values(), ...DOCUMENT_PATTERNS].sort(bySpecificity)
}

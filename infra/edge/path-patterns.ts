/** Which addresses the CDN may keep answers of: read from the endpoints and from the pages' own list, as its path patterns. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'

/** `/api/books/{book_id}` as CloudFront has it: `/api/books/*`. */
export const toPattern = (path: string): string => path.replaceAll(/\{[^}]+\}/g, '*')

/**
 * Pages that are the same for everyone and are only read (pages/paths.ts says which), with the data of the same pages that a
 * browser asks for when it has the page around them.
 */
export const PUBLIC_PAGE_PATTERNS = [
  '/',
  '/_*',
  '/about*',
  '/privacy*',
  '/search*',
  '/category/*',
  '/books/*',
  '/covers/*',
  '/robots.txt',
  '/sitemap*.xml',
] as const

/** Files of the pages' build, in the bucket. */
export const ASSET_PATTERNS = ['/assets/*', '/favicon.svg'] as const
export const IMAGE_PATTERNS = ['/images/*'] as const

export type ApiPattern = {
  readonly pattern: string
  /** Whether some of what is read there may be kept, and whether it is ever written to. */
  readonly isCacheable: boolean
  readonly isWritable: boolean
}

const DOCUMENT_PATTERNS = ['/api/openapi.json', '/api/docs*'].map(pattern => ({
  pattern,
  isCacheable: true,
  isWritable: false,
}))

/** Longer and plainer patterns first: the first that matches counts. */
const bySpecificity = (one: ApiPattern, other: ApiPattern): number =>
  Number(one.pattern.includes('*')) - Number(other.pattern.includes('*')) ||
  other.pattern.split('/').length - one.pattern.split('/').length ||
  Number(one.pattern.endsWith('*')) - Number(other.pattern.endsWith('*'))

/** Of the API what may be kept, and what lies between it and may not; all else is private. */
export const listApiPatterns = (): ApiPattern[] => {
  const kept = ENDPOINTS.filter(({ cache }) => cache === 'public').map(({ path }) => toPattern(path))
  // A `*` of CloudFront takes slashes too: what is private below a kept address is named before it.
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

/**
 * Public pages as data: their paths, and the query parameters that each reads. A public page is the same for every visitor, and
 * is rendered and cached by its canonical address: its path with the parameters that it knows, in one order and without
 * defaults. Whatever else a URL carries, such as the parameters of a campaign, takes no part in it; only redirects keep it.
 */
import { CATEGORY_PARAMS, oneOf, type QueryParams, SEARCH_PARAMS } from './query-params.ts'

export type PublicPage = {
  /** Matches the path, and the path of the page's data without its `.data`. */
  readonly path: RegExp
  /** Id of the React Router route: what the client names in `_routes` when it needs this page's data alone. */
  readonly route: string
  readonly params: QueryParams
  /** Parameters that decide how a response may be cached, and not what it shows (`v`, the version of a cover). */
  readonly cachingParams?: readonly string[]
  /** Whether shared caches keep it briefly, because no change of a book purges it: then what it shows beside books would be old. */
  readonly isBrief?: boolean
}

const page = (path: RegExp, route: string, params: QueryParams = {}): PublicPage => ({ path, route, params })

const briefPage = (path: RegExp, route: string): PublicPage => ({ ...page(path, route), isBrief: true })

/** The version of a drawn cover. */
export const COVER_PARAMS = ['v'] as const

export const PUBLIC_PAGES: readonly PublicPage[] = [
  page(/^\/(?:_root|_)?$/, 'routes/home'),
  page(/^\/category\/[^/]+(?:\/[^/]+)?$/, 'routes/category', CATEGORY_PARAMS),
  page(/^\/search$/, 'routes/search', SEARCH_PARAMS),
  page(/^\/books\/[^/]+(?:\/[^/]*)?$/, 'routes/book'),
  { ...briefPage(/^\/covers\/[^/]+$/, 'routes/cover'), cachingParams: COVER_PARAMS },
  briefPage(/^\/about$/, 'routes/about'),
  briefPage(/^\/terms$/, 'routes/terms'),
  briefPage(/^\/privacy$/, 'routes/privacy'),
  briefPage(/^\/site\.webmanifest$/, 'routes/manifest'),
]

const DATA = '.data'
/** Parameter of React Router's data requests: the routes whose data is wanted, all if it is not there. */
export const ROUTES_PARAM = '_routes'

const findPage = (pathname: string): PublicPage | undefined => {
  const path = pathname.endsWith(DATA) ? pathname.slice(0, -DATA.length) : pathname
  return PUBLIC_PAGES.find(one => one.path.test(path))
}

/** A page that is not listed as public is private. */
export const isPublicPage = (pathname: string): boolean => findPage(pathname) !== undefined

/** Whether shared caches keep the page of this path briefly. */
export const isBriefPage = (pathname: string): boolean => findPage(pathname)?.isBrief === true

/** The path of a public page that was asked for with a slash at its end; undefined for every other path. */
export const withoutFinalSlash = (pathname: string): string | undefined => {
  const path = pathname.replace(/\/$/, '')
  return path !== pathname && path !== '' && !isPublicPage(pathname) && isPublicPage(path) ? path : undefined
}

const paramsOf = ({ params, route }: PublicPage, pathname: string): QueryParams =>
  pathname.endsWith(DATA) ? { ...params, [ROUTES_PARAM]: oneOf([route]) } : params

const UNRESERVED = /[\w.~-]/

/** One spelling of a path: whatever need not be escaped is not. */
const canonicalPath = (pathname: string): string =>
  pathname.includes('%')
    ? pathname.replaceAll(/%[\dA-Fa-f]{2}/g, encoded => {
        const letter = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
        return UNRESERVED.test(letter) ? letter : encoded.toUpperCase()
      })
    : pathname

export type PageAddress = {
  /** Canonical path and query, by which the page is rendered and cached. */
  readonly path: string
  /** The parameters that the page does not know, as they were sent: `utm_source=a&gclid=b`; empty for none. */
  readonly unkeyed: string
}

/** Splits the query of a public page's URL into what the page knows and what it does not; undefined for other pages. */
export const pageAddress = ({ pathname, search }: URL): PageAddress | undefined => {
  const found = findPage(pathname)
  if (!found) return undefined
  const path = canonicalPath(pathname)
  if (search === '') return { path, unkeyed: '' }
  const params = paramsOf(found, pathname)
  const sent = new URLSearchParams(search)
  const query = new URLSearchParams()
  for (const [name, canonical] of Object.entries(params))
    for (const value of canonical(sent.getAll(name))) query.append(name, value)
  const known = new Set([...Object.keys(params), ...(found.cachingParams ?? [])])
  const isUnkeyed = (pair: string): boolean => {
    const [name] = new URLSearchParams(pair).keys()
    return name !== undefined && !known.has(name)
  }
  const unkeyed = search.slice(1).split('&').filter(isUnkeyed).join('&')
  return { path: query.size > 0 ? `${path}?${query}` : path, unkeyed }
}

/** Header in which the CDN sends what it has taken out of a query, because it must not be in the key of its cache. */
export const UNKEYED_QUERY = 'x-unkeyed-query'

/**
 * The URL of a public page with what the CDN has taken out of its query. Only what the page does not know is put back: anything
 * else would change a page that the CDN gives to others.
 */
export const restoreUnkeyed = (url: URL, unkeyed: string): URL => {
  const restored = new URL(url)
  restored.search = unkeyed
  const rest = pageAddress(restored)?.unkeyed ?? ''
  restored.search = [url.search.slice(1), rest].filter(part => part !== '').join('&')
  return restored
}

/** A path of the shop with further parameters, which are already encoded. */
export const withUnkeyed = (path: string, unkeyed: string): string =>
  unkeyed === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${unkeyed}`

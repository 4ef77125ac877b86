/**
 * Response cache: public responses of the API in memory, each with its ETag. Bounded in bytes, least recently used first out;
 * a response is sent again only while the data that it was made from is unchanged.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { currentRequest, requestIdHeader } from '../core/request.ts'

type CachedResponse = {
  readonly body: string
  readonly etag: string
  readonly isFresh: () => boolean
  /** The route's pattern, for the request log. */
  readonly route: string | undefined
}

/** CDNs may cache a public response for a minute; browsers revalidate each time, and get 304 where nothing changed. */
const PUBLIC = 'public, max-age=0, s-maxage=60'
/** What an entry takes besides its texts, about. */
const ENTRY_BYTES = 200

export type ResponseCache = {
  /** The cached response for exactly this path and query, if it is still fresh. */
  readonly find: (request: Request) => Response | undefined
  /** The response with `value` as JSON, cached while `isFresh()`; without `isFresh` it is not cached. */
  readonly store: (request: Request, value: unknown, isFresh: (() => boolean) | undefined) => Response
  readonly clear: () => void
}

const createEtag = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`

/** The path and query of an absolute URL, as they were sent. */
const pathAndQuery = (url: string): string => url.slice(url.indexOf('/', url.indexOf('//') + 2))

const matchesEtag = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch === '*' || ifNoneMatch.split(',').some(one => one.trim().replace(/^W\//, '') === etag)

const respond = (request: Request, { body, etag }: CachedResponse): Response => {
  const headers = { 'content-type': 'application/json', 'cache-control': PUBLIC, etag, ...requestIdHeader() }
  const ifNoneMatch = request.headers.get('if-none-match')
  if (ifNoneMatch !== null && matchesEtag(ifNoneMatch, etag))
    return new Response(null, { status: 304, headers })
  return new Response(request.method === 'HEAD' ? null : body, { status: 200, headers })
}

export const createResponseCache = (maxBytes: number): ResponseCache => {
  const entries = new LRUCache<string, CachedResponse>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }, key) => body.length + key.length + ENTRY_BYTES,
  })

  const find: ResponseCache['find'] = request => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const key = pathAndQuery(request.url)
    const found = entries.get(key)
    if (!found) return undefined
    if (found.isFresh()) {
      const current = currentRequest()
      if (current) current.route = found.route
      return respond(request, found)
    }
    entries.delete(key)
    return undefined
  }

  const store: ResponseCache['store'] = (request, value, isFresh) => {
    const body = JSON.stringify(value)
    const { route } = currentRequest() ?? {}
    const made = { body, etag: createEtag(body), isFresh: isFresh ?? (() => false), route }
    if (isFresh) entries.set(pathAndQuery(request.url), made)
    return respond(request, made)
  }

  return { find, store, clear: () => entries.clear() }
}

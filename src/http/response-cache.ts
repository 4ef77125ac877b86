/**
 * Response cache: public responses of the API in memory, each with its ETag. Bounded in bytes, least recently used first out;
 * a response is sent again only while the data that it was made from is unchanged.
 *
 * The key of a response is its endpoint with the path and query as the endpoint's schemas have parsed them, so that other orders,
 * escapes and spellings of the same request make no further entry. Which URLs have which key is remembered, so that a URL that
 * was seen before needs no parsing.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { currentRequest, standardHeaders } from '../core/request.ts'
import type { Endpoint } from './endpoint.ts'
import type { ParsedInput } from './input.ts'

type CachedResponse = {
  readonly body: string
  readonly etag: string
  readonly isFresh: () => boolean
  /** The route's pattern, for the request log. */
  readonly route: string | undefined
}

/** CDNs may cache a public response for a minute; browsers revalidate each time, and get 304 where nothing changed. */
const PUBLIC = 'public, max-age=0, s-maxage=60'
/** The same for a response that is not cached here: one that the table gave while the index was loading, or without a part. */
const PROVISIONAL = 'public, max-age=0, s-maxage=5'
/** What an entry takes besides its texts, about. */
const ENTRY_BYTES = 200
/** Size of the memory of URLs. */
const URL_BYTES = 1024 * 1024

export type ResponseCache = {
  /** The cached response for a URL that was answered before, if it is still fresh. */
  readonly find: (request: Request) => Response | undefined
  /** The cached response with this key, if it is still fresh. */
  readonly findByKey: (request: Request, key: string) => Response | undefined
  /** The response with `value` as JSON, cached while `isFresh()`; without `isFresh` neither here nor for long by a CDN. */
  readonly store: (
    request: Request,
    key: string,
    value: unknown,
    isFresh: (() => boolean) | undefined,
  ) => Response
  readonly clear: () => void
}

/** Key of the response of a public endpoint. Schemas give their fields in their own order. */
export const responseKey = (
  { id }: Pick<Endpoint, 'id'>,
  { params, query }: Omit<ParsedInput, 'headers' | 'body'>,
): string => `${id} ${JSON.stringify([params, query])}`

const createEtag = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`

/** The path and query of an absolute URL, as they were sent. */
const pathAndQuery = (url: string): string => url.slice(url.indexOf('/', url.indexOf('//') + 2))

const matchesEtag = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch === '*' || ifNoneMatch.split(',').some(one => one.trim().replace(/^W\//, '') === etag)

const respond = (request: Request, { body, etag }: CachedResponse, caching = PUBLIC): Response => {
  const headers = { 'content-type': 'application/json', 'cache-control': caching, etag, ...standardHeaders() }
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

  const keys = new LRUCache<string, string>({
    maxSize: URL_BYTES,
    sizeCalculation: (key, url) => key.length + url.length + ENTRY_BYTES,
  })

  const lookUp = (request: Request, key: string): Response | undefined => {
    const found = entries.get(key)
    if (!found) return undefined
    if (!found.isFresh()) {
      entries.delete(key)
      return undefined
    }
    const current = currentRequest()
    if (current) current.route = found.route
    return respond(request, found)
  }

  const findByKey: ResponseCache['findByKey'] = (request, key) => {
    const response = lookUp(request, key)
    if (response) keys.set(pathAndQuery(request.url), key)
    return response
  }

  const find: ResponseCache['find'] = request => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const key = keys.get(pathAndQuery(request.url))
    return key === undefined ? undefined : lookUp(request, key)
  }

  const store: ResponseCache['store'] = (request, key, value, isFresh) => {
    const body = JSON.stringify(value)
    const { route } = currentRequest() ?? {}
    const made = { body, etag: createEtag(body), isFresh: isFresh ?? (() => false), route }
    if (!made.isFresh()) return respond(request, made, PROVISIONAL)
    entries.set(key, made)
    keys.set(pathAndQuery(request.url), key)
    return respond(request, made)
  }

  return { find, findByKey, store, clear: () => entries.clear() }
}

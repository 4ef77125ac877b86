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
import { BRIEF_SECONDS, PROVISIONAL_SECONDS, publicFor, type Sharing } from './shared-caching.ts'

type CachedResponse = {
  readonly body: string
  readonly etag: string
  readonly isFresh: () => boolean
  readonly sharing: Sharing
  /** The route's pattern, for the request log. */
  readonly route: string | undefined
}

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
    sharing?: Sharing,
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

const respond = (request: Request, { body, etag }: CachedResponse, seconds: number): Response => {
  const headers = {
    'content-type': 'application/json',
    'cache-control': publicFor(seconds),
    etag,
    ...standardHeaders(),
  }
  const ifNoneMatch = request.headers.get('if-none-match')
  if (ifNoneMatch !== null && matchesEtag(ifNoneMatch, etag))
    return new Response(null, { status: 304, headers })
  return new Response(request.method === 'HEAD' ? null : body, { status: 200, headers })
}

/** `sharedSeconds`: for how long shared caches may keep a response that is sent now, unless it is brief. */
export const createResponseCache = (
  maxBytes: number,
  sharedSeconds: () => number = () => BRIEF_SECONDS,
): ResponseCache => {
  const entries = new LRUCache<string, CachedResponse>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }, key) => body.length + key.length + ENTRY_BYTES,
  })

  const keys = new LRUCache<string, string>({
    maxSize: URL_BYTES,
    sizeCalculation: (key, url) => key.length + url.length + ENTRY_BYTES,
  })

  const respondFresh = (request: Request, response: CachedResponse): Response =>
    respond(request, response, response.sharing === 'brief' ? BRIEF_SECONDS : sharedSeconds())

  const lookUp = (request: Request, key: string): Response | undefined => {
    const found = entries.get(key)
    if (!found) return undefined
    if (!found.isFresh()) {
      entries.delete(key)
      return undefined
    }
    const current = currentRequest()
    if (current) current.route = found.route
    return respondFresh(request, found)
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

  const store: ResponseCache['store'] = (request, key, value, isFresh, sharing = 'normal') => {
    const body = JSON.stringify(value)
    const { route } = currentRequest() ?? {}
    const made = { body, etag: createEtag(body), isFresh: isFresh ?? (() => false), sharing, route }
    if (!made.isFresh()) return respond(request, made, PROVISIONAL_SECONDS)
    entries.set(key, made)
    keys.set(pathAndQuery(request.url), key)
    return respondFresh(request, made)
  }

  return { find, findByKey, store, clear: () => entries.clear() }
}

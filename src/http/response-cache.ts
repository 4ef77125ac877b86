/** Public answers kept in memory, with their ETag: bounded in bytes, given again only while what they were made from holds. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { currentRequest, requestIdHeader } from '../core/request.ts'

type Kept = {
  readonly body: string
  readonly etag: string
  readonly holds: () => boolean
  /** The pattern of its address, for the log. */
  readonly route: string | undefined
}

/** CDNs may keep a public answer for a minute; browsers ask again each time, and get 304 where nothing changed. */
const PUBLIC = 'public, max-age=0, s-maxage=60'

export type ResponseCache = ReturnType<typeof createResponseCache>

const etagOf = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`

/** The path and query of an absolute URL, as it was sent. */
const addressOf = (url: string): string => url.slice(url.indexOf('/', url.indexOf('//') + 2))

const respond = (request: Request, { body, etag }: Kept): Response => {
  const headers = { 'content-type': 'application/json', 'cache-control': PUBLIC, etag, ...requestIdHeader() }
  const seen = request.headers.get('if-none-match')
  if (seen !== null && (seen === '*' || seen.split(',').some(one => one.trim().replace(/^W\//, '') === etag)))
    return new Response(null, { status: 304, headers })
  return new Response(request.method === 'HEAD' ? null : body, { status: 200, headers })
}

export const createResponseCache = (maxBytes: number) => {
  const kept = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }, address) => body.length + address.length + 200,
  })

  /** The answer that is kept for this very address, if it still holds. */
  const find = (request: Request): Response | undefined => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const address = addressOf(request.url)
    const found = kept.get(address)
    if (!found) return undefined
    if (found.holds()) {
      const current = currentRequest()
      if (current) current.route = found.route
      return respond(request, found)
    }
    kept.delete(address)
    return undefined
  }

  /** Answers with `value`, and keeps it for the next who asks while `holds()`. */
  const keep = (request: Request, value: unknown, holds: (() => boolean) | undefined): Response => {
    const body = JSON.stringify(value)
    const { route } = currentRequest() ?? {}
    const made: Kept = { body, etag: etagOf(body), holds: holds ?? (() => false), route }
    if (holds) kept.set(addressOf(request.url), made)
    return respond(request, made)
  }

  return { find, keep, clear: () => kept.clear() }
}

/** What is refused at the outer edge, before anything is read: requests forged by other sites, and bodies without end. */
import { ShopError } from '../core/errors.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A request that changes something must not come from another site: a browser says where a request comes from by
 * `Sec-Fetch-Site`, older ones by `Origin` alone, and what it says must be our own pages. This holds without a cookie too,
 * or another site could sign its visitors in to an account of its choice. Whoever says neither is no browser, and is let in
 * unless there is a cookie to be misused. Throws cross_site_request.
 */
export const assertSameSite = (method: string, headers: Headers, origins: ReadonlySet<string>): void => {
  if (SAFE.has(method)) return
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const trusted =
    site !== null ? site === 'same-origin' : origin !== null ? origins.has(origin) : !headers.has('cookie')
  if (!trusted)
    throw new ShopError('cross_site_request', 'This request does not come from this shop’s own pages.')
}

/**
 * The body, at most `limit` bytes of it. Throws body_too_large as soon as there are more, whatever the
 * headers say, and malformed_request when it ends too early.
 */
export const readBody = async (request: Request, limit: number): Promise<Uint8Array> => {
  const tooLarge = () => new ShopError('body_too_large', `A request may have at most ${limit} bytes.`)
  const length = request.headers.get('content-length')
  if (Number(length ?? 0) > limit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    // HTTP/1.1 delivers no more than was announced, and on Node a body is cheaper whole than as a web stream.
    if (length !== null) {
      const bytes = new Uint8Array(await request.arrayBuffer())
      if (bytes.length > limit) throw tooLarge()
      return bytes
    }
    if (!request.body) return new Uint8Array()
    for await (const chunk of request.body as ReadableStream<Uint8Array>) {
      size += chunk.byteLength
      if (size > limit) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    // Other than ours, only the caller's: who left in the middle of the body, or sent less than was announced.
    throw error instanceof ShopError ? error : new ShopError('malformed_request', 'The body was cut off.')
  }
  return Buffer.concat(chunks)
}

const MAX_DEPTH = 8

const depthWithin = (value: unknown, left: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (left > 0 && Object.values(value).every(inner => depthWithin(inner, left - 1)))

/** Whether every text in it is whole: half a character, `"\ud800"`, is none that the store could keep. */
const isWellFormed = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.isWellFormed()
    : typeof value !== 'object' ||
      value === null ||
      Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner))

/** A byte order mark is kept, and so is no JSON. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A JSON value of at most 8 levels, in whole characters. Throws malformed_json. */
export const parseJson = (bytes: Uint8Array): unknown => {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch {
    throw new ShopError('malformed_json', 'The body is not JSON in UTF-8.')
  }
  if (!depthWithin(value, MAX_DEPTH))
    throw new ShopError('malformed_json', `The body is nested deeper than ${MAX_DEPTH} levels.`)
  if (!isWellFormed(value)) throw new ShopError('malformed_json', 'The body contains half a character.')
  return value
}

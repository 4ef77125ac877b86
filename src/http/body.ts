/** Request bodies: read up to a size limit, and parsed as JSON up to a depth. */
import { ShopError } from '../core/errors.ts'

/** Limit of a JSON body, and of raw bytes where the endpoint gives none. */
export const DEFAULT_MAX_BYTES = 64 * 1024

/**
 * Reads the whole body. `take` is called with numbers of bytes before they are kept, and may throw a ShopError to end the reading.
 * Throws body_too_large as soon as more than `maxBytes` have come, whatever content-length says, and malformed_request when the body
 * ends early.
 */
export const readBody = async (
  request: Request,
  maxBytes: number,
  take: (bytes: number) => void = () => {},
): Promise<Uint8Array> => {
  const tooLarge = () => new ShopError('body_too_large', `The body must have at most ${maxBytes} bytes.`)
  const length = request.headers.get('content-length')
  if (Number(length ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    // HTTP/1.1 delivers no more than was announced, and on Node a whole body is cheaper than a web stream.
    if (length !== null) {
      take(Math.max(0, Number(length) || 0))
      const bytes = new Uint8Array(await request.arrayBuffer())
      if (bytes.length > maxBytes) throw tooLarge()
      return bytes
    }
    if (!request.body) return new Uint8Array()
    for await (const chunk of request.body as ReadableStream<Uint8Array>) {
      size += chunk.byteLength
      if (size > maxBytes) throw tooLarge()
      take(chunk.byteLength)
      chunks.push(chunk)
    }
  } catch (error) {
    // Any other failure is the client's: it disconnected, or sent less than it announced.
    throw error instanceof ShopError ? error : new ShopError('malformed_request', 'The body ended early.')
  }
  return Buffer.concat(chunks)
}

const MAX_DEPTH = 8

const isWithinDepth = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every(inner => isWithinDepth(inner, levels - 1)))

/** Whether every text is well-formed Unicode: DynamoDB cannot store an unpaired surrogate such as `"\ud800"`. */
const isWellFormed = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.isWellFormed()
    : typeof value !== 'object' ||
      value === null ||
      Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner))

/** Keeps a byte order mark, so that JSON.parse refuses it. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A JSON value of at most 8 levels, in well-formed Unicode. Throws malformed_json. */
export const parseJson = (bytes: Uint8Array): unknown => {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch {
    throw new ShopError('malformed_json', 'The body must be JSON in UTF-8.')
  }
  if (!isWithinDepth(value, MAX_DEPTH))
    throw new ShopError('malformed_json', `The body must be nested at most ${MAX_DEPTH} levels deep.`)
  if (!isWellFormed(value))
    throw new ShopError(
      'malformed_json',
      'The body must be well-formed Unicode, without unpaired surrogates.',
    )
  return value
}

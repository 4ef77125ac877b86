/** Fake S3 bucket: objects, ranges of them, and uploads in parts. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

type Headers = IncomingMessage['headers']
export type StoredObject = { readonly bytes: Buffer; readonly headers: Headers }
export type BucketAnswer = {
  readonly status: number
  readonly body?: Buffer | string
  readonly headers?: Record<string, string>
}

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`
const MIN_PART_BYTES = 5 * 2 ** 20

/** What the bucket answers; `objects` are stored by `/bucket/key`, and `uploads` are unfinished. */
export const createFakeBucket = () => {
  const objects = new Map<string, StoredObject>()
  const uploads = new Map<string, { readonly headers: Headers; readonly parts: Map<number, Buffer> }>()

  const get = (key: string, headers: Headers): BucketAnswer => {
    const found = objects.get(key)
    if (!found) return { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
    const etag = etagOf(found.bytes)
    if (headers['if-match'] !== undefined && headers['if-match'] !== etag) return { status: 412 }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
    if (from === undefined) return { status: 200, body: found.bytes, headers: { etag } }
    const total = found.bytes.length
    if (Number(from) >= total) return { status: 416 }
    const body = found.bytes.subarray(Number(from), Number(to) + 1)
    const range = `bytes ${from}-${Number(from) + body.length - 1}/${total}`
    return { status: 206, body, headers: { etag, 'content-range': range } }
  }

  const upload = (method: string, key: string, query: URLSearchParams, body: Buffer): BucketAnswer => {
    const id = query.get('uploadId') ?? ''
    const found = uploads.get(id)
    if (!found) return { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
    if (method === 'PUT') {
      found.parts.set(Number(query.get('partNumber')), body)
      return { status: 200, headers: { etag: etagOf(body) } }
    }
    uploads.delete(id)
    if (method === 'DELETE') return { status: 204 }
    const listed = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)</g)]
    const parts = listed.map(([, number, etag]) => {
      const part = found.parts.get(Number(number))
      return part && etagOf(part) === etag ? part : undefined
    })
    const isWhole = parts.every(
      (part, i) => part && (i === parts.length - 1 || part.length >= MIN_PART_BYTES),
    )
    if (!isWhole) return { status: 200, body: '<Error><Code>InvalidPart</Code></Error>' }
    objects.set(key, { bytes: Buffer.concat(parts as Buffer[]), headers: found.headers })
    return { status: 200, body: '<CompleteMultipartUploadResult/>' }
  }

  const answer = (method: string, url: string, body: Buffer, headers: Headers): BucketAnswer => {
    const { pathname: key, searchParams: query } = new URL(url, 'http://bucket')
    if (method === 'GET') return get(key, headers)
    if (query.has('uploads')) {
      const id = crypto.randomUUID()
      uploads.set(id, { headers, parts: new Map() })
      return { status: 200, body: `<UploadId>${id}</UploadId>` }
    }
    if (query.has('uploadId')) return upload(method, key, query, body)
    if (method === 'DELETE') objects.delete(key)
    else objects.set(key, { bytes: body, headers })
    return { status: method === 'DELETE' ? 204 : 200 }
  }

  return { objects, uploads, answer }
}

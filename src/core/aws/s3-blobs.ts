/** Blob storage in an S3 bucket, by signed requests and without the AWS SDK. Large blobs are read and written in parts. */
import { assertBlobName, BlobChanged, type Blobs, PART_BYTES } from '../blobs.ts'
import { createByteReader } from '../byte-reader.ts'
import { type AwsRequest, createAwsClient } from './aws-request.ts'
import { type HttpResponse, headerOf } from './http-pool.ts'
import type { ServiceSigner, Signer } from './sign.ts'

const TYPES: Readonly<Record<string, string>> = { webp: 'image/webp', avif: 'image/avif' }

/** Headers of stored blobs, which the CDN sends on as they are. Images never change under their name. */
const storedHeaders = (name: string): Record<string, string> => {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]
  return type === undefined
    ? { 'content-type': 'application/octet-stream' }
    : { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }
}

/** The key of a blob in the bucket: covers under the path of their public URL, other blobs under their name. */
const keyOf = (name: string): string => {
  assertBlobName(name)
  return name.startsWith('covers/') ? `images/${name}` : name
}

/** TLS protects the bytes, so they need no signature of their own. */
const UNSIGNED = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }

/** `address` is that of the bucket, for example `https://shop.s3.eu-central-1.amazonaws.com`. */
export const createS3Blobs = (address: string, sign: Signer & Partial<ServiceSigner>): Blobs => {
  const { origin, pathname } = new URL(address)
  const request = createAwsClient(origin, sign)

  /** Sends a request about a blob; `query` begins with a question mark. Throws for a status that is not in `expected`. */
  const send = async (
    method: AwsRequest['method'],
    name: string,
    expected: readonly number[],
    {
      query = '',
      headers = {},
      body,
    }: Partial<Pick<AwsRequest, 'headers' | 'body'>> & { query?: string } = {},
  ): Promise<HttpResponse> => {
    const path = `${pathname.replace(/\/$/, '')}/${keyOf(name)}${query}`
    const answer = await request({
      method,
      path,
      headers: {
        ...UNSIGNED,
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      ...(body === undefined ? {} : { body }),
    })
    if (expected.includes(answer.status)) return answer
    const reason = answer.body.toString('utf8', 0, 200)
    throw new Error(`the bucket responded with ${answer.status} to ${method} ${name}: ${reason}`)
  }

  const put = async (name: string, body: Uint8Array): Promise<void> => {
    await send('PUT', name, [200], { headers: storedHeaders(name), body })
  }

  /** The part of a blob that begins at `from`; of the version with this ETag, where one is given. */
  const readPart = async (name: string, from: number, etag?: string) => {
    const range = `bytes=${from}-${from + PART_BYTES - 1}`
    const headers = { range, ...(etag === undefined ? {} : { 'if-match': etag }) }
    // 416: an empty blob has no first byte.
    const answer = await send('GET', name, [200, 206, 404, 412, 416], { headers })
    const { status, body } = answer
    if (status === 412 || (status === 404 && etag !== undefined))
      throw new BlobChanged(`the blob ${name} was replaced while it was read`)
    const isThere = status === 200 || status === 206
    const total = Number(headerOf(answer, 'content-range')?.split('/').at(-1) ?? body.length)
    return {
      bytes: isThere ? body : undefined,
      end: from + body.length,
      total,
      etag: headerOf(answer, 'etag'),
    }
  }

  /** Stores parts as one object, which appears when all of them are there. */
  const writeParts = async (name: string, parts: AsyncIterable<Uint8Array>): Promise<void> => {
    const started = await send('POST', name, [200], { query: '?uploads=', headers: storedHeaders(name) })
    const id = /<UploadId>([^<]+)</.exec(started.body.toString())?.[1]
    if (id === undefined) throw new Error(`the bucket did not begin an upload of ${name}`)
    const upload = `uploadId=${encodeURIComponent(id)}`
    try {
      const etags: string[] = []
      for await (const body of parts) {
        const query = `?partNumber=${etags.length + 1}&${upload}`
        etags.push(headerOf(await send('PUT', name, [200], { query, body }), 'etag') ?? '')
      }
      const list = etags.map(
        (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
      )
      const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`
      const { body: answer } = await send('POST', name, [200], { query: `?${upload}`, body })
      // S3 begins its answer before it knows whether it will succeed.
      if (answer.includes('<Error>'))
        throw new Error(`the bucket did not complete ${name}: ${answer.toString('utf8', 0, 200)}`)
    } catch (error) {
      // What remains is deleted by a rule of the bucket after a day.
      await send('DELETE', name, [204, 404], { query: `?${upload}` }).catch(() => {})
      throw error
    }
  }

  return {
    get: async name => {
      const { status, body } = await send('GET', name, [200, 404])
      return status === 200 ? body : undefined
    },
    put,
    async *read(name) {
      let part = await readPart(name, 0)
      while (part.bytes) {
        const { bytes, end, total, etag } = part
        const isLast = end >= total
        // The next part is on its way while this one is used. Whoever stops early does not hear of its error.
        const next = isLast ? undefined : readPart(name, end, etag)
        next?.catch(() => {})
        yield bytes
        if (!next) return
        part = await next
      }
    },
    write: async (name, bytes) => {
      const reader = createByteReader(bytes)
      async function* parts(first: Uint8Array) {
        yield first
        while (!(await reader.isAtEnd())) yield await reader.takeUpTo(PART_BYTES)
      }
      try {
        const first = await reader.takeUpTo(PART_BYTES)
        if (await reader.isAtEnd()) await put(name, first)
        else await writeParts(name, parts(first))
      } finally {
        await reader.close()
      }
    },
    remove: async name => {
      await send('DELETE', name, [204, 404])
    },
  }
}

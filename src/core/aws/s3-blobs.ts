/** Blob storage in an S3 bucket, by three signed requests and without the AWS SDK. */
import { assertBlobName, type Blobs } from '../blobs.ts'
import { createAwsClient } from './aws-request.ts'
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

/** `address` is that of the bucket, for example `https://shop.s3.eu-central-1.amazonaws.com`. */
export const createS3Blobs = (address: string, sign: Signer & Partial<ServiceSigner>): Blobs => {
  const { origin, pathname } = new URL(address)
  const request = createAwsClient(origin, sign)
  // TLS protects the bytes, so they need no signature of their own.
  const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  const pathOf = (name: string): string => `${pathname.replace(/\/$/, '')}/${keyOf(name)}`
  const failed = (what: string, name: string, status: number, bytes: Uint8Array) =>
    new Error(
      `the bucket responded with ${status} to ${what} ${name}: ${Buffer.from(bytes).toString('utf8', 0, 200)}`,
    )

  return {
    get: async name => {
      const { status, body: bytes } = await request({ method: 'GET', path: pathOf(name), headers: unsigned })
      if (status === 200) return bytes
      if (status === 404) return undefined
      throw failed('GET', name, status, bytes)
    },
    put: async (name, content) => {
      const headers = { ...unsigned, ...storedHeaders(name), 'content-length': String(content.byteLength) }
      const { status, body: bytes } = await request({
        method: 'PUT',
        path: pathOf(name),
        headers,
        body: content,
      })
      if (status !== 200) throw failed('PUT', name, status, bytes)
    },
    remove: async name => {
      const { status, body: bytes } = await request({
        method: 'DELETE',
        path: pathOf(name),
        headers: unsigned,
      })
      if (status !== 204 && status !== 404) throw failed('DELETE', name, status, bytes)
    },
  }
}

/** Blobs in a bucket of S3, without the AWS SDK: three requests, signed as all others are. */

import { assertBlobName, type Blobs } from '../blobs.ts'
import { createAwsClient } from './aws-request.ts'
import type { Signer } from './sign.ts'

const TYPES: Readonly<Record<string, string>> = { webp: 'image/webp', avif: 'image/avif' }

/** A CDN gives these out as they lie: their names never change their content. */
const kept = (name: string): Record<string, string> => {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]
  return type === undefined
    ? { 'content-type': 'application/octet-stream' }
    : { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }
}

/** Where a blob lies: covers under the path by which the public asks for them, the rest beside it. */
const keyOf = (name: string): string => {
  assertBlobName(name)
  return name.startsWith('covers/') ? `images/${name}` : name
}

/** Blobs in the bucket at this address, such as `https://shop.s3.eu-central-1.amazonaws.com`. */
export const createS3Blobs = (address: string, sign: Signer): Blobs => {
  const { origin, pathname } = new URL(address)
  const request = createAwsClient(origin, sign)
  // Over TLS the bytes need no signature of their own.
  const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  const pathOf = (name: string): string => `${pathname.replace(/\/$/, '')}/${keyOf(name)}`
  const failed = (what: string, name: string, status: number, bytes: Uint8Array) =>
    new Error(
      `the bucket answers ${status} to ${what} ${name}: ${Buffer.from(bytes).toString('utf8', 0, 200)}`,
    )

  return {
    get: async name => {
      const { status, body: bytes } = await request({ method: 'GET', path: pathOf(name), headers: unsigned })
      if (status === 200) return bytes
      if (status === 404) return undefined
      throw failed('GET', name, status, bytes)
    },
    put: async (name, content) => {
      const headers = { ...unsigned, ...kept(name), 'content-length': String(content.byteLength) }
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

/** Objects of a bucket that is not the shop's own, such as those that a service has exported: read in parts, and deleted. */
import { PART_BYTES } from '../blobs.ts'
import { createAwsClient } from './aws-request.ts'
import { type HttpResponse, headerOf } from './http-pool.ts'
import type { ServiceSigner, Signer } from './sign.ts'

/** A refusal by a bucket. */
export class BucketError extends Error {
  override readonly name = 'BucketError'
  /** HTTP status of the response. */
  readonly status: number
  constructor(method: string, key: string, { status, body }: Pick<HttpResponse, 'status' | 'body'>) {
    const [, code] = /<Code>([^<]*)/.exec(body.toString('utf8', 0, 1_000)) ?? []
    super(`the bucket responded with ${status}${code === undefined ? '' : ` (${code})`} to ${method} ${key}`)
    this.status = status
  }
}

export type BucketObjects = {
  /** The bytes of an object in parts, all of one version. Throws BucketError where there is none. */
  readonly read: (key: string) => AsyncIterable<Uint8Array>
  /** Deletes an object, if there is one. Throws BucketError. */
  readonly remove: (key: string) => Promise<void>
}

const UNSIGNED = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }

/** `address` is that of the bucket, for example `https://exports.s3.eu-central-1.amazonaws.com`. */
export const createBucketObjects = (
  address: string,
  sign: Signer & Partial<ServiceSigner>,
): BucketObjects => {
  const { origin, pathname } = new URL(address)
  const request = createAwsClient(origin, sign)
  const pathOf = (key: string): string => `${pathname.replace(/\/$/, '')}/${key}`
  return {
    async *read(key) {
      let etag: string | undefined
      for (let [from, total] = [0, 1]; from < total; ) {
        const range = `bytes=${from}-${from + PART_BYTES - 1}`
        const headers = { ...UNSIGNED, range, ...(etag === undefined ? {} : { 'if-match': etag }) }
        const answer = await request({ method: 'GET', path: pathOf(key), headers })
        if (answer.status === 416) return // an empty object
        if (answer.status !== 206 && answer.status !== 200) throw new BucketError('GET', key, answer)
        etag = headerOf(answer, 'etag')
        from += answer.body.length
        total = Number(headerOf(answer, 'content-range')?.split('/').at(-1) ?? from)
        yield answer.body
      }
    },
    remove: async key => {
      const answer = await request({ method: 'DELETE', path: pathOf(key), headers: UNSIGNED })
      if (answer.status !== 204 && answer.status !== 404) throw new BucketError('DELETE', key, answer)
    },
  }
}

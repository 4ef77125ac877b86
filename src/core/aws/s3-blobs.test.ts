import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { expect, onTestFinished, test } from 'vitest'
import { startFakeAws } from '../../../test/fake-aws.ts'
import { collect } from '../../../test/sample-books.ts'
import { BlobChanged, PART_BYTES } from '../blobs.ts'
import { createS3Blobs } from './s3-blobs.ts'
import { createServiceSigner } from './sign.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'to//ken=' }

const openBlobs = async () => {
  const aws = await startFakeAws()
  onTestFinished(() => void aws.close())
  const blobs = createS3Blobs(
    `${aws.url}/shop`,
    createServiceSigner('s3', 'eu-central-1', async () => credentials),
  )
  return { ...aws, blobs }
}

test('a blob is what was stored last, and undefined before that and after its removal', async () => {
  const { blobs, objects } = await openBlobs()
  expect(await blobs.get('index/books.snapshot')).toBeUndefined()
  await blobs.put('index/books.snapshot', new Uint8Array([1, 2, 3]))
  await blobs.put('index/books.snapshot', new Uint8Array([0, 255]))
  expect([...((await blobs.get('index/books.snapshot')) ?? [])]).toEqual([0, 255])
  expect([...objects.keys()]).toEqual(['/shop/index/books.snapshot'])
  await blobs.remove('index/books.snapshot')
  await blobs.remove('index/books.snapshot')
  expect(await blobs.get('index/books.snapshot')).toBeUndefined()
})

test('a cover is stored under its public path, with its media type and an immutable cache header', async () => {
  const { blobs, objects } = await openBlobs()
  await blobs.put('covers/tech-001-abc-w200.avif', new Uint8Array([1]))
  const stored = objects.get('/shop/images/covers/tech-001-abc-w200.avif')
  expect(stored?.headers).toMatchObject({
    'content-type': 'image/avif',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  expect(await blobs.get('covers/tech-001-abc-w200.avif')).toHaveLength(1)
})

/** The hash that the SDK's signer asks for. */
class Sha256 {
  readonly #hash
  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
  }
  update(data: string | Uint8Array) {
    this.#hash.update(data)
  }
  async digest() {
    return new Uint8Array(this.#hash.digest())
  }
}

test('requests have the same signature as those of the AWS SDK to S3', async () => {
  const { blobs, requests, objects } = await openBlobs()
  await blobs.put('index/books.snapshot', new Uint8Array([1, 2]))
  await blobs.get('index/books.snapshot')
  expect(objects.size).toBe(1)
  await blobs.write('index/large', partsOf(PART_BYTES + 1))
  await collect(blobs.read('index/large'))
  const options = { service: 's3', region: 'eu-central-1', uriEscapePath: false, applyChecksum: false }
  const signer = new SignatureV4({ ...options, credentials, sha256: Sha256 as never })
  for (const { method, url, headers } of requests) {
    const { authorization = '', host = '' } = headers
    const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? []
    expect(names).toEqual(
      expect.arrayContaining(['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token']),
    )
    const time = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'])) ?? []
    const signingDate = new Date(`${time.slice(1, 4).join('-')}T${time.slice(4).join(':')}Z`)
    const sent = Object.fromEntries(
      names.filter(name => !/date|security/.test(name)).map(name => [name, String(headers[name])]),
    )
    const { pathname: path, searchParams } = new URL(url, 'http://bucket')
    const query = Object.fromEntries(searchParams)
    const request = { method, path, headers: sent, protocol: 'https:', hostname: host, query }
    const signed = await signer.sign(request, { signingDate })
    expect(signed.headers.authorization).toBe(authorization)
  }
})

test('a busy S3 is retried; a refusal is an error, and not a missing blob', async () => {
  const { blobs, state, url } = await openBlobs()
  await blobs.put('index/a', new Uint8Array([1]))
  state.fail = 2
  expect(await blobs.get('index/a')).toHaveLength(1)
  state.fail = 9
  await expect(blobs.get('index/a')).rejects.toThrow('the bucket responded with 503 to GET index/a')
  const stranger = createS3Blobs(`${url}/shop`, (_host, headers) => headers)
  await expect(stranger.get('index/a')).rejects.toThrow('the bucket responded with 403')
  await expect(blobs.get('../secret')).rejects.toThrow('must be the name of a blob')
})

/** `length` bytes in pieces that fit no part. */
async function* partsOf(length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += 1_000_003)
    yield new Uint8Array(Math.min(1_000_003, length - at)).fill(at % 251)
}
const LARGE = 2 * PART_BYTES + 5

test('a large blob is written and read in parts, and no request holds all of it', async () => {
  const { blobs, objects, requests, uploads } = await openBlobs()
  await blobs.write('index/large', partsOf(LARGE))
  expect(uploads.size).toBe(0)
  const stored = objects.get('/shop/index/large')?.bytes
  const expected = Buffer.concat(await collect(partsOf(LARGE)))
  expect(stored?.equals(expected)).toBe(true)
  expect(requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'PUT', 'PUT', 'POST'])
  const parts = await collect(blobs.read('index/large'))
  expect(Buffer.concat(parts).equals(expected)).toBe(true)
  expect(Math.max(...parts.map(part => part.length), ...requests.map(({ bytes }) => bytes))).toBe(PART_BYTES)
})

test('a small blob is written by one request, and an empty or missing one has no parts', async () => {
  const { blobs, requests } = await openBlobs()
  await blobs.write('index/small', partsOf(3))
  expect(requests.map(({ method, bytes }) => [method, bytes])).toEqual([['PUT', 3]])
  expect(Buffer.concat(await collect(blobs.read('index/small')))).toHaveLength(3)
  await blobs.write('index/empty', partsOf(0))
  expect(await collect(blobs.read('index/empty'))).toEqual([])
  expect(await collect(blobs.read('index/none'))).toEqual([])
})

test('an upload that fails leaves the old blob and nothing of the new one', async () => {
  const { blobs, objects, uploads } = await openBlobs()
  await blobs.put('index/large', new Uint8Array([7]))
  async function* failing() {
    yield* partsOf(LARGE)
    throw new Error('the index is gone')
  }
  await expect(blobs.write('index/large', failing())).rejects.toThrow('the index is gone')
  expect([...(objects.get('/shop/index/large')?.bytes ?? [])]).toEqual([7])
  expect(uploads.size).toBe(0)
})

test('a blob that is replaced while it is read is never read half old and half new', async () => {
  const { blobs, objects, state } = await openBlobs()
  await blobs.write('index/large', partsOf(LARGE))
  const other = { bytes: Buffer.alloc(LARGE, 9), headers: {} }
  for (const change of [
    () => objects.set('/shop/index/large', other),
    () => objects.delete('/shop/index/large'),
  ]) {
    let asked = 0
    state.beforeAnswer = () => {
      if (++asked === 2) change()
    }
    await expect(collect(blobs.read('index/large'))).rejects.toThrow(BlobChanged)
  }
})

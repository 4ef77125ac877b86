import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Body, encodingFor } from './compress.ts'

test('the smallest accepted encoding is sent; short bodies, images and fonts are not encoded', () => {
  expect(encodingFor('gzip, deflate, br', 'text/html', 5_000)).toBe('br')
  expect(encodingFor('gzip', 'text/html', 5_000)).toBe('gzip')
  expect(encodingFor('br;q=0, gzip', 'text/html', 5_000)).toBe('gzip')
  expect(encodingFor('identity', 'text/html', 5_000)).toBeUndefined()
  expect(encodingFor(null, 'text/html', 5_000)).toBeUndefined()
  expect(encodingFor('br', 'text/html', 500)).toBeUndefined()
  expect(encodingFor('br', 'font/woff2', 5_000)).toBeUndefined()
})

test('every encoding has the same content', async () => {
  const text = 'books '.repeat(1_000)
  const body = new Body(Buffer.from(text), 'text/html')
  const ask = async (accepted: string) => {
    const { bytes, headers } = await body.for(
      new Request('http://shop', { headers: { 'accept-encoding': accepted } }),
    )
    return { bytes, encoding: headers['content-encoding'] ?? null }
  }
  expect(brotliDecompressSync((await ask('br')).bytes).toString()).toBe(text)
  expect(gunzipSync((await ask('gzip')).bytes).toString()).toBe(text)
  expect(await ask('identity')).toMatchObject({ encoding: null })
})

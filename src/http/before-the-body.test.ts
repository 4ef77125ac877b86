/** What is refused before the body is received: 150 bodies of 5 MB must not be in memory before anybody is authorized. */
import { expect, test } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import type { Caller } from './client-ip.ts'

/** A request whose body counts how often it is read. */
const watched = (method: string, path: string, headers: Record<string, string>) => {
  let reads = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (++reads > 60) controller.close()
        else controller.enqueue(new Uint8Array(1000))
      },
    },
    { highWaterMark: 0 },
  )
  const request = new Request(`http://localhost:3000${path}`, {
    method,
    headers: { 'content-length': '60000', 'sec-fetch-site': 'same-origin', ...headers },
    body,
    duplex: 'half',
  } as RequestInit)
  return { request, reads: () => reads }
}

const JSON_TYPE = { 'content-type': 'application/json' }

test('no body is received from a caller without access, nor of the wrong media type', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const customer = await shop.account()
  const cookie = customer.cookie() ?? ''
  const cover = '/api/books/tech-001/cover'
  for (const [status, method, path, headers] of [
    [401, 'PUT', cover, { 'content-type': 'image/png' }],
    [403, 'PUT', cover, { 'content-type': 'image/png', cookie: guest.cookie() ?? '' }],
    [403, 'PUT', cover, { 'content-type': 'image/png', cookie }],
    [401, 'PATCH', '/api/books/tech-001', JSON_TYPE],
    [401, 'POST', '/api/users/me/addresses', JSON_TYPE],
    [403, 'POST', '/api/orders', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }],
    [415, 'POST', '/api/auth/sign-in', { 'content-type': 'text/plain' }],
    [415, 'POST', '/api/orders', { 'idempotency-key': 'k'.repeat(20), cookie }],
    [
      413,
      'POST',
      '/api/orders',
      { ...JSON_TYPE, 'idempotency-key': 'k'.repeat(20), 'content-length': '99999' },
    ],
  ] as const) {
    const { request, reads } = watched(method, path, headers)
    const response = await shop.fetch(request)
    expect([path, response.status, reads()]).toEqual([path, status, 0])
  }
  // The check of the check: what is not refused is received.
  const received = watched('POST', '/api/auth/sign-in', JSON_TYPE)
  void shop.fetch(received.request)
  await expect.poll(received.reads).toBeGreaterThan(0)
})

test('no body is received from a network whose rate limit is known to be used up', async () => {
  const { fetch } = await createTestShop()
  const path = '/api/auth/password/forgot'
  const flooded: Caller = { clientNetwork: () => '10.9.9.9' }
  const ask = (email: string) =>
    new Request(`http://localhost:3000${path}`, {
      method: 'POST',
      headers: { ...JSON_TYPE, 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ email }),
    })
  let status = 0
  for (let n = 0; n < 30 && status !== 429; n++)
    status = (await fetch(ask(`reader-${n}@example.com`), flooded)).status
  expect(status).toBe(429)
  const refused = watched('POST', path, JSON_TYPE)
  expect([(await fetch(refused.request, flooded)).status, refused.reads()]).toEqual([429, 0])
  const other = watched('POST', path, JSON_TYPE)
  void fetch(other.request, { clientNetwork: () => '10.9.9.8' })
  await expect.poll(other.reads).toBeGreaterThan(0)
})

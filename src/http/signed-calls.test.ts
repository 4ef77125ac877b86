/** Signed machine calls, as a payment provider makes them: on an endpoint of this test, over the application of a shop. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { createTestShop } from '../../test/kit.ts'
import { createHttpApp } from '../composition/app.ts'
import type { RequestEntry } from '../core/log/log.ts'
import { createOpenApiDocument } from '../openapi/document.ts'
import { endpoint } from './endpoint.ts'
import { route } from './route.ts'

const SECRET = 'the secret that both machines know'
const MAX_BYTES = 2_000

const receiveEvent = endpoint({
  id: 'receiveEvent',
  method: 'POST',
  path: '/api/events/{kind}',
  summary: 'Receive an event of another machine',
  access: 'signed',
  cache: 'private',
  params: z.strictObject({ kind: z.enum(['paid']) }),
  headers: z.object({ 'x-event-signature': z.string().describe('HMAC-SHA-256 of the body, in hex') }),
  body: 'bytes',
  maxBytes: MAX_BYTES,
  mediaTypes: ['application/json'],
  limits: [{ per: ['kind'], max: 5, seconds: 60 }],
  status: 200,
  reply: z.object({ bytes: z.int(), user: z.string().nullable() }).meta({ id: 'EventReceipt' }),
  errors: ['body_too_large'],
})

const sign = (body: string, secret = SECRET): string =>
  createHmac('sha256', secret).update(body).digest('hex')

const verify = (body: Uint8Array, headers: Headers): boolean => {
  const expected = createHmac('sha256', SECRET).update(body).digest()
  const sent = Buffer.from(headers.get('x-event-signature') ?? '', 'hex')
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

const createEventShop = async () => {
  const answered: RequestEntry[] = []
  const shop = await createTestShop({ log: { request: (one: RequestEntry) => answered.push(one) } })
  const received: { text: string; cookie: string | null }[] = []
  const handler = route(
    receiveEvent,
    async ({ body, identity, requestHeaders }) => {
      received.push({ text: Buffer.from(body).toString(), cookie: requestHeaders.get('cookie') })
      return { bytes: body.length, user: identity.userId ?? null }
    },
    verify,
  )
  const { fetch } = createHttpApp(shop.deps, [handler])
  const send = async (body: string, headers: Record<string, string> = {}, path = '/api/events/paid') => {
    const url = `http://localhost:3000${path}`
    const response = await fetch(new Request(url, { method: 'POST', body, headers }))
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  return { shop, send, received, answered }
}

// Spaces and the order of members are part of what is signed: the raw bytes reach verifier and handler.
const EVENT = '{ "id": "evt-1",\n  "amount": 12.50 }'

test('a valid signature lets the raw bytes through to the handler', async () => {
  const { send, received } = await createEventShop()
  const answer = await send(EVENT, { 'x-event-signature': sign(EVENT) })
  expect(answer).toMatchObject({ status: 200, body: { bytes: EVENT.length, user: null } })
  expect(received).toEqual([{ text: EVENT, cookie: null }])
})

test('a forged or missing signature is refused before anything is parsed, counted or read from the database', async () => {
  const { send, received, answered } = await createEventShop()
  const forged: Record<string, string>[] = [
    {},
    { 'x-event-signature': '' },
    { 'x-event-signature': 'not hexadecimal' },
    { 'x-event-signature': sign(EVENT, 'another secret') },
    { 'x-event-signature': sign(`${EVENT} `) },
    { 'x-event-signature': sign('') },
  ]
  // More than the rate limit allows: a request that is not signed is not counted.
  // Path and query are not valid either, and the response does not say so.
  for (const headers of [...forged, ...forged])
    for (const path of ['/api/events/paid', '/api/events/unknown?x=1'])
      expect(await send(EVENT, headers, path)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(received).toEqual([])
  expect(answered.map(({ calls }) => calls)).toEqual(answered.map(() => 0))
  expect((await send(EVENT, { 'x-event-signature': sign(EVENT) })).status).toBe(200)
})

test('a signed request is parsed and counted like any other', async () => {
  const { send, received } = await createEventShop()
  const signature = { 'x-event-signature': sign(EVENT) }
  expect((await send(EVENT, signature, '/api/events/unknown')).body.code).toBe('invalid_request')
  expect((await send(EVENT, signature, '/api/events/paid?x=1')).body.code).toBe('invalid_request')
  for (let i = 0; i < 5; i++) expect((await send(EVENT, signature)).status).toBe(200)
  expect((await send(EVENT, signature)).body.code).toBe('too_many_requests')
  expect(received).toHaveLength(5)
})

test('a body over the limit of the endpoint is refused, signed or not', async () => {
  const { send, received } = await createEventShop()
  const fits = 'x'.repeat(MAX_BYTES)
  expect((await send(fits, { 'x-event-signature': sign(fits) })).status).toBe(200)
  const large = `${fits}x`
  for (const headers of [{}, { 'x-event-signature': sign(large) }] as Record<string, string>[])
    expect(await send(large, headers)).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
  expect(received).toHaveLength(1)
})

test('cookies are ignored, and there is no CSRF check', async () => {
  const { shop, send, received, answered } = await createEventShop()
  const staff = await shop.account({ role: 'admin' })
  const browser = {
    cookie: `${staff.cookie()}; cloudshelf_guest=${'g'.repeat(43)}`,
    origin: 'https://evil.example',
    'sec-fetch-site': 'cross-site',
  }
  answered.length = 0
  // A session does not replace the signature.
  expect((await send(EVENT, browser)).body.code).toBe('forbidden')
  expect(answered.at(-1)?.calls).toBe(0)
  const signed = await send(EVENT, { ...browser, 'x-event-signature': sign(EVENT) })
  expect(signed).toMatchObject({ status: 200, body: { user: null } })
  expect(signed.headers.getSetCookie()).toEqual([])
  expect(received).toEqual([{ text: EVENT, cookie: null }])
  // One call counts the request; none reads the session.
  expect(answered.at(-1)?.calls).toBe(1)
})

test('the OpenAPI document gives signed endpoints a security scheme of their own', () => {
  const document = createOpenApiDocument([receiveEvent])
  expect(document).toMatchObject({
    paths: {
      '/api/events/{kind}': {
        post: {
          security: [{ signature: [] }],
          parameters: expect.arrayContaining([
            expect.objectContaining({ name: 'x-event-signature', in: 'header' }),
          ]),
          requestBody: { content: { 'application/json': { schema: { format: 'binary' } } } },
          responses: { '403': { description: expect.not.stringContaining('cross_site_request') } },
        },
      },
    },
    components: { securitySchemes: { signature: { type: 'apiKey', in: 'header' } } },
  })
  const { components } = createOpenApiDocument([{ ...receiveEvent, access: 'anyone' }])
  expect(components).not.toHaveProperty('securitySchemes.signature')
})

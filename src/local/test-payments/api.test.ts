import { beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/kit.ts'
import { startTestStripe, type TestStripe, testCheckout } from '../../../test/stripe.ts'
import { TestApiError } from './errors.ts'
import { decodeForm } from './form.ts'
import { createIdempotency } from './idempotency.ts'
import { createTestStore } from './store.ts'

let stripe: TestStripe
beforeAll(async () => {
  stripe = await startTestStripe()
})

const call = async (method: string, path: string, body = '', headers: Record<string, string> = {}) => {
  const response = await fetch(`${stripe.url}/dev/stripe/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${stripe.providerOptions.secretKey}`, ...headers },
    ...(method === 'POST' ? { body } : {}),
  })
  const json = await response.json()
  return { status: response.status, headers: response.headers, body: json, error: json.error }
}

const seconds = () => Math.floor(Date.now() / 1000)
const sessionBody = (changes: Record<string, string> = {}) =>
  new URLSearchParams({
    mode: 'payment',
    'line_items[0][quantity]': '1',
    'line_items[0][price_data][currency]': 'usd',
    'line_items[0][price_data][unit_amount]': '4299',
    'line_items[0][price_data][product_data][name]': 'Dune',
    client_reference_id: 'order-1',
    'metadata[order_id]': 'order-1',
    'payment_intent_data[capture_method]': 'automatic',
    'payment_intent_data[description]': 'Order CS-1',
    'payment_intent_data[metadata][order_id]': 'order-1',
    'adaptive_pricing[enabled]': 'false',
    customer_email: 'reader@example.com',
    expires_at: String(seconds() + 1860),
    success_url: 'http://localhost:3000/thanks',
    cancel_url: 'http://localhost:3000/checkout',
    ...changes,
  }).toString()

test('nothing is answered without the key of the data folder', async () => {
  for (const authorization of ['', 'Bearer sk_test_123', `Basic ${stripe.providerOptions.secretKey}`])
    expect((await call('GET', '/events', '', { authorization })).status, authorization).toBe(401)
  expect((await call('GET', '/events')).status).toBe(200)
})

test('an idempotency key gives the same answer again, and is refused for another request', async () => {
  const key = { 'idempotency-key': 'co:order-1:1' }
  const body = sessionBody()
  const first = await call('POST', '/checkout/sessions', body, key)
  const second = await call('POST', '/checkout/sessions', body, key)
  expect([first.status, second.status]).toEqual([200, 200])
  expect(second.body).toEqual(first.body)
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  const other = await call('POST', '/checkout/sessions', sessionBody({ client_reference_id: 'order-2' }), key)
  expect([other.status, other.error.type]).toEqual([400, 'idempotency_error'])
})

test('a refused request does not use up its idempotency key', async () => {
  const key = { 'idempotency-key': 'co:order-3:1' }
  const refused = await call('POST', '/checkout/sessions', sessionBody({ expires_at: '1' }), key)
  expect([refused.status, refused.error.param]).toEqual([400, 'expires_at'])
  expect((await call('POST', '/checkout/sessions', sessionBody(), key)).status).toBe(200)
})

test('a key that is being used is refused with 409', async () => {
  const idempotent = createIdempotency(createTestStore(`${temporaryFolder()}/log`), () => new Date())
  const { promise, resolve } = Promise.withResolvers<void>()
  const work = async () => {
    await promise
    return { status: 200, body: '{}' }
  }
  const first = idempotent('key', 'request', work)
  const second = await idempotent('key', 'request', work).catch((error: unknown) => error)
  expect(second instanceof TestApiError && [second.status, second.details.code]).toEqual([
    409,
    'idempotency_key_in_use',
  ])
  resolve()
  expect(await first).toEqual({ status: 200, body: '{}' })
  expect(await idempotent('key', 'request', work)).toMatchObject({ isReplayed: true })
})

test.each([
  ['a parameter that Stripe does not have', { colour: 'red' }, 'parameter_unknown'],
  ['a page that closes in less than 30 minutes', { expires_at: String(seconds() + 1700) }, undefined],
  ['a page that closes in more than a day', { expires_at: String(seconds() + 90_000) }, undefined],
  ['an amount with decimals', { 'line_items[0][price_data][unit_amount]': '42.99' }, 'parameter_invalid'],
  ['nothing to pay', { 'line_items[0][price_data][unit_amount]': '0' }, 'amount_too_small'],
  [
    'fractions of a króna',
    {
      'line_items[0][price_data][currency]': 'isk',
      'line_items[0][price_data][unit_amount]': '550',
    },
    'parameter_invalid_integer',
  ],
  ['an email that is none', { customer_email: 'reader' }, 'parameter_invalid'],
])('%s is refused', async (_what, changes, code) => {
  const { status, error } = await call('POST', '/checkout/sessions', sessionBody(changes))
  expect([status, error.type, error.code]).toEqual([400, 'invalid_request_error', code])
})

test('objects are known by their ids, and unknown ones are missing', async () => {
  const { ref } = await stripe.provider.open(testCheckout())
  await stripe.pay(ref)
  const session = (await call('GET', `/checkout/sessions/${ref}`)).body
  const intent = (await call('GET', `/payment_intents/${session.payment_intent}`)).body
  expect((await call('GET', `/charges/${intent.latest_charge}`)).body).toMatchObject({
    paid: true,
    amount: 4299,
  })
  const expanded = await call('GET', `/checkout/sessions/${ref}?expand[0]=payment_intent.latest_charge`)
  expect(expanded.body.payment_intent.latest_charge.id).toBe(intent.latest_charge)
  const refund = await call(
    'POST',
    '/refunds',
    `payment_intent=${intent.id}&amount=100&metadata[refund_id]=r1`,
  )
  expect((await call('GET', `/refunds/${refund.body.id}`)).body).toMatchObject({
    metadata: { refund_id: 'r1' },
  })
  const [event] = (await call('GET', '/events?limit=1')).body.data
  expect((await call('GET', `/events/${event.id}`)).body).toEqual(event)
  const zeros = '0'.repeat(32)
  for (const path of [
    `/checkout/sessions/cs_test_${zeros}`,
    `/payment_intents/pi_${zeros}`,
    `/charges/ch_${zeros}_1`,
    `/refunds/re_${zeros}_1`,
    '/events/evt_1',
    '/checkout/sessions/__proto__',
  ])
    expect((await call('GET', path)).error, path).toMatchObject({ code: 'resource_missing' })
  expect((await call('GET', '/balance')).status).toBe(404)
  expect((await call('POST', `/checkout/sessions/${ref}/expire`)).status).toBe(400)
})

test('a body that is too large is refused', async () => {
  const response = await fetch(`${stripe.url}/dev/stripe/v1/refunds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stripe.providerOptions.secretKey}` },
    body: 'x'.repeat(70_000),
  })
  expect(response.status).toBe(413)
})

test('forms are decoded as the package encodes them, and cannot reach prototypes', () => {
  expect(decodeForm('a=1&b[c]=2&b[d][0]=x&b[d][1]=y&e[f]=%C3%A9+%26')).toEqual({
    a: '1',
    b: { c: '2', d: ['x', 'y'] },
    e: { f: 'é &' },
  })
  decodeForm('__proto__[polluted]=1&constructor[prototype][polluted]=1&a[__proto__][polluted]=1')
  expect({}).not.toHaveProperty('polluted')
  expect(decodeForm(`a${'[b]'.repeat(500)}=1`)).toEqual({})
})

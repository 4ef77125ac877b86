/** Bad bodies to every endpoint: a 4xx with a declared code, nothing written, nothing reported, never a 5xx. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressOf, endpointOf, expectRefusal, hasJson, unchangedTarget } from '../../test/bad-input.ts'
import { endpoints } from '../endpoints.ts'
import type { Endpoint } from './endpoint.ts'

const target = unchangedTarget()

const raw = (endpoint: Endpoint, body: string | Uint8Array, type = 'application/json') =>
  target().send(endpoint, addressOf(target(), endpoint), body, { 'content-type': type })

const withJson = endpoints.filter(hasJson)

test.each(withJson)('$id: a body cut at any byte is no JSON', async endpoint => {
  const whole = JSON.stringify(target().bodies[endpoint.id])
  for (let i = 0; i < whole.length; i++) {
    const answer = await raw(endpoint, whole.slice(0, i))
    expectRefusal(endpoint, answer, whole.slice(0, i))
    expect(answer.body.code).toBe('malformed_json')
  }
})

/** What changes what it names, and may name nothing. */
const CHANGES = new Set(['changeBook', 'changeProfile'])

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

const wrongBodies = (whole: string): (string | Uint8Array)[] => {
  const utf8 = Buffer.from(whole)
  return [
    ...['', ' ', 'null', 'true', '1', '"x"', '[]', '[{}]', '{}x', 'undefined', 'NaN'],
    ...[`[${whole}]`, `${whole},`, `${whole}${whole}`, `\ufeff${whole}`, `// c\n${whole}`, `${whole}\u0000`],
    whole.replaceAll('"', "'"),
    ...[nested(9), nested(1_000), nested(30_000), `{"a":${nested(20_000)}}`, '{"a":'.repeat(12_000)],
    ...[Buffer.from(whole, 'utf16le'), new Uint8Array(100), new Uint8Array([0xff, 0xfe])],
    Buffer.concat([utf8.subarray(0, -2), Buffer.from([0xc3, 0x28]), utf8.subarray(-2)]),
    ...[`{"x":"${'y'.repeat(64 * 1024)}"}`, `{"x":1${' '.repeat(64 * 1024)}}`],
    JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]))),
  ]
}

const OTHER_TYPES = [
  '',
  'text/plain',
  'text/json',
  'application/jsonx',
  'application/xml',
  'multipart/form-data',
]

test.each(withJson)(
  '$id: what is not one JSON object in UTF-8, of a sensible size, is refused',
  async endpoint => {
    const whole = JSON.stringify(target().bodies[endpoint.id])
    // A change may change nothing; all others need something.
    const wrong = [...wrongBodies(whole), ...(CHANGES.has(endpoint.id) ? [] : ['{}'])]
    for (const body of wrong) expectRefusal(endpoint, await raw(endpoint, body), String(body).slice(0, 60))
    const large = await raw(endpoint, 'x'.repeat(64 * 1024 + 1))
    expect(large).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
    for (const type of OTHER_TYPES)
      expect((await raw(endpoint, whole, type)).body.code, type).toBe('unsupported_media_type')
  },
)

test('a body in pieces, over the limit and without a length, is refused', async () => {
  const body = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 70; i++) controller.enqueue(new Uint8Array(1_024).fill(32))
      controller.close()
    },
  })
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
  const request = new Request('http://localhost:3000/api/cart/items', init)
  expect((await target().shop.fetch(request)).status).toBe(413)
})

const FORGED =
  `price total discount currency user_id version role password_hash items subtotal tax shipping order_date
  created_at updated_at expires_at cart_id is_admin pk sk $ne constructor prototype toString __proto__ __defineGetter__`
    .split(/\s+/)
    .concat('', ' ')

const VALUES = ['1', '"x"', '{"a":1}', '[]', 'null', '0.01', 'true', '{"S":"x"}']

test.each(endpoints.filter(({ method, body }) => method !== 'GET' && body !== 'image'))(
  '$id: a field that nobody asked for is refused',
  async endpoint => {
    const known = target().bodies[endpoint.id] ?? {}
    const comma = Object.keys(known).length > 0 ? ',' : ''
    for (const name of FORGED.filter(one => !Object.hasOwn(known, one)))
      for (const value of VALUES) {
        // Staff do say what a book costs.
        if (endpoint.path.startsWith('/api/books') && name === 'price') continue
        const forged = JSON.stringify(known).replace(/\}$/, `${comma}${JSON.stringify(name)}:${value}}`)
        const answer = await raw(endpoint, forged)
        expectRefusal(endpoint, answer, forged)
        expect(answer.status, forged).toBe(400)
      }
  },
)

test('a forged field deep in the body is refused too', async () => {
  const text = JSON.stringify(target().bodies.placeOrder)
  for (const name of ['__proto__', 'constructor', 'phone', 'name', 'user_id', 'street2']) {
    const forged = text.replace('"street":"a"', `"street":"a","${name}":"x"`)
    expect((await raw(endpointOf('placeOrder'), forged)).body.code, name).toBe('invalid_request')
  }
})

const SAMPLES: unknown[] = [
  ...[null, true, false, [], [1], ['a'], {}, { S: 'x' }, { $ne: 1 }, { length: 1 }],
  ...[0, -1, 1.5, -0.001, 1e308, -1e308, 2 ** 53, 2 ** 31, 42.999],
  ...['', ' ', '1', ' 1', '1e1', 'x'.repeat(6_000), '１２', '\u00e9', 'e\u0301', '\u202e', '\u0085'],
  ...['a\u0000b', '\ud800', 'a\ud800', '\u001b[31m', '\r\nBcc: a@b.example', '__proto__', 'constructor'],
  ...['../../etc/passwd', '%00', '{{7*7}}', '<script>alert(1)</script>', "' OR 1=1 --", '=cmd()'],
]

const TEXTS = new Set(
  'title author category description street city state postal_code first_name last_name'.split(' '),
)

/** Whether a sample is a value that this field may have after all. */
const isFine = ({ id }: Endpoint, name: string, sample: unknown): boolean =>
  (typeof sample === 'string' && TEXTS.has(name)) ||
  (id === 'createBook' &&
    name === 'book_id' &&
    ['1', '1e1', '__proto__', 'constructor'].includes(String(sample))) ||
  (id === 'changeProfile' && sample === null) ||
  (id === 'signUp' && name === 'password' && typeof sample === 'string' && sample.length >= 8) ||
  (name === 'price' && sample === 1.5) ||
  (name === 'stock_quantity' && sample === 0) ||
  (name === 'stock_delta' && (sample === 0 || sample === -1))

test.each(withJson)('$id: a field of another kind, and one that is missing, is refused', async endpoint => {
  const whole = target().bodies[endpoint.id]
  const names = Object.keys(whole).flatMap(name =>
    name === 'shipping_address'
      ? [name, ...Object.keys(whole[name]).map(inner => `${name}.${inner}`)]
      : [name],
  )
  const path = addressOf(target(), endpoint)
  for (const name of names) {
    const [outer = '', inner] = name.split('.')
    for (const sample of SAMPLES.filter(one => !isFine(endpoint, inner ?? outer, one))) {
      const value = inner ? { ...whole[outer], [inner]: sample } : sample
      const answer = await target().send(endpoint, path, { ...whole, [outer]: value })
      expectRefusal(endpoint, answer, `${name}: ${JSON.stringify(sample).slice(0, 60)}`)
    }
    if (
      inner ||
      CHANGES.has(endpoint.id) ||
      ['isbn', 'description', 'quantity', 'first_name', 'last_name', 'state', 'country'].includes(outer)
    )
      continue
    const { [outer]: _, ...less } = whole
    expectRefusal(endpoint, await target().send(endpoint, path, less), `without ${name}`)
  }
})

test('whatever JSON is sent anywhere is never a 5xx', async () => {
  const places = withJson.filter(({ id }) => !CHANGES.has(id))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 6 }), async (endpoint, value) => {
      const whole = target().bodies[endpoint.id]
      for (const body of [
        value,
        { ...whole, surplus: value },
        { ...whole, [Object.keys(whole)[0] ?? '']: [value] },
      ]) {
        const text = JSON.stringify(body)
        expectRefusal(endpoint, await raw(endpoint, text), text)
      }
    }),
    { numRuns: 400 },
  )
})

/**
 * One suite for both edges: the same requests to a server on this machine and, as events of API Gateway, to the very bundles
 * that are uploaded. What they answer is the same but for ids, times and secrets.
 */
import { expect, test } from 'vitest'
import { createAccountShop, PASSWORD, totpCode } from '../../test/accounts.ts'
import {
  CDN_SETTINGS,
  PROXY_SECRET,
  STRIPE_KEY,
  STRIPE_WEBHOOK_SECRETS,
  startFunctions,
  startServer,
} from '../../test/deployments.ts'
import { createGatewayEvent } from '../../test/gateway-event.ts'
import { aBook, type Json, orderFor, type Shopper } from '../../test/kit.ts'
import { sortAttributes } from '../../test/table-contents.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'
import type { Deps } from '../composition/shop.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { EXAMPLES } from '../openapi/examples.ts'
import { createStripeProvider } from '../payments/stripe/provider.ts'
import { createVisitEvent, VERSION_CHECKS } from './version-checks.ts'

/** Ids, times and secrets, which are never the same twice, by what they are. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/order-\d{4}-\d\d-\d\d-[0-9a-z]{22}/g, '<order>'],
  [/\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b/g, '<order number>'],
  [/cart-\d{4}-\d\d-\d\d/g, '<cart>'],
  [/user-[0-9a-z]{26}/g, '<user>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>'],
  [/reader-\d+@/g, '<reader>@'],
  [/"(next_cursor|address_id|session_id|challenge|totp_uri|url|id)":"[^"]*"/g, '"$1":"<$1>"'],
  [/"(age_seconds|waiting_seconds|expires_at)":[\d.]+/g, '"$1":0'],
  [/("?retry[_-]after"?: ?)\d+/g, '$1<seconds>'],
  // The name of the database: here both shops use the same one.
  [/"engine":"\w+"/g, '"engine":"<engine>"'],
  [/"recovery_codes":\[[^\]]*\]/g, '"recovery_codes":[]'],
  [/(=)[A-Za-z0-9_%.-]{43,}/g, '$1<secret>'],
  [/\b[0-9a-f]{32}\b/g, '<hex>'],
  // The ETag of a body that contains times.
  [/^(etag: (?:W\/)?)"[\w-]{22}"$/g, '$1<etag>'],
  [/\b[0-9a-z]{26}\b/g, '<version>'],
]
const normal = (text: string): string =>
  VOLATILE.reduce((rest, [pattern, name]) => rest.replaceAll(pattern, name), text)

/** Headers that a transport adds by itself. */
const TRANSPORT = new Set([
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'x-request-id',
])

/** How two responses differ: the request, and the text around the first difference. */
const differences = (
  here: readonly RecordedResponse[],
  there: readonly RecordedResponse[],
): readonly string[] =>
  here.flatMap((one, i) => {
    const [a, b] = [JSON.stringify(one), JSON.stringify(there[i] ?? 'nothing')]
    if (a === b) return []
    const at = [...a].findIndex((letter, n) => letter !== b[n])
    const around = (text: string) => text.slice(Math.max(0, at - 80), at + 160)
    return [`${one.what}\n  here  …${around(a)}\n  there …${around(b)}`]
  })

type RecordedResponse = {
  readonly what: string
  readonly status: number
  readonly headers: object
  readonly body: string
}

/** A shopper whose responses are all recorded. */
const recordResponses = (recorded: RecordedResponse[], name: string, who: Shopper): Shopper => {
  const call: Shopper['call'] = async (method, path, body, headers) => {
    const answer = await who.call(method, path, body, headers)
    const pairs = [...answer.headers].filter(([one]) => !TRANSPORT.has(one))
    recorded.push({
      what: normal(`${name}: ${method} ${path}`),
      status: answer.status,
      headers: pairs.map(([one, value]) => normal(`${one}: ${value}`)).sort(),
      body: normal(
        typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body, sortAttributes),
      ),
    })
    return answer
  }
  return {
    cookie: who.cookie,
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
  }
}

const BOOKS = [
  aBook({ isbn: '9780132350884', genres: ['Craft'], average_rating: 4.4, ratings_count: 12 }),
  aBook({ book_id: 'arts-1', category: 'Arts & Crafts?', title: 'Ölfarben #1 – 100 % Übung', price: 12.5 }),
  aBook({ book_id: 'food-1', category: 'Food / Drink', title: 'Bread' }),
  aBook({ book_id: 'gone-1', title: 'Sold out', stock_quantity: 0 }),
]

/** What ends something comes last, or it would leave nothing to ask for. */
const ENDS = ['signOut', 'endOtherSessions', 'endSession', 'deleteBook', 'deleteMe']
const endsLast = (): readonly Endpoint[] =>
  ENDPOINTS.toSorted((a, b) => ENDS.indexOf(a.id) - ENDS.indexOf(b.id))

/** Every endpoint, called by callers with and without access. */
const tellAll = async (shop: Awaited<ReturnType<typeof createAccountShop>>): Promise<RecordedResponse[]> => {
  const recorded: RecordedResponse[] = []
  const guest = recordResponses(recorded, 'guest', shop.visitor())
  const visitor = recordResponses(recorded, 'visitor', shop.visitor())
  const staff = recordResponses(
    recorded,
    'staff',
    await shop.account({ role: 'staff', email: 'staff@example.com' }),
  )

  // A guest buys.
  await guest.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
  await guest.post('/api/cart/items', { book_id: 'arts-1' })
  const { body: cart } = await guest.get('/api/cart')
  const key = { 'idempotency-key': 'the-same-key-on-both-edges' }
  const { body: order } = await guest.post('/api/orders', orderFor(cart), key)
  await guest.post('/api/orders', orderFor(cart), key)
  await guest.post('/api/orders', { ...orderFor(cart), expected_total: 1 }, key)
  await guest.get('/api/orders')

  // Signs up, verifies the email, signs in, and sets up a second factor.
  const jane = recordResponses(recorded, 'jane', shop.visitor())
  await shop.signUp(jane, 'jane@example.com', { first_name: 'Jane' })
  for (const token of await shop.tokens('verify-email')) await shop.verify(jane, token)
  await shop.signIn(jane, 'jane@example.com', 'not the password')
  await shop.signIn(jane, 'jane@example.com')
  const { body: factor } = await jane.post('/api/auth/two-factor', { password: PASSWORD })
  await jane.post('/api/auth/two-factor/confirm', { code: totpCode(factor.totp_uri) })
  await jane.get('/api/auth/session')

  for (const ask of ODD) await ask(visitor, staff)
  const callers = {
    anyone: [visitor],
    shopper: [visitor, guest, jane],
    account: [visitor, jane],
    staff: [jane, staff],
    signed: [visitor],
  }
  for (const endpoint of endsLast())
    for (const who of callers[endpoint.access]) {
      const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name) =>
        name === 'order_id' ? order.order_id : name === 'category' ? 'Technology' : 'tech-001',
      )
      const body: Json =
        endpoint.body === 'bytes' ? new Uint8Array([1, 2, 3]) : EXAMPLES[endpoint.id]?.request
      await who.call(endpoint.method, path, body)
    }
  return recorded
}

type Ask = (visitor: Shopper, staff: Shopper) => Promise<unknown>

/** Requests that HTTP adapters get wrong: encodings, repeated parameters, bytes, conditions, methods, unmatched paths. */
const ODD: readonly Ask[] = [
  who => who.get('/api/books?category=Arts+%26+Crafts%3F&q=%C3%B6lfarben'),
  who => who.get('/api/books/category/Arts%20%26%20Crafts%3F'),
  who => who.get('/api/books/category/Food%20%2F%20Drink'),
  who => who.get('/api/books/category/Food%20%2F%20Drink?limit=1&q=bread'),
  who => who.get('/api/books/search?q=100%20%25%20%23%C3%9Cbung'),
  who => who.get('/api/books/100%25'),
  who => who.get('/api/books/%F0%9F%93%9A%23x'),
  who => who.get('/api/books?limit=1&limit=2'),
  who => who.get('/api/books?limit='),
  who => who.get('/api/books?limit=1', { 'if-none-match': '*' }),
  who => who.call('HEAD', '/api/books'),
  who => who.call('HEAD', '/api/cart'),
  who => who.call('OPTIONS', '/api/books'),
  who => who.call('PUT', '/api/books', {}),
  who => who.call('DELETE', '/api/orders'),
  who => who.get('/api/nowhere'),
  who => who.get('/api'),
  who => who.get('/api/cart/items/a/b'),
  who => who.get('/api/auth/nowhere'),
  who => who.get('/images/covers/none.webp'),
  who => who.get('/images/none'),
  who => who.get('/assets/none.js'),
  who => who.get('/none.png'),
  who => who.get('/covers/none.svg?v=1'),
  who => who.post('/api/cart/items', '{"book_id":'),
  who => who.post('/api/cart/items', '\uFEFF{}', { 'content-type': 'application/json' }),
  who =>
    who.post('/api/cart/items', 'book_id=tech-001', { 'content-type': 'application/x-www-form-urlencoded' }),
  who =>
    who.post('/api/cart/items', new Uint8Array([0xff, 0xfe, 0x7b]), { 'content-type': 'application/json' }),
  who => who.post('/api/cart/items', 'x'.repeat(70_000), { 'content-type': 'application/json' }),
  who => who.post('/api/cart/items', { book_id: 'arts-1' }, { origin: 'https://evil.example' }),
  who => who.get('/api/cart', { cookie: 'a=b; __Host-cloudshelf_guest=x; c="d e"' }),
  who => who.get('/api/openapi.json'),
  who => who.get('/api/docs'),
  who => who.get('/api/docs/openapi-explorer.js'),
  (_, staff) => staff.call('POST', '/api/books', { ...NEW_BOOK, book_id: 'new-1' }),
  (_, staff) => staff.call('PUT', '/api/books/new-1/cover', PNG, { 'content-type': 'image/png' }),
  (_, staff) => staff.call('PATCH', '/api/books/new-1', { title: 'ä “quoted” 本' }),
  who => who.get('/api/books/new-1'),
  who => who.get('/'),
  who => who.get('/', { 'accept-encoding': 'br' }),
  who => who.get('/books/new-1'),
  who => who.get('/books/arts-1/'),
  who => who.get('/category/technology'),
  who => who.get('/category/food-drink'),
  who => who.get('/category/Food%20%2F%20Drink'),
  who => who.get('/category/no/such'),
  who => who.get('/search?q=clean+code'),
  who => who.get('/search?utm_source=a&q=clean+code&page=1'),
  who => who.get('/?utm_source=a'),
  who => who.get('/books/arts-1?utm_source=newsletter&gclid=a%20b'),
  who => who.get('/books/arts-1.data?_routes=routes%2Fbook&utm_source=newsletter'),
  who => who.get('/category/technology?utm_source=a&page=1'),
  who => who.get('/category/Technology?page=2&utm_source=a'),
  who => who.get('/about/?utm_source=a'),
  who => who.get('/covers/arts-1.svg?v=1&u=2'),
  who => who.get('/robots.txt?u=1'),
  who => who.get('/search?q=%F0%9F%93%9A'),
  who => who.get('/cart'),
  who => who.get('/orders'),
  who => who.get('/nowhere'),
  who => who.get('/nowhere/%23/%3F'),
  who => who.get('/covers/arts-1.svg'),
  who => who.get('/covers/arts-1.png'),
  who => who.get('/robots.txt'),
  who => who.get('/sitemap.xml'),
  who => who.get('/sitemap-1.xml'),
  who => who.get('/sitemap-2.xml'),
  who => who.call('HEAD', '/about'),
  who => who.post('/cart', 'intent=add&book_id=arts-1', FORM),
  who => who.get('/cart'),
  who => who.get('/visitor'),
  who => who.post('/cart', 'intent=add&book_id=arts-1', { ...FORM, 'sec-fetch-site': 'cross-site' }),
]

const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
const NEW_BOOK = { category: 'Poetry', title: 'New', author: 'A', price: 9.99, stock_quantity: 3 }
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const FUNCTIONS = [
  'BookCatalog',
  'ShoppingCart',
  'UserAccounts',
  'OrderProcess',
  'PaymentEvents',
  'Pages',
] as const

const openBoth = async () => {
  const stripe = { secretKey: STRIPE_KEY, webhookSecrets: STRIPE_WEBHOOK_SECRETS, now: () => new Date() }
  const options = {
    books: BOOKS,
    env: { ...CDN_SETTINGS, PAYMENT_METHODS: 'stripe,invoice' },
    providers: [createStripeProvider(stripe)],
  }
  let functions: Awaited<ReturnType<typeof startFunctions>> | undefined
  const here = await createAccountShop({ ...options, transport: startServer })
  const edge = async (deps: Deps) => {
    functions = await startFunctions(deps, FUNCTIONS)
    return functions.fetch
  }
  const there = await createAccountShop({ ...options, transport: edge })
  if (!functions) throw new Error('the functions were not opened')
  return { here, there, of: functions.of, aws: functions.aws }
}

/** Whether a log line is a failure. Functions log JSON, so any other line is one too. */
const isFailure = (line: string): boolean => line !== '' && !/^\{"(level":"(INFO|DEBUG)|_aws)"/.test(line)

let opened: ReturnType<typeof openBoth> | undefined
const both = () => {
  opened ??= openBoth()
  return opened
}

test('the bundles answer every request as a local server does', {
  timeout: 180_000,
}, async () => {
  const { here, there, of, aws } = await both()
  const [local, remote] = await Promise.all([tellAll(here), tellAll(there)])
  for (const id of FUNCTIONS) expect(of(id).log().split('\n').filter(isFailure)).toEqual([])
  expect(local.length).toBeGreaterThan(170)
  expect(differences(local, remote)).toEqual([])
  expect(here.reportedErrors).toEqual([])
  // Uploaded covers lie where the CDN looks for them, and their bytes came through whole.
  expect(
    [...aws.objects.keys()].filter(key => key.startsWith('/shop-blobs/images/covers/new-1-')),
  ).toHaveLength(7)
})

test('the function of the pages passes nothing on to the API but the calls of its pages, and answers none of its own', async () => {
  const { of } = await both()
  const invoke = async (url: string, headers = {}) => {
    const sent = { 'x-trusted-proxy': PROXY_SECRET, ...headers }
    const event = createGatewayEvent({ method: 'GET', url, headers: sent }, new Uint8Array(), '$default')
    return (await of('Pages').invoke(event)) as { statusCode: number; body: string }
  }
  for (const path of ['/api/books', '/api', '/api/cart?x=1', '/images/covers/none.webp', '/dev/mailbox']) {
    const { statusCode, body } = await invoke(path)
    expect([path, statusCode, JSON.parse(body).code]).toEqual([path, 404, 'not_found'])
  }
  expect((await invoke('/about')).statusCode).toBe(200)
  expect((await invoke('/about', { 'x-page-call': '1' })).statusCode).toBe(404)
})

test('every function with routes answers the visit of a rollout with the expected status', async () => {
  const { of } = await both()
  for (const id of FUNCTIONS) {
    const visit = VERSION_CHECKS[id]
    if (!('path' in visit)) throw new TypeError(`${id} must have a visit`)
    const event = createVisitEvent(visit, {
      proxySecret: PROXY_SECRET,
      publicUrl: 'https://shop.example',
      requestId: 'a visit of a rollout',
    })
    const { statusCode } = (await of(id).invoke(event)) as { statusCode: number }
    expect([id, statusCode]).toEqual([id, visit.status])
  }
})

test('functions refuse requests that did not come through the CDN', async () => {
  const { of } = await both()
  for (const id of FUNCTIONS)
    for (const headers of [{}, { 'x-trusted-proxy': 'a guess of thirty-two characters' }]) {
      const event = createGatewayEvent(
        { method: 'GET', url: '/api/books', headers },
        new Uint8Array(),
        '$default',
      )
      const answer = (await of(id).invoke(event)) as { statusCode: number; headers: object; body: string }
      expect(answer).toMatchObject({
        statusCode: 403,
        headers: { 'content-type': 'application/problem+json' },
      })
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'forbidden', status: 403 })
    }
})

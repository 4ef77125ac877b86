import { expect, test, vi } from 'vitest'
import { ADDRESS, aBook, createTestShop, type Shopper } from '../../test/kit.ts'
import { createLinesLog, type RequestEntry } from '../core/log/log.ts'
import type { Measurements } from '../core/log/metrics.ts'
import { currentRequest } from '../core/request.ts'
import { readCaller, UNKNOWN_CALLER } from './client-ip.ts'
import { createLoadShedder } from './load-shedding.ts'
import { withRequestLogging } from './request-logging.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/
const PROXY = 'the secret of the proxy of these tests'

const idOf = ({ headers }: { readonly headers: Headers }) => headers.get('x-request-id') ?? ''

/** A shop with its logged requests and metrics. */
const createLoggedShop = async () => {
  const answered: RequestEntry[] = []
  const counted: Measurements[] = []
  const log = {
    request: (one: RequestEntry) => answered.push(one),
    count: (one: Measurements) => counted.push(one),
  }
  const shop = await createTestShop({ books: [aBook()], log })
  return { shop, answered, counted }
}

test('every response has a unique request id and forbids sniffing, also cached responses and errors', async () => {
  const { shop } = await createLoggedShop()
  const visitor = shop.visitor()
  const etag = (await visitor.get('/api/books')).headers.get('etag') ?? ''
  const answers = await Promise.all([
    visitor.get('/api/books'),
    visitor.get('/api/books', { 'if-none-match': etag }),
    visitor.get('/api/cart'),
    visitor.get('/api/nothing'),
    visitor.get('/api/books/unknown'),
    visitor.call('DELETE', '/api/books'),
    visitor.post('/api/cart/items', '{'),
    visitor.get('/api/openapi.json'),
  ])
  for (const { status, headers } of answers)
    expect([status, headers.get('x-content-type-options')]).toEqual([status, 'nosniff'])
  expect(answers.map(({ status }) => status)).toEqual([200, 304, 200, 404, 404, 405, 415, 200])
  for (const answer of answers) expect(idOf(answer)).toMatch(UUID)
  expect(new Set(answers.map(idOf)).size).toBe(answers.length)
})

test('a request is logged with its route pattern and its database calls, and without its content', async () => {
  const { shop, answered } = await createLoggedShop()
  const visitor = shop.visitor()
  const logged = async (ask: (who: Shopper) => Promise<unknown>) => {
    answered.length = 0
    await ask(visitor)
    return answered.map(({ method, route, status, calls }) => [method, route, status, calls])
  }
  await visitor.get('/api/books/tech-001')
  expect(await logged(one => one.get('/api/books/tech-001'))).toEqual([
    ['GET', '/api/books/{book_id}', 200, 0],
  ])
  expect(await logged(one => one.get('/api/books?q=jane%40example.com'))).toEqual([
    ['GET', '/api/books', 200, 0],
  ])
  expect(await logged(one => one.get('/api/jane@example.com'))).toEqual([['GET', 'none', 404, 0]])
  const [[method, route, status, calls] = []] = await logged(one =>
    one.post('/api/cart/items', { book_id: 'tech-001' }),
  )
  expect([method, route, status]).toEqual(['POST', '/api/cart/items', 200])
  expect(calls).toBeGreaterThan(1)
  expect(answered[0]?.ms).toBeGreaterThan(0)
  expect(Object.keys(answered[0] ?? {}).sort()).toEqual(
    ['calls', 'method', 'ms', 'request_id', 'route', 'status'].sort(),
  )
})

test('an order is counted once with its total, also when it is repeated; a server error is counted as one', async () => {
  const { shop, counted, answered } = await createLoggedShop()
  const buyer = shop.visitor()
  await buyer.post('/api/cart/items', { book_id: 'tech-001' })
  const cart = await buyer.get('/api/cart')
  const order = {
    cart_version: cart.body.version,
    expected_total: cart.body.total,
    email: 'customer@example.com',
    shipping_address: ADDRESS,
  }
  for (const _ of ['first', 'again'])
    expect((await buyer.post('/api/orders', order, { 'idempotency-key': 'one-key' })).status).toBe(201)
  expect(counted).toEqual([{ OrdersPlaced: 1, Revenue: 52.42 }])
  const refused = await buyer.post('/api/orders', order, { 'idempotency-key': 'another' })
  expect(refused.body.code).toBe('cart_empty')
  expect(counted).toHaveLength(1)

  counted.length = 0
  vi.spyOn(shop.deps.cartReader, 'readForDisplay').mockRejectedValueOnce(new Error('a bug'))
  const failed = await buyer.get('/api/cart')
  expect([failed.status, idOf(failed)]).toEqual([500, answered.at(-1)?.request_id])
  expect(counted).toEqual([{ ServerErrors: 1 }])
  expect(shop.reportedErrors.splice(0)).toHaveLength(1)
})

test('the request id is that of the gateway or of the trusted proxy, and no client can choose it', async () => {
  const named = async (headers: Record<string, string>, gatewayId?: string) => {
    const serve = withRequestLogging(
      () => new Response(),
      createLinesLog('errors', () => {}),
    )
    const sent = new Headers(headers)
    return idOf(
      await serve(
        new Request('http://localhost/'),
        readCaller(sent, () => '', PROXY, gatewayId),
      ),
    )
  }
  const proven = { 'x-trusted-proxy': PROXY }
  expect(await named({ 'x-request-id': 'chosen-by-anybody' })).toMatch(UUID)
  expect(await named({ 'x-request-id': 'chosen-by-anybody' }, 'JKJaXmPLvHcESHA=')).toBe('JKJaXmPLvHcESHA=')
  expect(await named({ ...proven, 'x-request-id': 'from-the-proxy' }, 'gateway-id')).toBe('from-the-proxy')
  const both = { 'x-amz-cf-id': 'cloudfront-id==', 'x-request-id': 'of-a-visitor' }
  expect(await named({ ...proven, ...both })).toBe('cloudfront-id==')
  expect(await named({ ...proven, 'x-request-id': 'has spaces, jane@example.com' })).toMatch(UUID)
  expect(await named({ ...proven, 'x-request-id': 'x'.repeat(101) })).toMatch(UUID)
})

test('API calls of a page are part of its request: one id, one log line, all database calls', async () => {
  const lines: string[] = []
  const log = createLinesLog('requests', line => lines.push(line))
  const call = () => {
    const current = currentRequest()
    if (current) current.calls++
    return current?.id
  }
  const api = withRequestLogging(() => new Response(call()), log)
  const page = withRequestLogging(async (request, caller) => {
    call()
    const inner = await Promise.all([api(request, caller), api(request, caller)])
    const ids = await Promise.all(inner.map(one => one.text()))
    return new Response([...ids, currentRequest()?.id].join(' '))
  }, log)
  const answer = await page(new Request('http://localhost/'), UNKNOWN_CALLER)
  const id = idOf(answer)
  expect(await answer.text()).toBe([id, id, id].join(' '))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(`3 calls  ${id}`)
})

test('shed requests are logged and counted together, in one line', async () => {
  vi.useFakeTimers()
  try {
    const [said, answered, counted]: [string[], RequestEntry[], Measurements[]] = [[], [], []]
    const log = {
      ...createLinesLog('events', () => {}),
      event: (_: string, text: string) => void said.push(text),
      request: (one: RequestEntry) => void answered.push(one),
      count: (one: Measurements) => void counted.push(one),
    }
    const { admit } = createLoadShedder(0, 0)
    const fetch = withRequestLogging(
      () => admit(async () => new Response('in')).catch(() => new Response('full', { status: 503 })),
      log,
    )
    for (let i = 0; i < 7; i++) expect((await fetch(new Request('http://localhost/'))).status).toBe(503)
    expect([said, answered, counted]).toEqual([[], [], []])
    vi.advanceTimersByTime(5_000)
    expect(said).toEqual(['shed 7 requests in 5 s, because no slot was free'])
    expect([answered, counted]).toEqual([[], [{ ServerErrors: 7 }]])
  } finally {
    vi.useRealTimers()
  }
})

/** Every rate limit of every endpoint, read from the endpoints as data: it holds, says when to try again, and affects no other caller. */
import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import {
  type Account,
  ADDRESS,
  type Answer,
  aBook,
  createTestShop,
  type Json,
  type TestShop,
} from '../../test/kit.ts'
import { createClock } from '../../test/mail.ts'
import { readItems } from '../../test/table-contents.ts'
import { VALID_ACCOUNT_BODIES, validPath } from '../../tools/fuzz/target.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'
import { newSecret } from '../core/ids.ts'
import type { RateLimitRequest } from '../core/rate-limit/limiter.ts'
import type { Caller } from './client-ip.ts'
import type { Endpoint } from './endpoint.ts'
import { createRequestCounter, HOUR, type RateLimit } from './rate-limits.ts'

/** Few enough that also on a busy machine none is shed, or waits for a password check until it times out. */
const AT_ONCE = 12

const limited = ENDPOINTS.filter(({ limits }) => limits !== undefined)
/** The limit of an account is lower than that of its network, which other endpoints test. */
const unsigned = limited.filter(({ access }) => access !== 'signed')
const cases = unsigned.flatMap(endpoint =>
  (endpoint.limits ?? [])
    .filter(({ per }) => endpoint.access !== 'account' || per === 'account')
    .map(limit => ({ id: endpoint.id, limit, endpoint, per: String(limit.per) })),
)

test('sign-in, mails, links and checkout have rate limits, each of them one per network', () => {
  expect(limited.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      ...[
        'placeOrder',
        'lookUpOrder',
        'openOrderLink',
        'signIn',
        'signUp',
        'forgotPassword',
        'resetPassword',
      ],
      ...['resendVerification', 'signInWithCode', 'signInWithRecoveryCode', 'changePassword', 'changeEmail'],
    ]),
  )
  for (const { id, limits = [] } of limited)
    expect(
      limits.some(({ per }) => per === 'ip'),
      id,
    ).toBe(true)
})

let made = 0
/** Requests that have only in common what a limit counts; `other` has nothing in common with them. */
const requestsFor = (endpoint: Endpoint, { per }: RateLimit, accounts: readonly Account[] = []) => {
  const fixed = ++made
  let n = 0
  return (other = false): { caller: Caller; cookie: string; body: Json } => {
    n++
    const same = (name: string) => !other && (per === name || (Array.isArray(per) && per.includes(name)))
    const session = accounts[other ? 1 : 0]?.cookie()
    const id = (name: string) => (same(name) ? `${fixed}` : `${fixed}x${n}`)
    const bodies: Record<string, Json> = {
      placeOrder: { cart_version: 'x', expected_total: 1, email: 'a@example.com', shipping_address: ADDRESS },
      lookUpOrder: {
        // The number follows from the id.
        order_id: `order-2026-03-01-${same('order_number') ? fixed : id('order_id')}`,
        email: `reader${id('email')}@example.com`,
      },
      openOrderLink: { token: newSecret() },
      cancelByLink: { token: newSecret() },
      viewOrder: { token: newSecret() },
      listInvoicesByLink: { token: newSecret() },
      getInvoiceByLink: { token: newSecret() },
      ...VALID_ACCOUNT_BODIES,
      resetPassword: { ...VALID_ACCOUNT_BODIES.resetPassword, token: newSecret() },
    }
    const body = bodies[endpoint.id]
    const email = `reader${id('email')}@example.com`
    return {
      caller: { clientNetwork: () => `net-${id('ip')}` },
      cookie: session ?? `cloudshelf_guest=${`g${fixed}x${n}`.padEnd(43, '_')}`,
      body: body?.email === undefined || endpoint.id === 'placeOrder' ? body : { ...body, email },
    }
  }
}

/** For limits per account: the account that calls, and another one. */
const accountsFor = async (shop: TestShop, { access }: Endpoint, { per }: RateLimit): Promise<Account[]> =>
  // The sign-in library reads the real clock, which is later than that of these tests.
  access === 'account' || per === 'account'
    ? [await shop.account({ days: 3_650, proved: false }), await shop.account({ days: 3_650, proved: false })]
    : []

const send = async (
  shop: TestShop,
  endpoint: Endpoint,
  { caller, cookie, body }: { caller: Caller; cookie: string; body: Json },
): Promise<Pick<Answer, 'status' | 'headers' | 'body'>> => {
  if (!body && endpoint.body !== undefined) throw new Error(`add a body for ${endpoint.id} to this test`)
  const headers = {
    cookie,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
    'idempotency-key': crypto.randomUUID(),
  }
  const answer = await shop.fetch(
    new Request(`http://localhost:3000${endpoint.path.replace('{number}', '2026-000001')}`, {
      method: endpoint.method,
      headers,
      ...(endpoint.body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
    caller,
  )
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) }
}

test.each(cases)(
  '$id per $per: exactly the limit is admitted, other callers are not affected, and the window ends',
  async ({ endpoint, limit }) => {
    const time = createClock()
    const shop = await createTestShop({ books: [aBook()], now: time.now })
    const next = requestsFor(endpoint, limit, await accountsFor(shop, endpoint, limit))
    const passed: Awaited<ReturnType<typeof send>>[] = []
    for (let left = limit.max + 20; left > 0; left -= AT_ONCE)
      passed.push(...(await Promise.all(times(Math.min(left, AT_ONCE), () => send(shop, endpoint, next())))))
    expect(passed.filter(({ status }) => status !== 429)).toHaveLength(limit.max)
    const refused = await send(shop, endpoint, next())
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'too_many_requests', retry_after: limit.seconds },
    })
    expect(refused.headers.get('retry-after')).toBe(String(limit.seconds))
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('set-cookie')).toBeNull()
    expect((await send(shop, endpoint, next(true))).status).not.toBe(429)
    time.advance(limit.seconds * 1000)
    expect((await send(shop, endpoint, next())).status).not.toBe(429)
  },
)

test.each(unsigned)(
  '$id: a refused request writes nothing and makes no call but for the session',
  async endpoint => {
    const shop = await createTestShop({ books: [aBook()] })
    const [limit] = endpoint.limits ?? []
    if (!limit) throw new Error(endpoint.id)
    const accounts = await accountsFor(shop, endpoint, limit)
    const next = requestsFor(endpoint, limit, accounts)
    for (let i = 0; i < limit.max; i++) await send(shop, endpoint, next())
    const before = await readItems(shop, 'control')
    const calls: string[] = []
    for (const name of ['get', 'query', 'transact', 'write', 'batchGet'] as const) {
      const original = shop.deps.db[name] as (...args: unknown[]) => Promise<unknown>
      const counted = (...args: unknown[]) => {
        calls.push(name)
        return original(...args)
      }
      Object.assign(shop.deps.db, { [name]: counted })
    }
    for (let i = 0; i < 5; i++) expect((await send(shop, endpoint, next())).status).toBe(429)
    // The session is read before the request is counted.
    expect(calls).toEqual(accounts.length > 0 ? Array(5).fill('get') : [])
    expect(await readItems(shop, 'control')).toEqual(before)
  },
)

test('requests without a client network are counted together', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const endpoint = limited.find(({ id }) => id === 'lookUpOrder')
  const ipLimit = endpoint?.limits?.find(({ per }) => per === 'ip')
  if (!endpoint || !ipLimit) throw new Error('no such limit')
  const next = requestsFor(endpoint, { ...ipLimit, per: ['nothing'] })
  const answers = []
  for (let i = 0; i < ipLimit.max + 1; i++) {
    const { cookie, body } = next()
    const request = new Request(`http://localhost:3000${validPath({ ids: {} }, endpoint)}`, {
      method: 'POST',
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    answers.push((await shop.fetch(request)).status)
  }
  expect(answers.at(-1)).toBe(429)
  expect(answers.filter(status => status === 202)).toHaveLength(ipLimit.max)
})

test('scopes and subjects are stored under the names of earlier releases, so that counts go on', async () => {
  const stored: RateLimitRequest[] = []
  const limiter = {
    knownWait: () => 0,
    rowOf: () => '',
    admit: async (requests: readonly RateLimitRequest[]) => {
      stored.push(...requests)
      return 0
    },
  }
  const request = {
    clientNetwork: () => '203.0.113.9',
    account: 'user-1',
    body: { email: 'a@example.org', order_id: 'order-1' },
  }
  const limit = { max: 3, seconds: HOUR }
  const limits: readonly RateLimit[] = [
    { per: 'ip', ...limit, counter: 'links' },
    { per: 'account', ...limit },
    { per: 'email', ...limit },
    { per: ['order_id', 'email'], ...limit },
  ]
  const stranger = await createRequestCounter(limiter, 'signIn', limits, {
    ...request,
    deviceOf: async () => undefined,
  })
  await stranger.count()
  expect(stored.map(({ scope, subject }) => [scope, subject])).toEqual([
    ['["links","source"]', '203.0.113.9'],
    ['["signIn","account"]', 'user-1'],
    ['["signIn","address"]', '["a@example.org"]'],
    ['["signIn",["order_id","email"]]', '["order-1","a@example.org"]'],
  ])
  stored.length = 0
  const known = { ...request, account: undefined, deviceOf: async () => 'device-1' }
  await (await createRequestCounter(limiter, 'signIn', limits, known)).count()
  expect(stored.map(({ subject }) => subject)).toEqual([
    '203.0.113.9',
    '["a@example.org","device-1"]',
    '["order-1","a@example.org"]',
  ])
})

/** Tampered cursors, invalid sessions and reused idempotency keys: valid credentials changed, expired, or used elsewhere. */
import { revokeRole } from '#src/accounts/staff.ts'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import { checkOut, type Shopper } from '../../test/kit.ts'
import { type CorpusEntry, entryText, readCorpus } from './corpus.ts'
import type { Runner } from './runner.ts'
import { type FuzzRequest, type FuzzResponse, findEndpoint, type Target, validPath } from './target.ts'

const LIST_ORDERS = findEndpoint('listOrders')

const placeOrders = async (who: Shopper, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    await who.post('/api/cart/items', { book_id: 'tech-001' })
    await checkOut(who)
  }
}

const fetchCursor = async (who: Shopper): Promise<string> =>
  (await who.get('/api/orders?limit=1')).body.next_cursor

/** Flips one bit of a base64url text. */
const flipBit = (text: string, at: number): string => {
  const bytes = Buffer.from(text, 'base64url')
  const i = Math.min(bytes.length - 1, Math.floor(at * bytes.length))
  bytes[i] = (bytes[i] ?? 0) ^ 1
  return bytes.toString('base64url')
}

const applyMutation = (
  { mutation = {} }: CorpusEntry,
  own: string,
  others: Readonly<Record<string, string>>,
): string => {
  if (typeof mutation.flip === 'number') return flipBit(own, mutation.flip)
  if (typeof mutation.cut === 'number') return own.slice(0, Math.floor(own.length * mutation.cut))
  if (typeof mutation.append === 'string') return `${own}${mutation.append}`
  if (mutation.twice) return `${own}${own}`
  return others[String(mutation.of)] ?? ''
}

const expectProblem = (status: number, code: string) => (_: FuzzRequest, response: FuzzResponse) =>
  response.status === status && response.body.code === code ? undefined : `should be ${status} ${code}`

/** Sends the cursors of the corpus and `count` more, each with one changed byte or truncated. */
export const sendTamperedCursors = async (target: Target, { send }: Runner, count: number): Promise<void> => {
  const [own, other] = [target.callers.account(), await target.shop.account()]
  await placeOrders(own, 3)
  await placeOrders(other, 2)
  const cursor = await fetchCursor(own)
  const { next_cursor } = (await target.shop.visitor().get('/api/books?limit=1')).body
  const others = { 'another person': await fetchCursor(other), 'another route': next_cursor }
  const entries = readCorpus('cursors').map(entry => [
    entry.id,
    entry.mutation ? applyMutation(entry, cursor, others) : entryText(entry),
  ])
  const more = Array.from({ length: count }, (_, i) =>
    i % 4 === 3
      ? [`cut ${i}`, cursor.slice(0, 1 + (i % (cursor.length - 1)))]
      : [`flipped ${i}`, flipBit(cursor, i / count)],
  )
  const requests = [...entries, ...more]
    .filter(([, bent]) => bent !== cursor)
    .map(
      ([why = '', bent = '']): FuzzRequest => ({
        endpoint: LIST_ORDERS,
        as: 'account',
        path: `/api/orders?limit=1&cursor=${encodeURIComponent(bent)}`,
        why,
      }),
    )
  await send(requests, (request, response) => {
    // A text longer than any cursor is refused by the schema.
    const long = request.path.length > 1_025
    return expectProblem(400, long ? 'invalid_request' : 'bad_cursor')(request, response)
  })
}

/** Creates invalid sessions, each with a description of what is wrong. */
const createInvalidSessions = async ({ shop }: Target): Promise<Record<string, string>> => {
  const live = await shop.account({ role: 'admin' })
  const [name = '', value = ''] = (live.cookie() ?? '').split('=')
  const [token = '', signature = ''] = decodeURIComponent(value).split('.')
  const ended = await shop.account({ role: 'admin' })
  const endedCookie = ended.cookie() ?? ''
  await ended.post('/api/auth/sign-out')
  const former = await shop.account({ role: 'admin' })
  await revokeRole(shop.deps, 'the tests', former.email)
  const made = (text: string) => `${name}=${encodeURIComponent(text)}`
  return {
    'that was signed out': endedCookie,
    'without its role': former.cookie() ?? '',
    expired: (await shop.account({ role: 'admin', days: -1 })).cookie() ?? '',
    'with another signature': made(`${token}.${Buffer.alloc(32).toString('base64')}`),
    'without a signature': made(token),
    'with one letter changed': made(`${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}.${signature}`),
    'with a bit of the signature changed': made(`${token}.${flipBit(signature, 0.5)}`),
    'under the name of https': `__Host-${name}=${value}`,
    empty: `${name}=`,
    'with invalid percent-encoding': `${name}=%E0%A4%A`,
  }
}

/** Sends invalid sessions and tokens to every endpoint that requires an account or staff. */
export const sendInvalidCredentials = async (target: Target, { send }: Runner): Promise<void> => {
  const dead = Object.entries(await createInvalidSessions(target))
  const bearer = readCorpus('tokens')
    .slice(0, 8)
    .map(entry => [entry.id, { authorization: `Bearer ${entryText(entry)}` }] as const)
  const requests = ENDPOINTS.filter(({ access }) => access === 'account' || access === 'staff').flatMap(
    endpoint =>
      [
        ...dead.map(
          ([why, cookie]) => [`a session ${why}`, { cookie, 'sec-fetch-site': 'same-origin' }] as const,
        ),
        ...bearer,
      ].map(
        ([why, headers]): FuzzRequest => ({
          endpoint,
          as: 'anonymous',
          path: validPath(target, endpoint),
          headers,
          why,
        }),
      ),
  )
  await send(requests, expectProblem(401, 'not_signed_in'))
}

/** Reuses idempotency keys: another customer's key, and the own key with a different body. Neither may return an order. */
export const sendReusedKeys = async (
  target: Target,
  { send, note }: Runner,
  count: number,
): Promise<void> => {
  const placeOrder = findEndpoint('placeOrder')
  const { guest } = target.callers
  for (let i = 0; i < count; i++) {
    await target.refresh()
    const key = crypto.randomUUID()
    const body = { ...target.bodies.placeOrder }
    const first = await guest().post('/api/orders', body, { 'idempotency-key': key })
    if (first.status !== 201)
      note(
        { endpoint: placeOrder, as: 'guest', path: '/api/orders', why: 'an order' },
        undefined,
        `is a ${first.status}`,
      )
    const again = { endpoint: placeOrder, path: '/api/orders', headers: { 'idempotency-key': key } } as const
    const changed = JSON.stringify({
      ...body,
      expected_total: Math.round(body.expected_total * 100 + 1 + i) / 100,
    })
    await send(
      [{ ...again, as: 'guest', body: changed, why: 'the key for another body' }],
      expectProblem(422, 'idempotency_key_reused'),
    )
    await send(
      [{ ...again, as: 'account', body: JSON.stringify(body), why: 'the key of another customer' }],
      expectProblem(409, 'cart_changed'),
    )
  }
}

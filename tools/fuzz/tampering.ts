/** Credentials and cursors that are nearly right: one bit changed, cut, of somebody else, of another route, over. */
import { revokeRole } from '#src/accounts/staff.ts'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import { checkOut, type Shopper } from '../../test/kit.ts'
import { corpus, type Entry, textOf } from './corpus.ts'
import type { Ledger } from './oracle.ts'
import { addressOf, endpointOf, type Seen, type Sent, type Target } from './target.ts'

const listOrders = endpointOf('listOrders')

const orders = async (who: Shopper, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    await who.post('/api/cart/items', { book_id: 'tech-001' })
    await checkOut(who)
  }
}

const cursorOf = async (who: Shopper): Promise<string> =>
  (await who.get('/api/orders?limit=1')).body.next_cursor

/** One bit of a text in base64url is another. */
const flipped = (text: string, at: number): string => {
  const bytes = Buffer.from(text, 'base64url')
  const i = Math.min(bytes.length - 1, Math.floor(at * bytes.length))
  bytes[i] = (bytes[i] ?? 0) ^ 1
  return bytes.toString('base64url')
}

const bentBy = ({ bend = {} }: Entry, own: string, others: Readonly<Record<string, string>>): string => {
  if (typeof bend.flip === 'number') return flipped(own, bend.flip)
  if (typeof bend.cut === 'number') return own.slice(0, Math.floor(own.length * bend.cut))
  if (typeof bend.append === 'string') return `${own}${bend.append}`
  if (bend.twice) return `${own}${own}`
  return others[String(bend.of)] ?? ''
}

const must = (status: number, code: string) => (_: Sent, seen: Seen) =>
  seen.status === status && seen.body.code === code ? undefined : `should be ${status} ${code}`

/** Cursors that are bent as the corpus says, and `count` more, each in one byte or at one length. */
export const bentCursors = async (target: Target, { send }: Ledger, count: number): Promise<void> => {
  const [own, other] = [target.callers.account(), await target.shop.account()]
  await orders(own, 3)
  await orders(other, 2)
  const cursor = await cursorOf(own)
  const { next_cursor } = (await target.shop.visitor().get('/api/books?limit=1')).body
  const others = { 'another person': await cursorOf(other), 'another route': next_cursor }
  const entries = corpus('cursors').map(entry => [
    entry.id,
    entry.bend ? bentBy(entry, cursor, others) : textOf(entry),
  ])
  const more = Array.from({ length: count }, (_, i) =>
    i % 4 === 3
      ? [`cut ${i}`, cursor.slice(0, 1 + (i % (cursor.length - 1)))]
      : [`flipped ${i}`, flipped(cursor, i / count)],
  )
  const requests = [...entries, ...more]
    .filter(([, bent]) => bent !== cursor)
    .map(
      ([why = '', bent = '']): Sent => ({
        endpoint: listOrders,
        as: 'account',
        path: `/api/orders?limit=1&cursor=${encodeURIComponent(bent)}`,
        why,
      }),
    )
  await send(requests, (sent, seen) => {
    // What is longer than any cursor is refused for that alone.
    const long = sent.path.length > 1_025
    return must(400, long ? 'invalid_request' : 'bad_cursor')(sent, seen)
  })
}

/** Sessions that are over, or were never ours, by what is wrong with them. */
const deadSessions = async ({ shop }: Target): Promise<Record<string, string>> => {
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
    'signed out': endedCookie,
    'without its role': former.cookie() ?? '',
    expired: (await shop.account({ role: 'admin', days: -1 })).cookie() ?? '',
    'with another signature': made(`${token}.${Buffer.alloc(32).toString('base64')}`),
    'without a signature': made(token),
    'with one letter changed': made(`${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}.${signature}`),
    'with a bit of the signature changed': made(`${token}.${flipped(signature, 0.5)}`),
    'under the name of https': `__Host-${name}=${value}`,
    empty: `${name}=`,
    'that is no percent-encoding': `${name}=%E0%A4%A`,
  }
}

/** At every endpoint that is not open to all, no session that is over or forged speaks for anybody. */
export const deadCredentials = async (target: Target, { send }: Ledger): Promise<void> => {
  const dead = Object.entries(await deadSessions(target))
  const bearer = corpus('tokens')
    .slice(0, 8)
    .map(entry => [entry.id, { authorization: `Bearer ${textOf(entry)}` }] as const)
  const requests = ENDPOINTS.filter(({ access }) => access === 'account' || access === 'staff').flatMap(
    endpoint =>
      [
        ...dead.map(
          ([why, cookie]) => [`a session ${why}`, { cookie, 'sec-fetch-site': 'same-origin' }] as const,
        ),
        ...bearer,
      ].map(
        ([why, headers]): Sent => ({
          endpoint,
          as: 'anybody',
          path: addressOf(target, endpoint),
          headers,
          why,
        }),
      ),
  )
  await send(requests, must(401, 'not_signed_in'))
}

/** The key of somebody else's order, and of one's own for another body: neither gives an order back. */
export const bentKeys = async (target: Target, { send, note }: Ledger, count: number): Promise<void> => {
  const placeOrder = endpointOf('placeOrder')
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
      must(422, 'idempotency_key_reused'),
    )
    await send(
      [{ ...again, as: 'account', body: JSON.stringify(body), why: 'the key of somebody else' }],
      must(409, 'cart_changed'),
    )
  }
}

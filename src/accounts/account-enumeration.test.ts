/**
 * Account enumeration: an attacker who sends several requests about an email sees the same answers, and causes as many hashes
 * and database calls, whether the email has an account or not. One request may tell what the one before it has changed.
 */
import { expect, test, vi } from 'vitest'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { createTestShop, type Json, type Shopper, type TestShop } from '../../test/kit.ts'
import { sortAttributes } from '../../test/table-contents.ts'
import { pick, seededRandom } from '../../tools/bench/random.ts'
import { newUserId } from '../core/ids.ts'
import { createPasswordCredential } from './password-credential.ts'

const hashes = vi.hoisted(() => ({ count: 0 }))

// Hashes are counted and replaced by fast ones; a benchmark measures their time.
vi.mock('@node-rs/argon2', () => ({
  hash: async (password: string) => {
    hashes.count++
    return `$quick$${password}`
  },
  verify: async (kept: string, password: string) => {
    hashes.count++
    return kept === `$quick$${password}`
  },
}))

// Uniform timing has a test of its own, and hides nothing that is counted here.
vi.mock('../core/timing.ts', () => ({ withUniformTiming: (work: () => Promise<unknown>) => work() }))

const PASSWORD = 'four quiet blue words'
const THEIRS = 'the password of its owner'
/** Headers that differ in every response. */
const CHANCE = new Set(['date', 'x-request-id', 'set-cookie'])

/** What an email may belong to, besides nobody. */
const KINDS = {
  confirmed: { emailVerified: true },
  unconfirmed: { emailVerified: false },
  closed: { emailVerified: true, accountStatus: 'disabled' },
  'with an authenticator app': { emailVerified: true, twoFactorEnabled: true },
  'of staff': { emailVerified: true, role: 'admin' },
  'without a password': { emailVerified: true },
} as const
type Kind = keyof typeof KINDS

const openAccount = async (shop: TestShop, email: string, kind: Kind): Promise<void> => {
  const at = new Date().toISOString()
  const id = newUserId(new Date())
  const user = { id, email, name: '', accountStatus: 'active', createdAt: at, updatedAt: at, ...KINDS[kind] }
  const { creationWrites } = shop.deps.records
  await shop.deps.db.transact([
    ...creationWrites('user', user),
    ...(kind === 'without a password'
      ? []
      : creationWrites('account', createPasswordCredential(id, `$quick$${THEIRS}`, at))),
  ])
}

/** An attacker's own account, which asks for things about other people's emails. */
const openAttacker = async (shop: TestShop): Promise<Shopper> => {
  const who = await shop.account()
  const credential = createPasswordCredential(who.userId, `$quick$${PASSWORD}`, new Date().toISOString())
  await shop.deps.db.transact(shop.deps.records.creationWrites('account', credential))
  return who
}

type Attack = { readonly visitor: Shopper; readonly member: Shopper; readonly email: string }

/** Everything that an attacker may ask about an email, and where the shop might show what came of it. */
const REQUESTS: Readonly<Record<string, (attack: Attack) => Promise<Json>>> = {
  'sign up': ({ visitor, email }) => visitor.post('/api/auth/sign-up', { email, password: PASSWORD }),
  'sign in': ({ visitor, email }) => visitor.post('/api/auth/sign-in', { email, password: PASSWORD }),
  forgot: ({ visitor, email }) => visitor.post('/api/auth/password/forgot', { email }),
  resend: ({ visitor, email }) => visitor.post('/api/auth/verify-email/resend', { email }),
  'look up': ({ visitor, email }) => visitor.post('/api/orders/lookup', { order_id: 'R7K3M-2QX8V', email }),
  'change email': ({ member, email }) => member.post('/api/auth/email/change', { email, password: PASSWORD }),
  export: ({ member }) => member.post('/api/users/me/export', { password: PASSWORD }),
}
const NAMES = Object.keys(REQUESTS)

const pairs = NAMES.flatMap(first => NAMES.map(second => [first, second]))
const random = seededRandom(20_251_129)
const longer = Array.from({ length: 16 }, () => Array.from({ length: 4 }, () => pick(random, NAMES)))
/** Each in its turn asked until the rate limit answers. */
const repeated = NAMES.map(name => [...Array.from({ length: 6 }, () => name), 'sign in', 'resend'])
const SEQUENCES = [...NAMES.map(name => [name]), ...pairs, ...longer, ...repeated]

/** Text without what differs by chance: times, ids and the email itself. */
const withoutChance = (text: string, email: string): string =>
  text
    .replaceAll(email, '<email>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/"retry_after":\d+/g, '"retry_after":<seconds>')
    .replaceAll(/(?:user-|reader-)[\w@.-]+|[\w-]{36,}/g, '<id>')

test('no short sequence of requests tells whether an email has an account', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ endpoint: engine.endpoint })
  let emails = 0
  /** The sequence as the attacker sees it, and as the shop's own machinery does. */
  const seen = async (sequence: readonly string[], kind: Kind | undefined): Promise<string[]> => {
    const email = `person-${++emails}@example.com`
    if (kind) await openAccount(shop, email, kind)
    const attack = { visitor: shop.visitor(), member: await openAttacker(shop), email }
    const found: string[] = []
    for (const name of sequence) {
      const [before, hashed] = [{ ...engine.calls }, hashes.count]
      const answer = await REQUESTS[name]?.(attack)
      const calls = Object.entries(engine.calls)
        .map(([call, count]) => `${call} ${count - (before[call] ?? 0)}`)
        .filter(call => !call.endsWith(' 0'))
        .sort()
      const headers = [...answer.headers].filter(([header]) => !CHANCE.has(header))
      // Mails of the same millisecond lie in any order.
      answer.body.mails_waiting?.sort((one: Json, other: Json) => (one.event < other.event ? -1 : 1))
      const body = withoutChance(JSON.stringify(answer.body, sortAttributes), email)
      const setsCookies = answer.headers.getSetCookie().map((cookie: string) => cookie.split('=')[0])
      found.push(
        JSON.stringify([name, answer.status, body, headers, setsCookies, hashes.count - hashed, calls]),
      )
    }
    return found
  }
  // What is loaded by the first is not the address's doing.
  await seen(NAMES, 'confirmed')
  const kinds = Object.keys(KINDS) as Kind[]
  const told: Record<string, unknown> = {}
  for (const [i, sequence] of SEQUENCES.entries()) {
    const unknown = await seen(sequence, undefined)
    // Each sequence with the usual kind of account, and with another in its turn.
    for (const kind of new Set(['confirmed', kinds[i % kinds.length] as Kind] as const)) {
      const known = await seen(sequence, kind)
      const at = known.findIndex((one, request) => one !== unknown[request])
      if (at >= 0) told[`${sequence.slice(0, at + 1).join(', ')}: ${kind}`] = [known[at], unknown[at]]
    }
  }
  expect(told).toEqual({})
  expect(shop.reportedErrors).toEqual([])
}, 120_000)

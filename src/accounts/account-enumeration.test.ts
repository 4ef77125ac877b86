/** Account enumeration: responses, hashes and database calls are the same for known and unknown emails. */
import { expect, test, vi } from 'vitest'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { createTestShop, type Json, type TestShop } from '../../test/kit.ts'
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

const EACH = 300
const PASSWORD = 'four quiet blue words'
/** Headers that differ in every response. */
const CHANCE = new Set(['date', 'x-request-id'])

const openAccounts = async (shop: TestShop): Promise<void> => {
  const at = new Date().toISOString()
  for (let i = 0; i < EACH; i++) {
    const id = newUserId(new Date())
    const user = { id, email: `known-${i}@example.com`, name: '', createdAt: at, updatedAt: at }
    await shop.deps.db.transact([
      // A third have not been confirmed.
      ...shop.deps.records.creationWrites('user', {
        ...user,
        emailVerified: i % 3 > 0,
        accountStatus: 'active',
      }),
      ...shop.deps.records.creationWrites(
        'account',
        createPasswordCredential(id, '$quick$the password of its owner', at),
      ),
    ])
  }
}

const tries: readonly [string, (email: string) => Json][] = [
  ['/api/auth/sign-up', email => ({ email, password: PASSWORD })],
  ['/api/auth/sign-in', email => ({ email, password: PASSWORD })],
  ['/api/auth/password/forgot', email => ({ email })],
  ['/api/auth/verify-email/resend', email => ({ email })],
]

test.each(tries)(
  '%s responds alike to 300 known and 300 unknown emails, with as many hashes and database calls',
  async (path, body) => {
    const engine = await startFaultyEngine()
    const shop = await createTestShop({ endpoint: engine.endpoint })
    await openAccounts(shop)
    /** One try as the caller sees it, and as the shop's own machinery does. */
    const seen = async (email: string): Promise<string> => {
      const [before, hashed] = [{ ...engine.calls }, hashes.count]
      const answer = await shop.visitor().post(path, body(email))
      const calls = Object.entries(engine.calls).map(
        ([name, count]) => `${name} ${count - (before[name] ?? 0)}`,
      )
      const headers = [...answer.headers].filter(([name]) => !CHANCE.has(name))
      return JSON.stringify({
        status: answer.status,
        body: answer.body,
        headers,
        hashes: hashes.count - hashed,
        calls: calls.filter(call => !call.endsWith(' 0')).sort(),
      })
    }
    // What is loaded by the first is not the address's doing.
    await seen('first@example.com')
    const [known, unknown] = [new Map<string, number>(), new Map<string, number>()]
    for (let i = 0; i < EACH; i++)
      for (const [kind, found] of [
        ['known', known],
        ['unknown', unknown],
      ] as const) {
        const one = await seen(`${kind}-${i}@example.com`)
        found.set(one, (found.get(one) ?? 0) + 1)
      }
    expect([...known]).toEqual([...unknown])
    expect([...known.values()]).toEqual([EACH])
    expect(shop.reportedErrors).toEqual([])
  },
  180_000,
)

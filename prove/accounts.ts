/** Accounts: one for each address, nobody learns whether there is one, guessing is slow, and erased is erased (12, 13, 14, 23). */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../bench/measure.ts'
import { checkAccounts } from '../src/accounts/check.ts'
import { credential } from '../src/accounts/credential.ts'
import { normalizeEmail } from '../src/accounts/email.ts'
import { hashPassword } from '../src/accounts/passwords.ts'
import { signUp } from '../src/accounts/sign-up.ts'
import { accountShop, PASSWORD } from '../src/accounts/testing.ts'
import { ShopError } from '../src/core/errors.ts'
import { mailFolder } from '../src/deps.ts'
import { sendDueMail } from '../src/notifications/worker.ts'
import { times } from '../test/buyers.ts'
import { contentsOf, itemsIn } from '../test/contents.ts'
import { aBook, type Json, type Shopper, type TestShop, testShop } from '../test/kit.ts'
import { countOf, inTurns, type Promised } from './run.ts'
import { runTests } from './suite.ts'

/** The same address, as different people write it. */
const spellings = (i: number): string[] => [
  `reader-${i}@example.com`,
  `Reader-${i}@EXAMPLE.com`,
  ` reader-${i}@example.com `,
  `ｒeader-${i}@example.com`,
]

const register = async (shop: TestShop, email: string): Promise<void> => {
  try {
    await signUp(shop.deps, { email, password: PASSWORD })
  } catch (error) {
    if (!(error instanceof ShopError && error.code === 'store_busy')) throw error
    await register(shop, email)
  }
}

const oneAccount: Promised = {
  number: 12,
  promise: 'One address, one account',
  pass: 'one user for each address, a guard for each user and none beside',
  prove: async run => {
    const addresses = run.quick ? 2 : 20
    const shop = await testShop({ staffed: false })
    const other = await testShop({ beside: shop, staffed: false })
    for (let i = 0; i < addresses; i++) {
      const ways = spellings(i).map(way => normalizeEmail(way) ?? way)
      await Promise.all(times(50, n => register(n % 2 ? shop : other, ways[n % ways.length] ?? '')))
    }
    const users = (await itemsIn(shop, 'users')).length
    const { withoutGuard, guardsOfNobody, doubles } = await checkAccounts(shop.deps)
    const odd = withoutGuard.length + guardsOfNobody.length + doubles.length
    // Looks for the address, then writes the account.
    const naive = async (user_id: string): Promise<void> => {
      const { items } = await shop.deps.db.query({
        table: shop.names.users,
        index: 'EmailIndex',
        where: 'email = :email',
        values: { ':email': 'naive@example.com' },
      })
      const item = { user_id, email: 'naive@example.com', created_at: '', account_status: 'active' }
      if (items.length === 0) await shop.deps.db.write({ action: 'Put', table: shop.names.users, item })
    }
    await Promise.all(times(50, n => naive(`naive-${n}`)))
    const many = (await itemsIn(shop, 'users')).length - users
    return {
      tried: `50 registrations at once, by two processes and in four spellings, for each of ${addresses} addresses; with 40 more in src/accounts/one-per-address.test.ts`,
      found: `${users} accounts for ${addresses} addresses, ${odd} guards or accounts amiss`,
      holds: users === addresses && odd === 0,
      control: { found: `${many} accounts of one address`, failed: many > 1 },
    }
  },
}

/** The best that somebody could do who guesses by the time alone: the share that is right, at the best threshold. */
const bestGuess = (known: readonly number[], unknown: readonly number[]): number => {
  const all = [...known.map(ms => ({ ms, known: 1 })), ...unknown.map(ms => ({ ms, known: 0 }))]
  all.sort((a, b) => a.ms - b.ms)
  let [knownBelow, unknownBelow, best] = [0, 0, 0]
  for (const one of all) {
    if (one.known) knownBelow++
    else unknownBelow++
    const right = (unknownBelow + known.length - knownBelow) / all.length
    best = Math.max(best, right, 1 - right)
  }
  return best
}

const strangersAlike: Promised = {
  number: 13,
  inSuite: true,
  promise: 'Known and unknown accounts look alike',
  pass: 'the same status, headers, body, hashes and calls of the tables; medians of the time within 10 %, and who guesses by time is right at most 58 % of the time',
  prove: async run => {
    const suite = await runTests(run, ['src/accounts/same-for-strangers.test.ts'])
    const each = run.quick ? 0 : 300
    const shop = await accountShop()
    const at = new Date().toISOString()
    const findings: string[] = []
    let holds = suite.holds
    if (each > 0) {
      const stored = await hashPassword('the password of its owner')
      for (let i = 0; i < each; i++) {
        const id = `user-known-${i}`
        const user = { id, email: `known-${i}@example.com`, name: '', createdAt: at, updatedAt: at }
        await shop.deps.db.transact([
          ...shop.deps.records.creation('user', { ...user, emailVerified: true, accountStatus: 'active' }),
          ...shop.deps.records.creation('account', credential(id, stored, at)),
        ])
      }
    }
    const paths: [string, (email: string) => object][] = [
      ['/api/auth/sign-in', email => ({ email, password: PASSWORD })],
      ['/api/auth/password/forgot', email => ({ email })],
      ['/api/auth/sign-up', email => ({ email, password: PASSWORD })],
    ]
    for (const [path, body] of each > 0 ? paths : []) {
      const spent: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
      const time = async (kind: 'known' | 'unknown', i: number): Promise<void> => {
        const since = performance.now()
        await shop.visitor().post(path, body(`${kind}-${i}@example.com`))
        spent[kind].push(performance.now() - since)
      }
      await time('unknown', 100_000)
      spent.unknown.length = 0
      for (let i = 0; i < each; i++) {
        // Now the one first, now the other.
        const order = run.random() < 0.5 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
        for (const kind of order) await time(kind, i)
      }
      const [known, unknown] = [median(spent.known), median(spent.unknown)]
      const guess = bestGuess(spent.known, spent.unknown)
      if (Math.abs(known / unknown - 1) > 0.1 || guess > 0.58) holds = false
      findings.push(
        `${path.split('/').at(-1)} ${known.toFixed(1)} and ${unknown.toFixed(1)} ms, guessed right ${(100 * guess).toFixed(0)} %`,
      )
    }
    return {
      tried: `sign-in, sign-up, reset and resend for 300 known and 300 unknown addresses (src/accounts/same-for-strangers.test.ts)${each ? `; their time, ${each} of each in turn` : ''}`,
      found: [suite.found, ...findings].join('; '),
      holds,
    }
  },
}

/** Whether one more is let through: looks how many there were, then notes this one. */
const naiveLimit = async ({ deps, names }: TestShop): Promise<boolean> => {
  const key = { pk: 'naive-limit', sk: 'limit' }
  const count = Number((await deps.db.get(names.control, key))?.tries ?? 0)
  if (count >= 10) return false
  await deps.db.write({ action: 'Put', table: names.control, item: { ...key, tries: count + 1 } })
  return true
}

const guessingIsSlow: Promised = {
  number: 14,
  promise: 'Guessing is slowed',
  pass: 'at most 10 tries reach the password in 15 minutes; then 429 with Retry-After; the owner signs in on; at most 3 mails an hour',
  prove: async () => {
    const shop = await accountShop()
    const owner = await shop.member('owner@example.com')
    await owner.post('/api/auth/sign-out')
    const guesses = await inTurns(100, 10, i =>
      shop.signIn(shop.visitor(), 'owner@example.com', `guess ${i}`),
    )
    const reached = countOf(guesses, ({ status }) => status === 401)
    const refused = countOf(
      guesses,
      ({ status, headers }) => status === 429 && /^\d+$/.test(headers.get('retry-after') ?? ''),
    )
    const isIn = (await shop.signIn(owner, 'owner@example.com')).status === 200
    const oneNetwork = shop.visitor()
    const spread = await inTurns(120, 10, i => shop.signIn(oneNetwork, `reader-${i}@example.com`))
    const fromOne = countOf(spread, ({ status }) => status === 401)
    await shop.mail()
    for (let i = 0; i < 20; i++)
      await shop.visitor().post('/api/auth/password/forgot', { email: 'owner@example.com' })
    const mails = (await shop.mail()).length
    const naive = countOf(await Promise.all(times(100, () => naiveLimit(shop))), yes => yes)
    return {
      tried:
        '100 wrong passwords for one account from 100 networks, 120 accounts from one network, 20 resets',
      found: `${reached} reached the password, ${refused} told when to come back; ${fromOne} from one network; the owner ${isIn ? 'signs in' : 'is locked out'}; ${mails} mails`,
      holds: reached <= 10 && reached + refused === 100 && fromOne <= 100 && isIn && mails > 0 && mails <= 3,
      control: {
        found: `a limit that reads its count and then writes it lets ${naive} of 100 through`,
        failed: naive > 10,
      },
    }
  },
}

/** Somebody who has left a mark in every field that takes one. */
const life = async (shop: Awaited<ReturnType<typeof accountShop>>, i: number) => {
  const mark = `canary-${i}`
  const email = `${mark}-mail@example.com`
  const address = {
    street: `${mark}-street 1`,
    city: `${mark}-city`,
    state: `${mark}-state`,
    postal_code: `${mark}`.slice(0, 12),
    country: 'US',
  }
  const order = async (who: Shopper): Promise<Json> => {
    await who.post('/api/cart/items', { book_id: 'tech-001' })
    const { body: cart } = await who.get('/api/cart')
    const body = { cart_version: cart.version, expected_total: cart.total, email, shipping_address: address }
    return (await who.post('/api/orders', body, { 'idempotency-key': crypto.randomUUID() })).body
  }
  await order(shop.visitor())
  const person = await shop.member(email)
  await person.call('PATCH', '/api/users/me', {
    first_name: `${mark}-first`,
    last_name: `${mark}-last`,
    address,
  })
  for (const where of ['home', 'work', 'parents'])
    await person.post('/api/users/me/addresses', { ...address, street: `${mark}-${where} 2` })
  const done = await order(person)
  for (const status of ['processing', 'shipped', 'delivered'])
    await shop.staff.post(`/api/orders/${done.order_id}/status`, { status })
  await person.post('/api/cart/items', { book_id: 'tech-001' })
  return { email, person, done }
}

const erased: Promised = {
  number: 23,
  promise: 'A person who goes is gone',
  pass: 'no mark of theirs in tables, reports or mails; what they paid unchanged; sessions dead; the address free again',
  prove: async run => {
    const count = run.quick ? 2 : 20
    const shop = await accountShop({ books: [aBook({ stock_quantity: 1_000 })] })
    const lives = []
    for (let i = 0; i < count; i++) lives.push(await life(shop, i))
    await sendDueMail(shop.deps)
    const folder = mailFolder(shop.deps.settings.dataDir)
    const mails = () => {
      try {
        return readdirSync(folder)
          .map(name => readFileSync(join(folder, name), 'utf8'))
          .join('')
      } catch {
        return ''
      }
    }
    const marks = async () => [...`${await contentsOf(shop)}${mails()}`.matchAll(/canary-/g)].length
    const before = await marks()
    let dead = 0
    for (const { person } of lives) {
      const { status } = await person.call('DELETE', '/api/users/me', { password: PASSWORD })
      const { body } = await person.get('/api/auth/session')
      if (status === 204 && body.signed_in === false) dead++
    }
    // What is still to be delivered needs its address; when it is cancelled or delivered, that goes too.
    for (const { user_id: _, order_id, status } of await itemsIn(shop, 'orders'))
      if (status === 'confirmed') await shop.staff.post(`/api/orders/${order_id}/cancel`)
    const left = await marks()
    const reports = shop.reported.length
    const kept = (await itemsIn(shop, 'orders')).filter(({ total }) => total === 52.42).length
    await shop.mail()
    const again = await shop.member(lives[0]?.email ?? '')
    const isFree = (await again.get('/api/orders')).body.items?.length === 0
    await life(shop, 99)
    const gone = (await itemsIn(shop, 'users')).find(({ email }) => email.startsWith('canary-99'))
    await shop.deps.db.write({ action: 'Delete', table: shop.names.users, key: { user_id: gone?.user_id } })
    const naive = [...(await contentsOf(shop)).matchAll(/canary-99/g)].length
    return {
      tried: `${count} people who left marks in profile, addresses, orders as guest and as account, cart and mails`,
      found: `${before} marks before, ${left} after; ${dead} of ${count} sessions dead; ${kept} of ${2 * count} orders keep their total; the address is ${isFree ? 'free' : 'taken'}`,
      holds:
        before > 10 * count && left === 0 && dead === count && kept === 2 * count && isFree && reports === 0,
      control: {
        found: `${naive} marks of one person left where the account alone is deleted`,
        failed: naive > 0,
      },
    }
  },
}

export const accountPromises = [oneAccount, strangersAlike, guessingIsSlow, erased]

/** Email uniqueness: one account per email under concurrent sign-ups, and the check and repair of reservations. */
import { expect, test, vi } from 'vitest'
import { createTestShop, type Json, type TestShop } from '../../test/kit.ts'
import { unlimitedMails } from '../../test/mail.ts'
import { readItems } from '../../test/table-contents.ts'
import { ShopError } from '../core/errors.ts'
import { newUserId } from '../core/ids.ts'
import { checkAccounts, repairEmailReservations } from './check.ts'
import { signUp } from './sign-up.ts'

// Two thousand hashes would take a minute; what is tried here is who gets the address.
vi.mock('@node-rs/argon2', () => ({
  hash: async (password: string) => `$quick$${password}`,
  verify: async (kept: string, password: string) => kept === `$quick$${password}`,
}))

const WELL = { invalidRows: [], missingReservations: [], orphanedReservations: [], duplicates: [] }
const ADDRESSES = 40
const AT_ONCE = 50
const addresses = Array.from({ length: ADDRESSES }, (_, i) => `reader-of-${i}@example.com`)

/** Tries again while the shop says that it is busy, as a shopper would. */
const register = async (shop: TestShop, email: string): Promise<void> => {
  try {
    await signUp(shop.deps, unlimitedMails(shop), { email, password: 'four quiet blue words' })
  } catch (error) {
    if (!(error instanceof ShopError && error.code === 'store_busy')) throw error
    await new Promise(done => setTimeout(done, 5))
    await register(shop, email)
  }
}

/** How many accounts each address has, by the users table. */
const perAddress = (users: readonly Json[]): number[] =>
  addresses.map(address => users.filter(({ email }) => email === address).length)

test('50 concurrent sign-ups for each of 40 emails create one account each, and no reservation without one', async () => {
  const shop = await createTestShop({ withStaff: false })
  // Another process on the same tables, which knows nothing of this one.
  const other = await createTestShop({ sharingTablesOf: shop, withStaff: false })
  for (const email of addresses)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => register(i % 2 === 0 ? shop : other, email)))
  const [users, control] = [await readItems(shop, 'users'), await readItems(shop, 'control')]
  expect(perAddress(users)).toEqual(addresses.map(() => 1))
  expect(users).toHaveLength(ADDRESSES)
  const ids = users.map(({ user_id }) => user_id).sort()
  const of = (sk: string) => control.filter(row => row.sk === sk)
  expect(
    of('email')
      .map(({ user_id }) => user_id)
      .sort(),
  ).toEqual(ids)
  expect(
    of('auth')
      .map(({ pk }) => pk.replace('user#', ''))
      .sort(),
  ).toEqual(ids)
  // One password each, and nobody's lies about.
  expect(
    of('account')
      .map(({ userId }) => userId)
      .sort(),
  ).toEqual(ids)
  expect(await checkAccounts(shop.deps)).toEqual({ ...WELL, accounts: ADDRESSES })
  for (const email of addresses) {
    const { items } = await shop.deps.db.query({
      table: shop.names.users,
      index: 'EmailIndex',
      where: 'email = :email',
      values: { ':email': email },
    })
    expect(items).toHaveLength(1)
  }
})

test('missing and orphaned reservations and duplicate accounts are found, and the reservations are repaired', async () => {
  const shop = await createTestShop({ withStaff: false })
  const { deps, names } = shop
  const other = await shop.account()
  const byHand = (user_id: string, email: string): Promise<void> =>
    deps.db.write({
      action: 'Put',
      table: names.users,
      item: { user_id, email, created_at: '2025-09-05T10:00:00Z', account_status: 'active' },
    })
  expect(await checkAccounts(deps)).toEqual({ ...WELL, accounts: 1 })
  await byHand('user-123', 'john.doe@example.com')
  await byHand('user-124', other.email)
  await byHand('user-125', 'John@Example.com')
  await deps.db.transact([deps.users.reserveEmail('gone@example.com', 'user-gone')])
  const found = await checkAccounts(deps)
  const john = { email: 'john.doe@example.com', user_id: 'user-123' }
  const broken = {
    accounts: 3,
    invalidRows: [{ user_id: 'user-125' }],
    duplicates: [{ email: other.email, user_id: 'user-124' }],
  }
  const gone = { email: 'gone@example.com', user_id: 'user-gone' }
  expect(found).toEqual({ ...broken, missingReservations: [john], orphanedReservations: [gone] })
  expect(await repairEmailReservations(deps, found)).toEqual({ made: 1, dropped: 1 })
  expect(await checkAccounts(deps)).toEqual({ ...broken, missingReservations: [], orphanedReservations: [] })
  expect(await repairEmailReservations(deps, found)).toEqual({ made: 0, dropped: 0 })
  // Now whoever can read that address is its owner, and nobody else can take it.
  await signUp(deps, unlimitedMails(shop), { email: john.email, password: 'four quiet blue words' })
  expect((await readItems(shop, 'users')).filter(({ email }) => email === john.email)).toHaveLength(1)
})

test('a naive check before the write creates several accounts for one email', async () => {
  const shop = await createTestShop({ withStaff: false })
  const { db } = shop.deps
  const naive = async (email: string): Promise<void> => {
    const { items } = await db.query({
      table: shop.names.users,
      index: 'EmailIndex',
      where: 'email = :email',
      values: { ':email': email },
    })
    if (items.length > 0) return
    const item = {
      user_id: newUserId(new Date()),
      email,
      created_at: new Date().toISOString(),
      account_status: 'active',
    }
    await db.write({
      action: 'Put',
      table: shop.names.users,
      item,
      condition: 'attribute_not_exists(user_id)',
    })
  }
  const [email = ''] = addresses
  await Promise.all(Array.from({ length: AT_ONCE }, () => naive(email)))
  expect(perAddress(await readItems(shop, 'users'))[0]).toBeGreaterThan(1)
})

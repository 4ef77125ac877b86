import { checkAccounts } from '#src/accounts/check.ts'
import { normalizeEmail } from '#src/accounts/email.ts'
import { signUp } from '#src/accounts/sign-up.ts'
import { ShopError } from '#src/core/errors.ts'
import { createAccountShop, PASSWORD } from '../../test/accounts.ts'
import { times } from '../../test/buyers.ts'
import { createTestShop, type TestShop } from '../../test/kit.ts'
import { unlimitedMails } from '../../test/mail.ts'
import { readItems } from '../../test/table-contents.ts'
import { countWhere, type Guarantee, runConcurrently } from './guarantee.ts'

/** Spellings of one email address. */
const spellings = (i: number): string[] => [
  `reader-${i}@example.com`,
  `Reader-${i}@EXAMPLE.com`,
  ` reader-${i}@example.com `,
  `ｒeader-${i}@example.com`,
]

const register = async (shop: TestShop, email: string): Promise<void> => {
  try {
    await signUp(shop.deps, unlimitedMails(shop), { email, password: PASSWORD })
  } catch (error) {
    if (!(error instanceof ShopError && error.code === 'store_busy')) throw error
    await register(shop, email)
  }
}

const oneAccount: Guarantee = {
  number: 12,
  title: 'One account per email address',
  criterion: 'one user per address, and exactly one uniqueness record per user',
  prove: async run => {
    const addresses = run.quick ? 2 : 20
    const shop = await createTestShop({ withStaff: false })
    const other = await createTestShop({ sharingTablesOf: shop, withStaff: false })
    for (let i = 0; i < addresses; i++) {
      const ways = spellings(i).map(way => normalizeEmail(way) ?? way)
      await Promise.all(times(50, n => register(n % 2 ? shop : other, ways[n % ways.length] ?? '')))
    }
    const users = (await readItems(shop, 'users')).length
    const { missingReservations, orphanedReservations, duplicates } = await checkAccounts(shop.deps)
    const odd = missingReservations.length + orphanedReservations.length + duplicates.length
    // Naive: queries the address, then writes the account.
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
    const many = (await readItems(shop, 'users')).length - users
    return {
      method: `50 concurrent sign-ups from two processes in four spellings, for each of ${addresses} addresses; 40 more in src/accounts/email-uniqueness.test.ts`,
      result: `${users} accounts for ${addresses} addresses, ${odd} inconsistent uniqueness records or accounts`,
      holds: users === addresses && odd === 0,
      control: { result: `${many} accounts for one address`, failed: many > 1 },
    }
  },
}

/** Naive rate limit that reads its counter and then writes it; whether the request is admitted. */
const naiveLimit = async ({ deps, names }: TestShop): Promise<boolean> => {
  const key = { pk: 'naive-limit', sk: 'limit' }
  const count = Number((await deps.db.get(names.control, key))?.tries ?? 0)
  if (count >= 10) return false
  await deps.db.write({ action: 'Put', table: names.control, item: { ...key, tries: count + 1 } })
  return true
}

const guessingIsSlow: Guarantee = {
  number: 14,
  title: 'Password guessing is rate limited',
  criterion:
    'at most 10 attempts per 15 minutes reach the password check, then 429 with Retry-After; the owner can still sign in; at most 3 mails an hour',
  prove: async () => {
    const shop = await createAccountShop()
    const owner = await shop.member('owner@example.com')
    await owner.post('/api/auth/sign-out')
    const guesses = await runConcurrently(100, 10, i =>
      shop.signIn(shop.visitor(), 'owner@example.com', `guess ${i}`),
    )
    const reached = countWhere(guesses, ({ status }) => status === 401)
    const refused = countWhere(
      guesses,
      ({ status, headers }) => status === 429 && /^\d+$/.test(headers.get('retry-after') ?? ''),
    )
    const isIn = (await shop.signIn(owner, 'owner@example.com')).status === 200
    const oneNetwork = shop.visitor()
    const spread = await runConcurrently(120, 10, i => shop.signIn(oneNetwork, `reader-${i}@example.com`))
    const fromOne = countWhere(spread, ({ status }) => status === 401)
    await shop.mail()
    for (let i = 0; i < 20; i++)
      await shop.visitor().post('/api/auth/password/forgot', { email: 'owner@example.com' })
    const mails = (await shop.mail()).length
    const naive = countWhere(await Promise.all(times(100, () => naiveLimit(shop))), yes => yes)
    return {
      method:
        '100 wrong passwords for one account from 100 networks, 120 accounts from one network, 20 password resets',
      result: `${reached} reached the password check, ${refused} refused with Retry-After; ${fromOne} from one network; the owner ${isIn ? 'can sign in' : 'is locked out'}; ${mails} mails`,
      holds: reached <= 10 && reached + refused === 100 && fromOne <= 100 && isIn && mails > 0 && mails <= 3,
      control: {
        result: `a rate limit that reads and then writes its counter lets ${naive} of 100 through`,
        failed: naive > 10,
      },
    }
  },
}

export const accountGuarantees = [oneAccount, guessingIsSlow]

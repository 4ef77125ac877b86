/** Opening an account, and proving its address: for whoever asks it looks the same whether the address is known or not. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { newUserId, newVersion } from '../core/ids.ts'
import { announceMail } from '../core/outbox.ts'
import type { TableNames } from '../tables.ts'
import type { AuthRecords, Stored } from './auth/records.ts'
import { type AccountLinks, linkInvalid } from './links.ts'
import { noteOwnAct } from './own-acts.ts'
import { assertNotGuessable, hashPassword } from './passwords.ts'

export type SignUpDeps = {
  readonly db: Dynamo
  readonly names: TableNames
  readonly records: AuthRecords
  readonly accountLinks: AccountLinks
  readonly now: () => Date
}

export type SignUp = {
  readonly email: string
  readonly password: string
  readonly first_name?: string | undefined
  readonly last_name?: string | undefined
}

/** Mails that are about an account; the row names the account, and an address only where it is not the account's own. */
export type AccountEvent =
  | 'verify_email'
  | 'reset_password'
  | 'account_exists'
  | 'change_email'
  | 'email_changed'
  | 'password_changed'

export const announceAccount = (
  { names, now }: Pick<SignUpDeps, 'names' | 'now'>,
  event: AccountEvent,
  userId: string,
  email?: string,
): Write =>
  announceMail(
    names.control,
    `${userId}#${event}#${newVersion()}`,
    { event, user_id: userId, ...(email === undefined ? {} : { email }) },
    now(),
  )

/** The credential of an account: its Argon2id hash, in the sign-in library's form. */
export const credential = (userId: string, hash: string, at: string) => ({
  id: crypto.randomUUID(),
  userId,
  accountId: userId,
  providerId: 'credential',
  password: hash,
  createdAt: at,
  updatedAt: at,
})

/**
 * Opens an account and has a mail sent that confirms its address. Where the address has a confirmed account already, its owner
 * gets a mail instead; where it has one that nobody has confirmed, the confirmation is sent again. The same work is done
 * either way. Throws password_refused.
 */
export const signUp = async (deps: SignUpDeps, { email, password, ...names }: SignUp): Promise<void> => {
  await assertNotGuessable(password, email)
  const [known, hash] = [await deps.records.byEmail(email), await hashPassword(password)]
  const writes = known ? [announceKnown(deps, known)] : newAccount(deps, { email, ...names }, hash)
  try {
    await deps.db.transact(writes)
  } catch (error) {
    // Somebody else was opening an account for this address at the same time, and was quicker: its mail is on the way.
    if (!(error instanceof TransactionRefused)) throw error
  }
}

const announceKnown = (deps: SignUpDeps, { record }: Stored): Write =>
  announceAccount(deps, record.emailVerified ? 'account_exists' : 'verify_email', String(record.id))

const newAccount = (
  deps: SignUpDeps,
  { email, first_name, last_name }: Omit<SignUp, 'password'>,
  hash: string,
): Write[] => {
  const now = deps.now()
  const [id, at] = [newUserId(now), now.toISOString()]
  const user = {
    id,
    email,
    emailVerified: false,
    // The library asks for a name; the shop has the specification's two.
    name: '',
    ...(first_name === undefined ? {} : { firstName: first_name }),
    ...(last_name === undefined ? {} : { lastName: last_name }),
    accountStatus: 'active',
    createdAt: at,
    updatedAt: at,
  }
  return [
    ...deps.records.creation('user', user),
    ...deps.records.creation('account', credential(id, hash, at)),
    announceAccount(deps, 'verify_email', id),
  ]
}

/** Sends the confirmation again, if there is such an account and it needs one. */
export const resendVerification = async (deps: SignUpDeps, email: string): Promise<void> => {
  const known = await deps.records.byEmail(email)
  const waits = known && !known.record.emailVerified
  await deps.db.transact([
    waits
      ? announceAccount(deps, 'verify_email', String(known.record.id))
      : deps.accountLinks.decoy(deps.now()),
  ])
}

/** Confirms the address that the link went to. Throws link_invalid. */
export const verifyEmail = async (deps: SignUpDeps, token: string): Promise<void> => {
  const { user_id, email, spent } = await deps.accountLinks.find('verify_email', token, deps.now())
  const seen = await deps.records.byId('user', user_id)
  if (seen?.record.email !== email) throw linkInvalid()
  const verified = { ...seen.record, emailVerified: true, updatedAt: deps.now().toISOString() }
  await spendLink(deps, [
    spent,
    ...deps.records.replacement('user', seen, verified),
    ...noteOwnAct(deps, user_id, 'account.verify'),
  ])
}

/** Writes what a link allows, with the link itself. Throws link_invalid when that no longer holds. */
export const spendLink = async ({ db }: Pick<SignUpDeps, 'db'>, writes: readonly Write[]): Promise<void> => {
  try {
    await db.transact(writes)
  } catch (error) {
    throw error instanceof TransactionRefused ? linkInvalid() : error
  }
}

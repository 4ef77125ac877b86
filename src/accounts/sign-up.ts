/** Opening an account, and proving its address: for whoever asks it looks the same whether the address is known or not. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { newUserId, newVersion } from '../core/ids.ts'
import { announceMail } from '../core/outbox.ts'
import type { TableNames } from '../tables/definitions.ts'
import { type AccountLinks, linkInvalid } from './account-links.ts'
import { auditOwnChange } from './audit.ts'
import type { AuthRecords, StoredRecord } from './auth/records.ts'
import { assertPassword, createPasswordCredential, findPasswordCredential } from './password-credential.ts'
import { assertNotGuessable, hashPassword } from './passwords.ts'

export type AccountDeps = {
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

export const announceAccountMail = (
  { names, now }: Pick<AccountDeps, 'names' | 'now'>,
  event: AccountEvent,
  userId: string,
  more: { readonly email?: string; readonly seal?: string } = {},
): Write =>
  announceMail(
    names.control,
    `${userId}#${event}#${newVersion()}`,
    { event, user_id: userId, ...more },
    now(),
  )

/**
 * Opens an account and has a mail sent that confirms its address. Where the address has a confirmed account already, its owner
 * gets a mail instead; one that nobody has confirmed belongs to whoever signed up last. The same work is done either way.
 * Throws password_refused.
 */
export const signUp = async (deps: AccountDeps, { email, password, ...names }: SignUp): Promise<void> => {
  await assertNotGuessable(password, email)
  const known = await deps.records.byEmailForSignIn(email)
  const kept = known && (await findPasswordCredential(deps, String(known.record.id)))
  const hash = await hashPassword(password)
  const writes = !known
    ? newAccount(deps, { email, ...names }, hash)
    : known.record.emailVerified
      ? [announceAccountMail(deps, 'account_exists', String(known.record.id))]
      : takeOver(deps, known, kept, names, hash)
  try {
    await deps.db.transact(writes)
  } catch (error) {
    // Somebody else was opening an account for this address at the same time, and was quicker: its mail is on the way.
    if (!(error instanceof TransactionRefused)) throw error
  }
}

/**
 * An account that nobody has confirmed, as whoever signs up last wants it: nobody can wait with a password of theirs in an
 * account until the owner of its address confirms it.
 */
const takeOver = (
  deps: AccountDeps,
  seen: StoredRecord,
  kept: StoredRecord | undefined,
  { first_name, last_name }: Omit<SignUp, 'email' | 'password'>,
  hash: string,
): Write[] => {
  const { records } = deps
  const [userId, at] = [String(seen.record.id), deps.now().toISOString()]
  const { firstName: _, lastName: __, ...rest } = seen.record
  const user = {
    ...rest,
    ...(first_name === undefined ? {} : { firstName: first_name }),
    ...(last_name === undefined ? {} : { lastName: last_name }),
    updatedAt: at,
  }
  return [
    ...records.replacementWrites('user', seen, user),
    ...(kept
      ? records.replacementWrites('account', kept, { ...kept.record, password: hash, updatedAt: at })
      : records.creationWrites('account', createPasswordCredential(userId, hash, at))),
    announceAccountMail(deps, 'verify_email', userId),
  ]
}

const newAccount = (
  deps: AccountDeps,
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
    ...deps.records.creationWrites('user', user),
    ...deps.records.creationWrites('account', createPasswordCredential(id, hash, at)),
    announceAccountMail(deps, 'verify_email', id),
  ]
}

/** Sends the confirmation again, if there is such an account and it needs one. */
export const resendVerification = async (deps: AccountDeps, email: string): Promise<void> => {
  const known = await deps.records.byEmail(email)
  const waits = known && !known.record.emailVerified
  await deps.db.transact([
    waits
      ? announceAccountMail(deps, 'verify_email', String(known.record.id))
      : deps.accountLinks.decoy(deps.now()),
  ])
}

/**
 * Confirms the address that the link went to, for whoever has both the mail and the password of the account: the mail alone
 * may be about an account that somebody else has opened with this address. Throws link_invalid, password_wrong.
 */
export const verifyEmail = async (deps: AccountDeps, token: string, password: string): Promise<void> => {
  const { user_id, email, consume } = await deps.accountLinks.find('verify_email', token, deps.now())
  const seen = await deps.records.byId('user', user_id)
  if (seen?.record.email !== email) throw linkInvalid()
  await assertPassword(deps, user_id, password)
  const verified = { ...seen.record, emailVerified: true, updatedAt: deps.now().toISOString() }
  await consumeLink(deps, [
    consume,
    ...deps.records.replacementWrites('user', seen, verified),
    ...auditOwnChange(deps, user_id, 'account.verify'),
  ])
}

/** Writes what a link allows, with the link itself. Throws link_invalid when that no longer holds. */
export const consumeLink = async (
  { db }: Pick<AccountDeps, 'db'>,
  writes: readonly Write[],
): Promise<void> => {
  try {
    await db.transact(writes)
  } catch (error) {
    throw error instanceof TransactionRefused ? linkInvalid() : error
  }
}

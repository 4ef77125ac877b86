/** Passwords that are forgotten, addresses that change, sessions that end. */
import { TransactionRefused } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import type { Session } from '../http/identity.ts'
import { linkInvalid } from './account-links.ts'
import { auditOwnChange } from './audit.ts'
import {
  assertPassword,
  createPasswordCredential,
  findPasswordCredential,
  passwordFingerprint,
} from './password-credential.ts'
import { assertNotGuessable, hashPassword } from './passwords.ts'
import { liveSession } from './sessions.ts'
import { type AccountDeps, announceAccountMail, consumeLink } from './sign-up.ts'

/** Has a mail with a link sent, if the address has an account; costs the same where it has none. */
export const requestPasswordReset = async (deps: AccountDeps, email: string): Promise<void> => {
  const known = await deps.records.byEmailForSignIn(email)
  const userId = String(known?.record.id)
  const kept = known && (await findPasswordCredential(deps, userId))
  await deps.db.transact([
    known
      ? announceAccountMail(deps, 'reset_password', userId, { seal: passwordFingerprint(kept) })
      : deps.accountLinks.decoy(deps.now()),
  ])
}

/**
 * Sets the password by a mailed link, which proves the address too, and returns that address. All sessions end, and all other
 * links to set it: whoever knew the old password, or waits with an older mail, is out. Throws link_invalid, password_refused.
 */
export const resetPassword = async (deps: AccountDeps, token: string, password: string): Promise<string> => {
  const { records, now } = deps
  const link = await deps.accountLinks.find('reset_password', token, now())
  const { user_id, email } = link
  await assertNotGuessable(password, email)
  const [user, kept] = [await records.byId('user', user_id), await findPasswordCredential(deps, user_id)]
  const isOutdated =
    link.passwordFingerprint !== undefined && link.passwordFingerprint !== passwordFingerprint(kept)
  if (user?.record.email !== email || isOutdated) throw linkInvalid()
  const [hash, at] = [await hashPassword(password), now().toISOString()]
  await consumeLink(deps, [
    link.consume,
    ...(kept
      ? records.replacementWrites('account', kept, { ...kept.record, password: hash, updatedAt: at })
      : records.creationWrites('account', createPasswordCredential(user_id, hash, at))),
    ...records.replacementWrites('user', user, { ...user.record, emailVerified: true, updatedAt: at }),
    announceAccountMail(deps, 'password_changed', user_id),
    ...auditOwnChange(deps, user_id, 'account.password'),
  ])
  await endSessions(deps, user_id)
  return email
}

/**
 * Has a link sent to the new address. Where that address has an account already nothing is sent, and nobody can tell.
 * Throws password_wrong.
 */
export const requestEmailChange = async (
  deps: AccountDeps,
  userId: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> => {
  await assertPassword(deps, userId, password)
  const [known, kept] = [await deps.records.byEmail(email), await findPasswordCredential(deps, userId)]
  await deps.db.transact([
    known
      ? deps.accountLinks.decoy(deps.now())
      : announceAccountMail(deps, 'change_email', userId, { email, seal: passwordFingerprint(kept) }),
  ])
}

/**
 * Takes the new address, tells the old one, and returns it. Throws link_invalid, also when another account has the new one by
 * now, or the password is another: whoever asked may be the one who was shut out by that.
 */
export const confirmEmailChange = async (deps: AccountDeps, token: string): Promise<string> => {
  const { records, now } = deps
  const link = await deps.accountLinks.find('change_email', token, now())
  const { user_id, email } = link
  const seen = await records.byId('user', user_id)
  const isOutdated =
    link.passwordFingerprint !== passwordFingerprint(await findPasswordCredential(deps, user_id))
  if (!seen || seen.record.email === email || isOutdated) throw linkInvalid()
  const old = String(seen.record.email)
  const changed = { ...seen.record, email, emailVerified: true, updatedAt: now().toISOString() }
  await consumeLink(deps, [
    link.consume,
    ...records.replacementWrites('user', seen, changed),
    announceAccountMail(deps, 'email_changed', user_id, { email: old }),
    ...auditOwnChange(deps, user_id, 'account.email', ['email']),
  ])
  return old
}

/** The account's live sessions, the latest used first. */
export const listSessions = async ({ records, now }: AccountDeps, userId: string) => {
  const found = await records.byField('session', 'userId', userId)
  return found
    .flatMap(stored => {
      const row = liveSession(stored.record, now())
      return row ? [{ stored, row }] : []
    })
    .sort((a, b) => b.row.updatedAt.getTime() - a.row.updatedAt.getTime())
}

/** Ends the account's sessions, all or all that `which` names. */
export const endSessions = async (
  { db, records }: AccountDeps,
  userId: string,
  which: (sessionId: string) => boolean = () => true,
): Promise<number> => {
  const found = await records.byField('session', 'userId', userId)
  const ended = found.filter(({ record }) => which(String(record.id)))
  for (const one of ended)
    await db.transact(records.removalWrites('session', { ...one, revision: undefined })).catch(error => {
      if (!(error instanceof TransactionRefused)) throw error
    })
  return ended.length
}

/** Ends one of the caller's sessions. Throws session_not_found. */
export const endSession = async (
  deps: AccountDeps,
  { userId }: Session,
  sessionId: string,
): Promise<void> => {
  if ((await endSessions(deps, userId, id => id === sessionId)) === 0)
    throw new ShopError('session_not_found', 'You have no such session.')
  await deps.db.transact(auditOwnChange(deps, userId, 'account.sessions.end'))
}

/** Ends all of the caller's sessions but this one. */
export const endOtherSessions = async (deps: AccountDeps, { userId, sessionId }: Session): Promise<void> => {
  await endSessions(deps, userId, id => id !== sessionId)
  await deps.db.transact(auditOwnChange(deps, userId, 'account.sessions.end'))
}

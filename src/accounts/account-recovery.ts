/** New passwords: by a mailed link (reset), or by the owner who is signed in. */
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import type { Session } from '../http/identity.ts'
import type { RequestedMails } from '../http/requested-mails.ts'
import { consumeLink } from './account-links.ts'
import { announceAccountMail } from './account-mails.ts'
import { endSessions } from './active-sessions.ts'
import { auditOwnChange, type OwnChange } from './audit.ts'
import type { StoredRecord } from './auth/records.ts'
import type { AccountDeps } from './deps.ts'
import { createSession, type NewSessionDeps } from './new-session.ts'
import { noticeWrites } from './owner-notice.ts'
import { findPasswordCredential, passwordFingerprint, passwordWrites } from './password-credential.ts'
import { assertNotGuessable, hashPassword, verifyPassword } from './passwords.ts'
import { linkInvalid } from './problems.ts'
import { readSignInMethods, type SignInMethods } from './sign-in-methods.ts'

/** Announces a mail with a reset link if the email has an account. An unknown email costs the same calls. */
export const requestPasswordReset = async (
  deps: AccountDeps,
  mails: Pick<RequestedMails, 'send'>,
  email: string,
): Promise<void> => {
  const user = await deps.records.byEmailForSignIn(email)
  const userId = String(user?.record.id)
  const credential = user && (await findPasswordCredential(deps, userId))
  const decoy = deps.accountLinks.decoy(deps.now())
  const mail =
    user &&
    announceAccountMail(deps, 'reset_password', userId, {
      passwordFingerprint: passwordFingerprint(credential),
    })
  await mails.send(email, mail ?? decoy, decoy)
}

/** The account of a reset link that may still be used. Throws link_invalid. */
const findResetLink = async (deps: AccountDeps, token: string) => {
  const link = await deps.accountLinks.find('reset_password', token, deps.now())
  const [user, methods] = [
    await deps.records.byId('user', link.user_id),
    await readSignInMethods(deps, link.user_id),
  ]
  const isOutdated =
    link.passwordFingerprint !== undefined &&
    link.passwordFingerprint !== passwordFingerprint(methods.password)
  if (user?.record.email !== link.email || isOutdated) throw linkInvalid()
  return { link, user, methods }
}

/**
 * The ways to sign in that a reset removes, by default. What a second factor protects stays protected: an authenticator app, and
 * the passkeys of staff, are never removed by a mail alone, or whoever reads the mails would need nothing else.
 */
const removableMethods = ({ passkeys, identities, isStaff }: SignInMethods) => ({
  passkeys: isStaff ? [] : passkeys,
  identities,
})

export type ResetPreview = {
  readonly passkeys: number
  readonly linked_identities: number
  readonly kept_passkeys: number
  readonly authenticator_app: boolean
}

/** What a reset by this link would remove besides the password, and what it would keep. The link is not used up. Throws link_invalid. */
export const previewReset = async (deps: AccountDeps, token: string): Promise<ResetPreview> => {
  const { methods } = await findResetLink(deps, token)
  const { passkeys, identities } = removableMethods(methods)
  return {
    passkeys: passkeys.length,
    linked_identities: identities.length,
    kept_passkeys: methods.passkeys.length - passkeys.length,
    authenticator_app: methods.authenticatorApp,
  }
}

/** Methods that a reset removes in its own transaction, which DynamoDB limits; further ones are removed right after it. */
const MAX_IN_TRANSACTION = 10

/** The writes that remove passkeys and linked identities, each with its audit event, by method. */
const removals = (deps: AccountDeps, userId: string, methods: SignInMethods): Write[][] => {
  const { passkeys, identities } = removableMethods(methods)
  const remove = (model: string, record: StoredRecord, change: OwnChange): Write[] => [
    ...deps.records.removalWrites(model, { ...record, revision: undefined }),
    ...auditOwnChange(deps, userId, change),
  ]
  return [
    ...passkeys.map(one => remove('passkey', one, 'account.passkey.remove')),
    ...identities.map(one => remove('account', one, 'account.cognito.unlink')),
  ]
}

export type Reset = {
  readonly token: string
  readonly password: string
  /** Whether passkeys and linked identities go too: a thief may have added them. */
  readonly removeOtherMethods: boolean
}

/**
 * Sets a new password by a mailed link, which also verifies the email, and returns that email. Ends all sessions and
 * invalidates all other reset links, so that an attacker with the old password or an older mail is locked out.
 * Throws link_invalid, password_refused.
 */
export const resetPassword = async (
  deps: AccountDeps,
  { token, password, removeOtherMethods }: Reset,
): Promise<string> => {
  const { records, now } = deps
  const { link, user, methods } = await findResetLink(deps, token)
  const { user_id, email } = link
  await assertNotGuessable(password, email)
  const [hash, at] = [await hashPassword(password), now().toISOString()]
  const removed = removeOtherMethods ? removals(deps, user_id, methods) : []
  const verified = { ...user.record, emailVerified: true, updatedAt: at }
  await consumeLink(deps, [
    link.consume,
    ...passwordWrites(deps, user_id, methods.password, hash),
    ...records.replacementWrites('user', user, verified),
    ...removed.slice(0, MAX_IN_TRANSACTION).flat(),
    ...(removed.length > 0
      ? [
          ...auditOwnChange(deps, user_id, 'account.password'),
          ...noticeWrites(deps, user_id, 'account.recovery'),
        ]
      : noticeWrites(deps, user_id, 'account.password')),
  ])
  await endSessions(deps, user_id)
  // Those of a session that was still alive a moment ago, and those beyond the transaction.
  if (removeOtherMethods)
    for (const writes of removals(deps, user_id, await readSignInMethods(deps, user_id)))
      await deps.db.transact(writes)
  return email
}

const changedMeanwhile = () =>
  new ShopError('store_busy', 'The password was changed at the same time. Please try again.')

const isPasswordOf = async ({ record }: StoredRecord, password: string | undefined): Promise<boolean> =>
  password !== undefined && verifyPassword({ hash: String(record.password), password })

export type PasswordChange = {
  readonly password: string
  /** The password that the owner was asked for; undefined for an account without one. */
  readonly currentPassword: string | undefined
  /** The session that goes on: all others end, and it gets a new cookie. */
  readonly session: Session
  readonly userAgent: string | undefined
}

/**
 * Sets another password, or the first one of an account that signs in otherwise, and returns the Set-Cookie header of the session
 * that replaces this one. Throws password_refused, store_busy.
 */
export const changePassword = async (
  deps: NewSessionDeps,
  { password, currentPassword, session, userAgent }: PasswordChange,
): Promise<string> => {
  const { userId, secondFactor, provedAt } = session
  await assertNotGuessable(password, (await deps.users.get(userId))?.email ?? '')
  const credential = await findPasswordCredential(deps, userId)
  // Of the credential that is replaced: a reset may have set another since the owner was asked.
  if (credential && !(await isPasswordOf(credential, currentPassword))) throw changedMeanwhile()
  const hash = await hashPassword(password)
  const isChanged = await wasApplied(
    deps.db.transact([
      ...passwordWrites(deps, userId, credential, hash),
      ...noticeWrites(deps, userId, 'account.password'),
    ]),
  )
  if (!isChanged) throw changedMeanwhile()
  const { id, cookie } = await createSession(deps, userId, { userAgent, secondFactor, provedAt })
  await endSessions(deps, userId, other => other !== id)
  return cookie
}

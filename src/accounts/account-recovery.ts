/** Password reset by a mailed link. */
import type { RequestedMails } from '../http/requested-mails.ts'
import { consumeLink } from './account-links.ts'
import { announceAccountMail } from './account-mails.ts'
import { endSessions } from './active-sessions.ts'
import { auditOwnChange } from './audit.ts'
import type { AccountDeps } from './deps.ts'
import {
  createPasswordCredential,
  findPasswordCredential,
  passwordFingerprint,
} from './password-credential.ts'
import { assertNotGuessable, hashPassword } from './passwords.ts'
import { linkInvalid } from './problems.ts'

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

/**
 * Sets a new password by a mailed link, which also verifies the email, and returns that email. Ends all sessions and
 * invalidates all other reset links, so that an attacker with the old password or an older mail is locked out.
 * Throws link_invalid, password_refused.
 */
export const resetPassword = async (deps: AccountDeps, token: string, password: string): Promise<string> => {
  const { records, now } = deps
  const link = await deps.accountLinks.find('reset_password', token, now())
  const { user_id, email } = link
  await assertNotGuessable(password, email)
  const [user, credential] = [
    await records.byId('user', user_id),
    await findPasswordCredential(deps, user_id),
  ]
  const isOutdated =
    link.passwordFingerprint !== undefined && link.passwordFingerprint !== passwordFingerprint(credential)
  if (user?.record.email !== email || isOutdated) throw linkInvalid()
  const [hash, at] = [await hashPassword(password), now().toISOString()]
  await consumeLink(deps, [
    link.consume,
    ...(credential
      ? records.replacementWrites('account', credential, {
          ...credential.record,
          password: hash,
          updatedAt: at,
        })
      : records.creationWrites('account', createPasswordCredential(user_id, hash, at))),
    ...records.replacementWrites('user', user, { ...user.record, emailVerified: true, updatedAt: at }),
    announceAccountMail(deps, 'password_changed', user_id),
    ...auditOwnChange(deps, user_id, 'account.password'),
  ])
  await endSessions(deps, user_id)
  return email
}

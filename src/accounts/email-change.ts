/** Change of an account's email: requested with the password, confirmed by a link that is mailed to the new email. */
import { ShopError } from '../core/errors.ts'
import type { RequestedMails } from '../http/requested-mails.ts'
import { consumeLink } from './account-links.ts'
import { announceAccountMail } from './account-mails.ts'
import { auditOwnChange } from './audit.ts'
import type { AccountDeps } from './deps.ts'
import { assertPassword, findPasswordCredential, passwordFingerprint } from './password-credential.ts'
import { linkInvalid } from './problems.ts'

/**
 * Announces the mail to the new email. Whether that email has an account is read when the mail is made, so that neither the
 * response nor what is stored of the request tells it. Throws password_wrong.
 */
export const requestEmailChange = async (
  deps: AccountDeps,
  mails: Pick<RequestedMails, 'send'>,
  userId: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> => {
  await assertPassword(deps, userId, password)
  const credential = await findPasswordCredential(deps, userId)
  const mail = announceAccountMail(deps, 'change_email', userId, {
    email,
    passwordFingerprint: passwordFingerprint(credential),
  })
  await mails.send(email, mail, deps.accountLinks.decoy(deps.now()))
}

const ofAnotherAccount = () =>
  new ShopError(
    'forbidden',
    'This link is for another account. Please sign in to the account whose email is to change; if you did not ask for this, ignore the mail.',
  )

/**
 * Changes the email of the account that is signed in, announces a mail to the old email, and returns the old one. Throws
 * forbidden for a link that another account asked for: its mail is read by whoever has the email, and who presses its button
 * for a stranger would hand over the guest orders of that email. Throws link_invalid, also when another account has taken the
 * new email, or the password has changed since the request: then the request may come from an attacker whom the new password
 * was to lock out.
 */
export const confirmEmailChange = async (
  deps: AccountDeps,
  userId: string,
  token: string,
): Promise<string> => {
  const { records, now } = deps
  const link = await deps.accountLinks.find('change_email', token, now())
  const { user_id, email } = link
  if (user_id !== userId) throw ofAnotherAccount()
  const user = await records.byId('user', user_id)
  if (!user || user.record.email === email) throw linkInvalid()
  const credential = await findPasswordCredential(deps, user_id)
  if (link.passwordFingerprint !== passwordFingerprint(credential)) throw linkInvalid()
  const oldEmail = String(user.record.email)
  const updated = { ...user.record, email, emailVerified: true, updatedAt: now().toISOString() }
  await consumeLink(deps, [
    link.consume,
    ...records.replacementWrites('user', user, updated),
    announceAccountMail(deps, 'email_changed', user_id, { email: oldEmail }),
    ...auditOwnChange(deps, user_id, 'account.email', ['email']),
  ])
  return oldEmail
}

/** Change of an account's email: confirmed by a link that is mailed to the new email. The owner is told when it is requested, and again. */
import { ShopError } from '../core/errors.ts'
import type { RequestedMails } from '../http/requested-mails.ts'
import { consumeLink } from './account-links.ts'
import { announceAccountMail } from './account-mails.ts'
import type { AccountDeps } from './deps.ts'
import { noticeWrites } from './owner-notice.ts'
import { findPasswordCredential, passwordFingerprint } from './password-credential.ts'
import { linkInvalid } from './problems.ts'

/**
 * Announces the mail to the new email, and one to the owner. Whether that email has an account is read when the mail is made, so
 * that neither the response nor what is stored of the request tells it.
 */
export const requestEmailChange = async (
  deps: AccountDeps,
  mails: Pick<RequestedMails, 'send'>,
  userId: string,
  email: string,
): Promise<void> => {
  const credential = await findPasswordCredential(deps, userId)
  const mail = announceAccountMail(deps, 'change_email', userId, {
    email,
    passwordFingerprint: passwordFingerprint(credential),
  })
  const decoy = deps.accountLinks.decoy(deps.now())
  await mails.send(email, mail, decoy, noticeWrites(deps, userId, 'account.email.request'))
}

const ofAnotherAccount = () =>
  new ShopError(
    'forbidden',
    'This link is for another account. Please sign in to the account whose email is to change; if you did not ask for this, ignore the mail.',
  )

/**
 * Changes the email of the account that is signed in, announces a mail to both emails, and returns the old one. Throws
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
    ...noticeWrites(deps, user_id, 'account.email', { oldEmail }),
  ])
  return oldEmail
}

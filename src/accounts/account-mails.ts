/** Announcements of mails about an account, each written in the transaction of what it announces. */

import type { Write } from '../core/dynamo/write.ts'
import { newVersion } from '../core/ids.ts'
import { announceMail } from '../core/outbox.ts'
import type { AccountDeps } from './deps.ts'

export type AccountEvent =
  | 'verify_email'
  | 'reset_password'
  | 'account_exists'
  | 'change_email'
  | 'email_changed'
  | 'password_changed'
  | 'account_changed'
  | 'account_erased'

type Content = {
  /** The recipient, only where it is not the account's own email: the row otherwise holds no personal data. */
  readonly email?: string
  /** Of the password at this time, for links that must not outlive it. */
  readonly passwordFingerprint?: string
  /** What the mail `account_changed` tells of. */
  readonly change?: string
}

/** The outbox row of a mail about an account. The worker makes the mail, and the token of its link, later. */
export const announceAccountMail = (
  { names, now }: Pick<AccountDeps, 'names' | 'now'>,
  event: AccountEvent,
  userId: string,
  { email, passwordFingerprint, change }: Content = {},
): Write => {
  const content = {
    event,
    user_id: userId,
    ...(email === undefined ? {} : { email }),
    ...(passwordFingerprint === undefined ? {} : { seal: passwordFingerprint }),
    ...(change === undefined ? {} : { change }),
  }
  return announceMail(names.control, `${userId}#${event}#${newVersion()}`, content, now())
}

/**
 * Notice to the owner of an account: every change that the owner is asked again for (`reauthenticate`) is audited and told by
 * mail, in the transaction of the change, also where the sign-in library makes it (auth/library-notices.ts). An owner who did not make it learns of it while it can be undone.
 */
import type { Write } from '../core/dynamo/write.ts'
import { announceAccountMail } from './account-mails.ts'
import { auditOwnChange } from './audit.ts'
import type { AccountDeps } from './deps.ts'

/** Changes that the mail `account_changed` tells of; its row has the change. */
export const TOLD_CHANGES = [
  'account.email.request',
  'account.authenticator-app.on',
  'account.authenticator-app.off',
  'account.recovery-codes',
  'account.passkey.add',
  'account.passkey.remove',
  'account.cognito.link',
  'account.cognito.unlink',
  'account.recovery',
  'account.export',
] as const
export type ToldChange = (typeof TOLD_CHANGES)[number]

type NoticeDeps = Pick<AccountDeps, 'names' | 'now'>

/** The mails about a change, to the account's own email, and to the old one where that has changed. */
const announce = (
  deps: NoticeDeps,
  userId: string,
  change: ToldChange | 'account.password' | 'account.email',
  oldEmail: string | undefined,
): Write[] => {
  if (change === 'account.password') return [announceAccountMail(deps, 'password_changed', userId)]
  if (change !== 'account.email') return [announceAccountMail(deps, 'account_changed', userId, { change })]
  return [{}, ...(oldEmail === undefined ? [] : [{ email: oldEmail }])].map(to =>
    announceAccountMail(deps, 'email_changed', userId, to),
  )
}

/** Writes of the audit event and of the mails. `oldEmail` is what the email was, where it has changed. */
export const noticeWrites = (
  deps: NoticeDeps,
  userId: string,
  change: ToldChange | 'account.password' | 'account.email',
  { oldEmail }: { readonly oldEmail?: string } = {},
): Write[] => [
  ...auditOwnChange(deps, userId, change, change === 'account.email' ? ['email'] : undefined),
  ...announce(deps, userId, change, oldEmail),
]

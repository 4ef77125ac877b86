/** What people do to their own accounts, for the audit: what was changed, never its values. */
import { auditWrites } from '../core/audit.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { TableNames } from '../tables/definitions.ts'

export type OwnChange =
  | 'account.verify'
  | 'account.email'
  | 'account.password'
  | 'account.addresses'
  | 'account.profile'
  | 'account.authenticator-app.on'
  | 'account.authenticator-app.off'
  | 'account.recovery-codes'
  | 'account.passkey.add'
  | 'account.passkey.remove'
  | 'account.cognito.link'
  | 'account.cognito.unlink'
  | 'account.sessions.end'

/** The audit's rows of an act of the account's owner, to be written with it. `fields` of the account that were changed. */
export const auditOwnChange = (
  { names, now }: { readonly names: TableNames; readonly now: () => Date },
  userId: string,
  what: OwnChange,
  fields?: readonly string[],
): Write[] => {
  const act = { actor: userId, what, subject: `account:${userId}`, ...(fields ? { fields } : {}) }
  return auditWrites(names.control, act, now())
}

/** Audit events of changes that owners make to their own accounts. Values are never recorded. */
import { auditWrites } from '../core/audit.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { TableNames } from '../tables/definitions.ts'

export type OwnChange =
  | 'account.verify'
  | 'account.email.request'
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
  | 'account.recovery'
  | 'account.export'
  | 'account.sessions.end'

/** Writes of the audit event, for the transaction of the change. `fields` are the names of the changed fields. */
export const auditOwnChange = (
  { names, now }: { readonly names: TableNames; readonly now: () => Date },
  userId: string,
  what: OwnChange,
  fields?: readonly string[],
): Write[] => {
  const event = { actor: userId, what, subject: `account:${userId}`, ...(fields ? { fields } : {}) }
  return auditWrites(names.control, event, now())
}

/** Roles of staff: granted and revoked on the command line, and read at each staff request. */
import { auditWrites } from '../core/audit.ts'
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { backoff, type RetryPolicy, retry } from '../core/retry.ts'
import { LINK_MINUTES } from './account-links.ts'
import { endSessions } from './active-sessions.ts'
import type { StoredRecord } from './auth/records.ts'
import type { AccountDeps } from './deps.ts'
import { createUserRecord } from './new-user.ts'

export type Role = 'staff' | 'admin'
export type StaffEntry = { readonly user_id: string; readonly email: string; readonly role: Role }

/** Accounts that have a role. */
export const listStaff = async ({ db, names, users }: AccountDeps): Promise<StaffEntry[]> => {
  const found: StaffEntry[] = []
  for await (const page of db.pages(partition(names.control, CONTROL_ROWS.staffRole.pk)))
    for (const { sk, role } of page) {
      const user = await users.get(String(sk))
      if (user) found.push({ user_id: user.user_id, email: user.email, role: role as Role })
    }
  return found
}

const roleWrites = (
  deps: AccountDeps,
  actor: string,
  user: StoredRecord,
  role: Role | undefined,
): Write[] => {
  const { names, now, records } = deps
  const [table, userId] = [names.control, String(user.record.id)]
  const { role: before, ...rest } = user.record
  const record = { ...rest, ...(role === undefined ? {} : { role }), updatedAt: now().toISOString() }
  const key = CONTROL_ROWS.staffRole.key(userId)
  return [
    ...records.replacementWrites('user', user, record),
    role === undefined ? { action: 'Delete', table, key } : { action: 'Put', table, item: { ...key, role } },
    ...auditWrites(
      table,
      {
        actor,
        what: 'staff.role',
        subject: `account:${userId}`,
        before: { role: typeof before === 'string' ? before : 'customer' },
        after: { role: role ?? 'customer' },
      },
      now(),
    ),
  ]
}

/** Creates an account without a password; the invitation link sets the password and verifies the email. */
const createInvitedAccount = async (deps: AccountDeps, email: string): Promise<void> => {
  const user = createUserRecord({ email, emailVerified: false }, deps.now())
  // If it is refused, a concurrent sign-up has created an account with this email, which then gets the role.
  await wasApplied(deps.db.transact(deps.records.creationWrites('user', user)))
}

export type Invitation = {
  readonly user_id: string
  /** Sets the password, once, within `minutes` minutes. */
  readonly link: string
  readonly minutes: number
}

const ROLE_RETRIES: RetryPolicy = { maxTries: 30, pause: backoff(25, 50) }

/** Sets or removes the role under optimistic locking; undefined when no account has the email, or it has no role to remove. */
const setRole = async (
  deps: AccountDeps,
  actor: string,
  email: string,
  role: Role | undefined,
): Promise<string | undefined> => {
  const result = await retry(ROLE_RETRIES, async () => {
    const user = await deps.records.byEmail(email)
    if (!user || (role === undefined && typeof user.record.role !== 'string')) return { userId: undefined }
    // Not applied where the account was changed since it was read, for example by a sign-in.
    const applied = await wasApplied(deps.db.transact(roleWrites(deps, actor, user, role)))
    return applied ? { userId: String(user.record.id) } : undefined
  })
  if (!result)
    throw new ShopError('store_busy', 'The account is being changed at the same time. Please try again.')
  return result.userId
}

/**
 * Grants a role to the account with this normalized email, which is created if there is none. All its sessions end, so that
 * none continues with other rights than it began with. `actor` is recorded in the audit.
 */
export const grantRole = async (
  deps: AccountDeps,
  actor: string,
  email: string,
  role: Role,
): Promise<Invitation> => {
  if ((await deps.users.idByEmail(email)) === undefined) await createInvitedAccount(deps, email)
  const userId = await setRole(deps, actor, email, role)
  if (userId === undefined) throw new Error(`the account of ${email} was deleted at the same time: try again`)
  await endSessions(deps, userId)
  const token = await deps.accountLinks.create('reset_password', { user_id: userId, email }, deps.now())
  const page = new URL('/reset-password', deps.publicUrl)
  page.searchParams.set('token', token)
  return { user_id: userId, link: page.href, minutes: LINK_MINUTES.reset_password }
}

/** Revokes the role of the account with this normalized email and ends its sessions; false when it has no role. */
export const revokeRole = async (deps: AccountDeps, actor: string, email: string): Promise<boolean> => {
  const userId = await setRole(deps, actor, email, undefined)
  if (userId === undefined) return false
  await endSessions(deps, userId)
  return true
}

/** Who may do what in the shop: roles, given and taken by the shop's people. */
import { setTimeout as sleep } from 'node:timers/promises'
import { auditWrites } from '../core/audit.ts'
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { LINK_MINUTES } from './account-links.ts'
import { endSessions } from './active-sessions.ts'
import type { StoredRecord } from './auth/records.ts'
import type { AccountDeps } from './deps.ts'
import { createUserRecord } from './new-user.ts'

export type Role = 'staff' | 'admin'
export type StaffEntry = { readonly user_id: string; readonly email: string; readonly role: Role }

/** Everyone with a role. */
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
  seen: StoredRecord,
  role: Role | undefined,
): Write[] => {
  const { names, now, records } = deps
  const [table, userId] = [names.control, String(seen.record.id)]
  const { role: before, ...rest } = seen.record
  const record = { ...rest, ...(role === undefined ? {} : { role }), updatedAt: now().toISOString() }
  const key = CONTROL_ROWS.staffRole.key(userId)
  return [
    ...records.replacementWrites('user', seen, record),
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

/** An account that has neither password nor confirmed address yet: its link gives it both. */
const invited = async (deps: AccountDeps, email: string): Promise<void> => {
  const user = createUserRecord({ email, emailVerified: false }, deps.now())
  try {
    await deps.db.transact(deps.records.creationWrites('user', user))
  } catch (error) {
    // Somebody else was opening an account for this address at the same time: then that is the one.
    if (!(error instanceof TransactionRefused)) throw error
  }
}

export type Invitation = {
  readonly user_id: string
  /** Sets the password, once, within `minutes`. */
  readonly link: string
  readonly minutes: number
}

const MAX_TRIES = 30

/** Sets the role of an account as it is when it is written; undefined when the address has none. */
const setRole = async (
  deps: AccountDeps,
  actor: string,
  email: string,
  role: Role | undefined,
): Promise<string | undefined> => {
  for (let tries = 1; ; tries++) {
    const seen = await deps.records.byEmail(email)
    if (!seen || (role === undefined && typeof seen.record.role !== 'string')) return undefined
    try {
      await deps.db.transact(roleWrites(deps, actor, seen, role))
      return String(seen.record.id)
    } catch (error) {
      // Its owner has signed in or changed something meanwhile.
      if (!(error instanceof TransactionRefused) || tries === MAX_TRIES) throw error
      await sleep(Math.random() * 50)
    }
  }
}

/**
 * Gives the account of this normalised address a role, and opens one where there is none; all its sessions end, so that none
 * goes on with other rights than it began with. `actor` is who does it, for the audit.
 */
export const grantRole = async (
  deps: AccountDeps,
  actor: string,
  email: string,
  role: Role,
): Promise<Invitation> => {
  if ((await deps.users.idByEmail(email)) === undefined) await invited(deps, email)
  const userId = await setRole(deps, actor, email, role)
  if (userId === undefined) throw new Error(`the account of ${email} went away meanwhile`)
  await endSessions(deps, userId)
  const token = await deps.accountLinks.create('reset_password', { user_id: userId, email }, deps.now())
  const page = new URL('/reset-password', deps.publicUrl)
  page.searchParams.set('token', token)
  return { user_id: userId, link: page.href, minutes: LINK_MINUTES.reset_password }
}

/** Takes the role of the account of this address away; false when it has none. All its sessions end. */
export const revokeRole = async (deps: AccountDeps, actor: string, email: string): Promise<boolean> => {
  const userId = await setRole(deps, actor, email, undefined)
  if (userId === undefined) return false
  await endSessions(deps, userId)
  return true
}

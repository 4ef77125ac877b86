/** Opens a session where the sign-in library has no part in it: somebody else said who it is. */
import { ShopError } from '../../core/errors.ts'
import { newSecret } from '../../core/ids.ts'
import { SESSION_LIFETIMES, sessionCookie, signToken } from '../sessions.ts'
import type { AccountDeps } from '../sign-up.ts'
import type { UserTable } from '../table.ts'

export type CreateSessionDeps = AccountDeps & {
  readonly users: UserTable
  readonly staffRole: (userId: string) => Promise<'staff' | 'admin' | undefined>
  readonly authSecret: string
  readonly publicUrl: string
}

/**
 * A session of this account, without a second factor of ours; the Set-Cookie that its answer must carry. Throws
 * account_disabled.
 */
export const createSession = async (
  deps: CreateSessionDeps,
  userId: string,
  userAgent: string | undefined,
): Promise<string> => {
  const { db, records, users, now, authSecret, publicUrl } = deps
  if ((await users.get(userId))?.account_status !== 'active')
    throw new ShopError('account_disabled', 'This account is closed.')
  const staff = (await deps.staffRole(userId)) !== undefined
  const { max } = staff ? SESSION_LIFETIMES.staff : SESSION_LIFETIMES.customer
  const [token, at] = [newSecret(), now()]
  const session = {
    id: newSecret(),
    token,
    userId,
    createdAt: at.toISOString(),
    updatedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + max).toISOString(),
    secondFactor: false,
    staff,
    ...(userAgent === undefined ? {} : { userAgent }),
  }
  await db.transact([
    ...records.creationWrites('session', session),
    users.update(userId, { last_login: at.toISOString() }),
  ])
  const https = publicUrl.startsWith('https:')
  const value = encodeURIComponent(signToken(token, authSecret))
  const attributes = `Max-Age=${max / 1000}; Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`
  return `${sessionCookie(https)}=${value}; ${attributes}`
}

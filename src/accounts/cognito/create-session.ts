/** Session of a sign-in that the sign-in library takes no part in, because another issuer has authenticated the account. */
import { setCookie } from '../../core/cookies.ts'
import { newSecret } from '../../core/ids.ts'
import type { AccountDeps } from '../deps.ts'
import { accountDisabled } from '../problems.ts'
import { SESSION_LIFETIMES, sessionCookie, signToken } from '../sessions.ts'

export type CreateSessionDeps = AccountDeps & {
  readonly staffRole: (userId: string) => Promise<'staff' | 'admin' | undefined>
  readonly authSecret: string
}

/**
 * Opens a session of this account, without a second factor of our own, and returns the Set-Cookie header of the response.
 * Throws account_disabled.
 */
export const createSession = async (
  deps: CreateSessionDeps,
  userId: string,
  userAgent: string | undefined,
): Promise<string> => {
  const { db, records, users, now, authSecret, publicUrl } = deps
  if ((await users.get(userId))?.account_status !== 'active') throw accountDisabled()
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
  return setCookie(sessionCookie(https), value, max / 1000, https)
}

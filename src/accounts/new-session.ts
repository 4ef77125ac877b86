/** Session that the shop opens itself: after a sign-in at another issuer, and in place of another session after a change of password. */
import { setCookie } from '../core/cookies.ts'
import { newSecret } from '../core/ids.ts'
import type { AccountDeps } from './deps.ts'
import { accountDisabled } from './problems.ts'
import { SESSION_LIFETIMES, sessionCookie, signToken } from './sessions.ts'

export type NewSessionDeps = AccountDeps & {
  readonly staffRole: (userId: string) => Promise<'staff' | 'admin' | undefined>
  readonly authSecret: string
}

type NewSession = {
  readonly userAgent: string | undefined
  /** Whether a second factor of our own was shown. */
  readonly secondFactor: boolean
  /** When the owner signed in at the other issuer. */
  readonly provedAt: Date | undefined
}

/** Opens a session of this account, and returns its id with the Set-Cookie header of the response. Throws account_disabled. */
export const createSession = async (
  deps: NewSessionDeps,
  userId: string,
  { userAgent, secondFactor, provedAt }: NewSession,
): Promise<{ readonly id: string; readonly cookie: string }> => {
  const { db, records, users, now, authSecret, publicUrl } = deps
  if ((await users.get(userId))?.account_status !== 'active') throw accountDisabled()
  const staff = (await deps.staffRole(userId)) !== undefined
  const { max } = staff ? SESSION_LIFETIMES.staff : SESSION_LIFETIMES.customer
  const [id, token, at] = [newSecret(), newSecret(), now()]
  const session = {
    id,
    token,
    userId,
    createdAt: at.toISOString(),
    updatedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + max).toISOString(),
    secondFactor,
    staff,
    ...(provedAt === undefined ? {} : { provedAt: provedAt.toISOString() }),
    ...(userAgent === undefined ? {} : { userAgent }),
  }
  await db.transact([
    ...records.creationWrites('session', session),
    users.update(userId, { last_login: at.toISOString() }),
  ])
  const https = publicUrl.startsWith('https:')
  const value = encodeURIComponent(signToken(token, authSecret))
  return { id, cookie: setCookie(sessionCookie(https), value, max / 1000, https) }
}

/**
 * Session store of the shop: finds the live session of a cookie and the role of an account, without loading the sign-in
 * library. The control table holds only the hash of a token, so a copy of the tables cannot be used to sign in.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { AUTH_ROWS } from '../core/control/auth-rows.ts'
import type { ControlKey } from '../core/control/row-kind.ts'
import { cookieName, cookieValue } from '../core/cookies.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Item } from '../core/dynamo/write.ts'
import { isFenceRefusal } from '../core/fence/write-guard.ts'
import { sha256 } from '../core/ids.ts'
import { anonymousId, type UnreadableRows } from '../core/unreadable-rows.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Session, SessionStore } from '../http/identity.ts'
import type { Context } from '../http/route.ts'
import type { TableDeps } from '../tables/table-deps.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/**
 * Lifetimes of sessions, in milliseconds: `idle` since the last use, `max` since the sign-in. The last use is written again
 * when it is older than `refreshAfter`. Staff sessions are short, because they allow more.
 */
export const SESSION_LIFETIMES = {
  customer: { idle: 14 * DAY, max: 60 * DAY, refreshAfter: DAY },
  staff: { idle: 30 * MINUTE, max: DAY / 2, refreshAfter: 5 * MINUTE },
} as const

/** Name of the session cookie; over https it is bound to the host (`__Host-`). */
export const sessionCookie = (https: boolean): string => cookieName('cloudshelf_session', https)

/** Cookie of a sign-in that waits for its second factor: the identifier of the challenge, and a signature. */
export const challengeCookie = (https: boolean): string => cookieName('cloudshelf_second_factor', https)

const SessionRow = z.object({
  id: z.string(),
  userId: z.string(),
  createdAt: z.coerce.date(),
  updatedAt: z.coerce.date(),
  expiresAt: z.coerce.date(),
  secondFactor: z.boolean().default(false),
  provedAt: z.coerce.date().optional(),
  staff: z.boolean().default(false),
})
export type SessionRow = z.infer<typeof SessionRow>

const lifetimes = ({ staff }: SessionRow) => (staff ? SESSION_LIFETIMES.staff : SESSION_LIFETIMES.customer)

/** Whether the session has neither expired nor been idle for too long. Its row may outlive it until TTL deletes it. */
const isLive = (row: SessionRow, now: Date): boolean => {
  const { idle, max } = lifetimes(row)
  const at = now.getTime()
  return (
    at < row.expiresAt.getTime() && at < row.createdAt.getTime() + max && at < row.updatedAt.getTime() + idle
  )
}

/** The session in the fields of a row; undefined when it is no longer live, or when they are not a session, which is reported. */
export const liveSession = (fields: Item, now: Date, unreadable: UnreadableRows): SessionRow | undefined => {
  const name = { kind: 'session', id: anonymousId(`${fields.id}`) }
  const row = unreadable.read(SessionRow, fields, name)
  return row && isLive(row, now) ? row : undefined
}

const ROLES = new Set(['staff', 'admin'])

const hmac = (token: string, secret: string): string =>
  createHmac('sha256', secret).update(token).digest('base64')

/** Value of the session cookie before percent-encoding, in the sign-in library's format: `<token>.<HMAC-SHA-256 in base64>`. */
export const signToken = (token: string, secret: string): string => `${token}.${hmac(token, secret)}`

/** The token in the signed cookie of this name; undefined when the signature is not valid. */
const readToken = (cookies: string, name: string, secret: string): string | undefined => {
  const sent = cookieValue(cookies, name)
  if (sent === undefined) return undefined
  let value: string
  try {
    value = decodeURIComponent(sent)
  } catch {
    return undefined
  }
  const dot = value.lastIndexOf('.')
  if (dot < 1) return undefined
  const token = value.slice(0, dot)
  // Compared as text, because a base64 decoder accepts several spellings; in constant time, against a timing attack.
  const expected = Buffer.from(hmac(token, secret))
  const signature = Buffer.from(value.slice(dot + 1))
  return signature.length === expected.length && timingSafeEqual(signature, expected) ? token : undefined
}

/** `secret` signs the cookies; `https` is whether the shop is reached over https. */
export const createSessionStore = (
  { db, names, unreadable }: Omit<TableDeps, 'currency'>,
  { secret, https, now }: { readonly secret: string; readonly https: boolean; readonly now: () => Date },
): SessionStore => {
  const table = names.control
  const name = sessionCookie(https)

  /**
   * Records the last use. The condition keeps a session ended that is ended at the same time. While the database takes no writes, the
   * use is not recorded: reading goes on.
   */
  const touch = async (key: ControlKey, at: Date): Promise<void> => {
    try {
      await wasApplied(
        db.write({
          action: 'Update',
          table,
          key,
          set: 'SET updatedAt = :now, revision = :now',
          condition: 'attribute_exists(pk)',
          values: { ':now': at.toISOString() },
        }),
      )
    } catch (error) {
      if (!isFenceRefusal(error)) throw error
    }
  }

  const session = async (cookies: string): Promise<Session | undefined> => {
    const token = readToken(cookies, name, secret)
    if (token === undefined) return undefined
    const key = AUTH_ROWS.session.key(sha256(token))
    const at = now()
    const item = await db.get(table, key)
    const row = item && liveSession(item, at, unreadable)
    if (!row) return undefined
    if (at.getTime() - row.updatedAt.getTime() > lifetimes(row).refreshAfter) await touch(key, at)
    const { id: sessionId, userId, secondFactor, createdAt, provedAt } = row
    return { sessionId, userId, secondFactor, createdAt, ...(provedAt ? { provedAt } : {}) }
  }

  const staffRole: SessionStore['staffRole'] = async userId => {
    const found = await db.get(table, AUTH_ROWS.user.key(userId))
    const role = found?.role
    return typeof role === 'string' && ROLES.has(role) ? (role as 'staff' | 'admin') : undefined
  }

  return { session, staffRole }
}

/** The caller's session, on routes with access `account`. Throws TypeError where a route also lets other callers in. */
export const requireSession = ({ identity: { session } }: Pick<Context<Endpoint>, 'identity'>): Session => {
  if (!session) throw new TypeError('requireSession is only for routes with access: account')
  return session
}

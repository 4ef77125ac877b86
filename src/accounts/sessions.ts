/**
 * Sessions as the whole shop sees them, without the sign-in library that opens them: who a cookie speaks for, while the session
 * lives. Control holds the token's hash alone, so that a copy of all tables lets nobody in.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { AUTH_ROWS } from '../core/control/auth-rows.ts'
import type { ControlKey } from '../core/control/row-kind.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { TransactionRefused } from '../core/dynamo/write.ts'
import { sha256 } from '../core/ids.ts'
import type { Session, SessionStore } from '../http/identity.ts'
import type { TableNames } from '../tables/definitions.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/**
 * How long a session lives unused, and at the longest, in milliseconds; `touched` is how stale the note of its last use may
 * grow before it is written again. Staff sessions are short, since they open more.
 */
export const SESSION_LIFETIMES = {
  customer: { idle: 14 * DAY, max: 60 * DAY, refreshAfter: DAY },
  staff: { idle: 30 * MINUTE, max: DAY / 2, refreshAfter: 5 * MINUTE },
} as const

/** The name of the session's cookie, bound to the host where the shop is reached over https. */
export const sessionCookie = (https: boolean): string =>
  https ? '__Host-cloudshelf_session' : 'cloudshelf_session'

const SessionRow = z.object({
  id: z.string(),
  userId: z.string(),
  createdAt: z.coerce.date(),
  updatedAt: z.coerce.date(),
  expiresAt: z.coerce.date(),
  secondFactor: z.boolean().default(false),
  staff: z.boolean().default(false),
})
export type SessionRow = z.infer<typeof SessionRow>

const lifetimeOf = ({ staff }: SessionRow) => (staff ? SESSION_LIFETIMES.staff : SESSION_LIFETIMES.customer)

/** Whether the session still lives: neither over, nor unused for too long. TTL sweeps it only later. */
export const isLive = (row: SessionRow, now: Date): boolean => {
  const { idle, max } = lifetimeOf(row)
  const at = now.getTime()
  return (
    at < row.expiresAt.getTime() && at < row.createdAt.getTime() + max && at < row.updatedAt.getTime() + idle
  )
}

/** The session that these fields describe, if they do and it lives. */
export const liveSession = (fields: unknown, now: Date): SessionRow | undefined => {
  const { data: row } = SessionRow.safeParse(fields)
  return row && isLive(row, now) ? row : undefined
}

const ROLES = new Set(['staff', 'admin'])

const signatureOf = (token: string, secret: string): string =>
  createHmac('sha256', secret).update(token).digest('base64')

/** What a session's cookie holds, before percent-encoding: `<token>.<HMAC-SHA-256 in base64>`, as the sign-in library has it. */
export const signToken = (token: string, secret: string): string => `${token}.${signatureOf(token, secret)}`

/** The token in a signed cookie; undefined when the signature is not ours. */
const tokenOf = (cookies: string, name: string, secret: string): string | undefined => {
  const part = cookies.split(';').find(one => one.trim().startsWith(`${name}=`))
  if (part === undefined) return undefined
  let value: string
  try {
    value = decodeURIComponent(part.trim().slice(name.length + 1))
  } catch {
    return undefined
  }
  const at = value.lastIndexOf('.')
  if (at < 1) return undefined
  const token = value.slice(0, at)
  // As text: a decoder would let several spellings through.
  const expected = Buffer.from(signatureOf(token, secret))
  const sent = Buffer.from(value.slice(at + 1))
  return sent.length === expected.length && timingSafeEqual(sent, expected) ? token : undefined
}

/** `secret` signs the cookies. */
export const createSessionStore = (
  db: Dynamo,
  names: TableNames,
  given: { readonly secret: string; readonly https: boolean; readonly now: () => Date },
): SessionStore => {
  const { secret, https, now } = given
  const table = names.control
  const name = sessionCookie(https)

  /** Notes that the session was used; one that was ended meanwhile stays ended. */
  const touch = async (key: ControlKey, at: Date): Promise<void> => {
    try {
      await db.write({
        action: 'Update',
        table,
        key,
        set: 'SET updatedAt = :now, revision = :now',
        condition: 'attribute_exists(pk)',
        values: { ':now': at.toISOString() },
      })
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error
    }
  }

  const session = async (cookies: string): Promise<Session | undefined> => {
    const token = tokenOf(cookies, name, secret)
    if (token === undefined) return undefined
    const key = AUTH_ROWS.session.key(sha256(token))
    const at = now()
    const row = liveSession(await db.get(table, key), at)
    if (!row) return undefined
    if (at.getTime() - row.updatedAt.getTime() > lifetimeOf(row).refreshAfter) await touch(key, at)
    const { id: sessionId, userId, secondFactor, createdAt } = row
    return { sessionId, userId, secondFactor, createdAt }
  }

  const staffRole: SessionStore['staffRole'] = async userId => {
    const found = await db.get(table, AUTH_ROWS.user.key(userId))
    const role = found?.role
    return typeof role === 'string' && ROLES.has(role) ? (role as 'staff' | 'admin') : undefined
  }

  return { session, staffRole }
}

/** The live sessions of an account: listed, and ended one by one or together. */
import { wasApplied } from '../core/dynamo/conditional.ts'
import { ShopError } from '../core/errors.ts'
import type { Session } from '../http/identity.ts'
import { auditOwnChange } from './audit.ts'
import type { StoredRecord } from './auth/records.ts'
import type { AccountDeps } from './deps.ts'
import { liveSession, type SessionRow } from './sessions.ts'

export type ActiveSession = { readonly row: SessionRow; readonly stored: StoredRecord }

/** The live sessions of the account, most recently used first. */
export const listSessions = async (
  { records, now, unreadable }: Pick<AccountDeps, 'records' | 'now' | 'unreadable'>,
  userId: string,
): Promise<ActiveSession[]> => {
  const found = await records.byField('session', 'userId', userId)
  return found
    .flatMap(stored => {
      const row = liveSession(stored.record, now(), unreadable)
      return row ? [{ stored, row }] : []
    })
    .sort((a, b) => b.row.updatedAt.getTime() - a.row.updatedAt.getTime())
}

/** Ends the sessions of the account whose id matches, by default all of them; returns how many. */
export const endSessions = async (
  { db, records }: Pick<AccountDeps, 'db' | 'records'>,
  userId: string,
  matches: (sessionId: string) => boolean = () => true,
): Promise<number> => {
  const found = await records.byField('session', 'userId', userId)
  const ended = found.filter(({ record }) => matches(String(record.id)))
  for (const session of ended)
    await wasApplied(db.transact(records.removalWrites('session', { ...session, revision: undefined })))
  return ended.length
}

/** Ends one session of the caller. Throws session_not_found. */
export const endSession = async (
  deps: AccountDeps,
  { userId }: Session,
  sessionId: string,
): Promise<void> => {
  if ((await endSessions(deps, userId, id => id === sessionId)) === 0)
    throw new ShopError('session_not_found', 'You have no session with this id.')
  await deps.db.transact(auditOwnChange(deps, userId, 'account.sessions.end'))
}

/** Ends all sessions of the caller except the current one. */
export const endOtherSessions = async (deps: AccountDeps, { userId, sessionId }: Session): Promise<void> => {
  await endSessions(deps, userId, id => id !== sessionId)
  await deps.db.transact(auditOwnChange(deps, userId, 'account.sessions.end'))
}

/**
 * Check that every account has its email reservation and every reservation its account: writes of other clients, or a restored
 * backup, may break that.
 */
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import { normalizeEmail } from './email.ts'
import type { UserTable } from './table.ts'

type Deps = { readonly db: Dynamo; readonly users: UserTable }
/** An account and the email that is its own, or reserved for it. */
export type EmailReservation = { readonly email: string; readonly user_id: string }

export type AccountCheck = {
  readonly accounts: number
  /** Rows of the users table that are not valid accounts, or whose email is not normalized. */
  readonly invalidRows: readonly { readonly user_id: string }[]
  /** Accounts whose email is not reserved. */
  readonly missingReservations: readonly EmailReservation[]
  /** Reservations whose account does not exist, or has another email. */
  readonly orphanedReservations: readonly EmailReservation[]
  /** Accounts whose email is reserved for another account. */
  readonly duplicates: readonly EmailReservation[]
}

/** Reads every account and every reservation. A finding is read again before it is reported, since accounts change while it runs. */
export const checkAccounts = async ({ users }: Deps): Promise<AccountCheck> => {
  const invalidRows: { user_id: string }[] = []
  const missingReservations: EmailReservation[] = []
  const orphanedReservations: EmailReservation[] = []
  const duplicates: EmailReservation[] = []
  let accounts = 0
  for await (const { user_id, user } of users.scan()) {
    if (!user || normalizeEmail(user.email) !== user.email) {
      invalidRows.push({ user_id })
      continue
    }
    accounts++
    const { email } = user
    const owner = await users.idByEmail(email)
    if (owner === user_id || (await users.get(user_id))?.email !== email) continue
    if (owner === undefined) missingReservations.push({ email, user_id })
    else duplicates.push({ email, user_id })
  }
  for await (const { email, user_id } of users.scanEmailReservations())
    if ((await users.get(user_id))?.email !== email && (await users.idByEmail(email)) === user_id)
      orphanedReservations.push({ email, user_id })
  return { accounts, invalidRows, missingReservations, orphanedReservations, duplicates }
}

/** Creates missing reservations and removes orphaned ones; returns how many of each. Duplicates are left to the staff. */
export const repairEmailReservations = async (
  { db, users }: Deps,
  { missingReservations, orphanedReservations }: AccountCheck,
): Promise<{ readonly made: number; readonly dropped: number }> => {
  const succeeds = async (write: Write): Promise<number> => ((await wasApplied(db.transact([write]))) ? 1 : 0)
  let [made, dropped] = [0, 0]
  for (const { email, user_id } of missingReservations)
    made += await succeeds(users.reserveEmail(email, user_id))
  for (const { email, user_id } of orphanedReservations)
    dropped += await succeeds(users.releaseEmail(email, user_id))
  return { made, dropped }
}

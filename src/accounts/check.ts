/** Whether each account has the guard of its address, and each guard its account: what others' writes or a restore may undo. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { normalizeEmail } from './email.ts'
import type { UserTable } from './table.ts'

type Deps = { readonly db: Dynamo; readonly users: UserTable }
/** An account, and the address that it has or guards. */
export type EmailReservation = { readonly email: string; readonly user_id: string }

export type AccountCheck = {
  readonly accounts: number
  /** Rows of the users table that are no accounts, or whose address is not in its normal form. */
  readonly invalidRows: readonly { readonly user_id: string }[]
  readonly missingReservations: readonly EmailReservation[]
  readonly orphanedReservations: readonly EmailReservation[]
  /** Accounts whose address another account guards. */
  readonly duplicates: readonly EmailReservation[]
}

/** Reads every account and every guard. What changes meanwhile is looked at again before it is told of. */
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

/** Makes the guards that are missing, and takes those of nobody away; how many of each. Of duplicates none is chosen. */
export const repairEmailReservations = async (
  { db, users }: Deps,
  { missingReservations, orphanedReservations }: AccountCheck,
): Promise<{ readonly made: number; readonly dropped: number }> => {
  const succeeds = async (write: Write): Promise<number> => {
    try {
      await db.transact([write])
      return 1
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error
      return 0
    }
  }
  let [made, dropped] = [0, 0]
  for (const { email, user_id } of missingReservations)
    made += await succeeds(users.reserveEmail(email, user_id))
  for (const { email, user_id } of orphanedReservations)
    dropped += await succeeds(users.releaseEmail(email, user_id))
  return { made, dropped }
}

/** Whether each account has the guard of its address, and each guard its account: what others' writes or a restore may undo. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { normalizeEmail } from './email.ts'
import type { UserTable } from './table.ts'

type Deps = { readonly db: Dynamo; readonly users: UserTable }
/** An account, and the address that it has or guards. */
export type Guarded = { readonly email: string; readonly user_id: string }

export type AccountCheck = {
  readonly accounts: number
  /** Rows of the users table that are no accounts, or whose address is not in its normal form. */
  readonly badRows: readonly { readonly user_id: string }[]
  readonly withoutGuard: readonly Guarded[]
  readonly guardsOfNobody: readonly Guarded[]
  /** Accounts whose address another account guards. */
  readonly doubles: readonly Guarded[]
}

/** Reads every account and every guard. What changes meanwhile is looked at again before it is told of. */
export const checkAccounts = async ({ users }: Deps): Promise<AccountCheck> => {
  const badRows: { user_id: string }[] = []
  const withoutGuard: Guarded[] = []
  const guardsOfNobody: Guarded[] = []
  const doubles: Guarded[] = []
  let accounts = 0
  for await (const { user_id, user } of users.all()) {
    if (!user || normalizeEmail(user.email) !== user.email) {
      badRows.push({ user_id })
      continue
    }
    accounts++
    const { email } = user
    const owner = await users.idOfEmail(email)
    if (owner === user_id || (await users.get(user_id))?.email !== email) continue
    if (owner === undefined) withoutGuard.push({ email, user_id })
    else doubles.push({ email, user_id })
  }
  for await (const { email, user_id } of users.guards())
    if ((await users.get(user_id))?.email !== email && (await users.idOfEmail(email)) === user_id)
      guardsOfNobody.push({ email, user_id })
  return { accounts, badRows, withoutGuard, guardsOfNobody, doubles }
}

/** Makes the guards that are missing, and takes those of nobody away; how many of each. Of doubles none is chosen. */
export const repairEmailReservations = async (
  { db, users }: Deps,
  { withoutGuard, guardsOfNobody }: AccountCheck,
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
  for (const { email, user_id } of withoutGuard) made += await succeeds(users.guard(email, user_id))
  for (const { email, user_id } of guardsOfNobody) dropped += await succeeds(users.unguard(email, user_id))
  return { made, dropped }
}

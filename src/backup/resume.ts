/** End of a restored shop's quiet state: erasures first, then the mails of the time before, then everything goes on. */
import type { OutboxTable } from '../notifications/table.ts'
import { type EraseDeps, repeatErasures } from '../privacy/erase.ts'
import { endRestored, type RestoredState } from '../tables/quiet.ts'
import type { Erasure } from './erasure-list.ts'

export type ResumeDeps = EraseDeps & { readonly outbox: OutboxTable }

export type Resumed = {
  /** Accounts that were erased again. */
  readonly erased: number
  /** Mails that came with the backup, and are dead letters now. */
  readonly dropped: number
}

const REASON = 'older than the restored backup: it may have been sent'

/** Moves the mails that came with the backup to the dead letters: the shop that it was made of has sent most of them. */
const dropOldMails = async ({ outbox, now }: ResumeDeps, before: Date): Promise<number> => {
  let dropped = 0
  for (const row of await outbox.createdBefore(before)) if (await outbox.drop(row, REASON, now())) dropped++
  return dropped
}

/**
 * Applies the erasures of the backup and of the list, drops the mails that came with the backup, and ends the quiet state. Can be
 * interrupted and repeated.
 */
export const resumeShop = async (
  deps: ResumeDeps,
  restored: RestoredState,
  listed: readonly Erasure[],
): Promise<Resumed> => {
  const erased = await repeatErasures(
    deps,
    listed.map(one => one.user_id),
  )
  const dropped = await dropOldMails(deps, restored.restoredAt)
  await endRestored(deps, restored)
  return { erased, dropped }
}

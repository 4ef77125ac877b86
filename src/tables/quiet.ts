/**
 * State of a restored shop, in control: *restoring* until every item is there, then *quiet* until `cloudshelf resume`. A quiet shop
 * sells, but sends no mail and deletes nothing that has expired: the shop that the backup was made of may have sent and deleted it.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { TableNames } from './definitions.ts'

type QuietDeps = { readonly db: Dynamo; readonly names: TableNames }

export type RestoredState = {
  readonly state: 'restoring' | 'quiet'
  /** Id of the backup. */
  readonly backup: string
  /** The moment that the backup states. */
  readonly asOf: Date
  /** When the restore began: what is older came with the backup. */
  readonly restoredAt: Date
}

export const RESTORED_KEY = CONTROL_ROWS.shop.key('restored')

/** The state of a restored shop; undefined for every other one, and after `cloudshelf resume`. */
export const readRestored = async ({ db, names }: QuietDeps): Promise<RestoredState | undefined> => {
  const row = await db.get(names.control, RESTORED_KEY)
  if (!row) return undefined
  return {
    state: row.state === 'restoring' ? 'restoring' : 'quiet',
    backup: String(row.backup),
    asOf: new Date(String(row.as_of)),
    restoredAt: new Date(String(row.restored_at)),
  }
}

/** Whether no mail may be sent and nothing swept: the shop was restored, and not resumed. */
export const isQuiet = async (deps: QuietDeps): Promise<boolean> => (await readRestored(deps)) !== undefined

export const writeRestored = ({ db, names }: QuietDeps, restored: RestoredState): Promise<void> =>
  db.write(
    {
      action: 'Put',
      table: names.control,
      item: {
        ...RESTORED_KEY,
        state: restored.state,
        backup: restored.backup,
        as_of: restored.asOf.toISOString(),
        restored_at: restored.restoredAt.toISOString(),
      },
    },
    true,
  )

/** Ends the state of this backup. False where it has ended already, or is that of another backup. */
export const endRestored = ({ db, names }: QuietDeps, { backup }: RestoredState): Promise<boolean> =>
  wasApplied(
    db.transact([
      {
        action: 'Delete',
        table: names.control,
        key: RESTORED_KEY,
        condition: '#backup = :backup',
        names: { '#backup': 'backup' },
        values: { ':backup': backup },
      },
    ]),
  )

/** Checks of `cloudshelf doctor` on backups: whether the shop is a restored one, and how its scheduled backups are doing. */
import { accessSync, constants } from 'node:fs'
import type { Deps } from '../composition/shop.ts'
import { readRestored } from '../tables/quiet.ts'
import type { Finding } from './doctor-checks.ts'

/** Only for a shop that was restored and not resumed. */
export const checkRestored = async (deps: Pick<Deps, 'db' | 'names'>): Promise<readonly Finding[]> => {
  const restored = await readRestored(deps)
  if (!restored) return []
  const what = 'restored shop'
  const from = `from a backup of ${restored.asOf.toISOString()}`
  return restored.state === 'restoring'
    ? [
        {
          state: 'fail',
          what,
          found: `${from}, not complete`,
          mend: 'repeat `cloudshelf restore` with the same file',
        },
      ]
    : [
        {
          state: 'warn',
          what,
          found: `${from}: quiet, sends no mail and deletes nothing that has expired`,
          mend: 'run `cloudshelf resume` when the earlier shop does not run any more',
        },
      ]
}

/** Only where there are scheduled backups. */
export const checkBackups = ({
  settings: { backup },
  backupState,
}: Pick<Deps, 'settings' | 'backupState'>): readonly Finding[] => {
  const { dir } = backup
  if (dir === undefined) return []
  const what = 'backups'
  try {
    const { state, latest, due, failure } = backupState() ?? {}
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    const last = latest ? `the latest is ${latest.file}` : `there is none in ${dir}`
    if (state === 'ok' && !failure) return [{ state: 'ok', what, found: last }]
    const found = failure
      ? `${last}; the one at ${failure.at} failed: ${failure.reason}`
      : `${last}, and one was due at ${due?.toISOString()}`
    const mend =
      'the shop makes them while it runs: read its log, make room, or try `cloudshelf backup` yourself'
    return [{ state: 'fail', what, found, mend }]
  } catch (error) {
    const found = `${dir} cannot be used: ${error instanceof Error ? error.message : error}`
    return [{ state: 'fail', what, found, mend: 'set BACKUP_DIR to a folder that the shop can write' }]
  }
}

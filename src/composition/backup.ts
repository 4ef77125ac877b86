/** What the shop itself does for its scheduled backups: the list of erasures beside them, and how they are doing. */
import { appendErasures } from '../backup/erasure-list.ts'
import { type BackupState, readBackupState } from '../backup/schedule.ts'
import type { BaseContext } from './base.ts'

/**
 * Notes an erasure in the list beside the scheduled backups, where there are any. A list that cannot be written is reported and does
 * not keep anybody from being erased: the next backup adds what it lacks.
 */
export const createErasureList =
  ({ settings, report }: Pick<BaseContext, 'settings' | 'report'>) =>
  async (userId: string, at: Date): Promise<void> => {
    const { dir } = settings.backup
    if (dir === undefined) return
    await appendErasures(dir, [{ user_id: userId, at: at.toISOString() }]).catch(report)
  }

/** How the scheduled backups are doing; undefined where there are none. Throws where BACKUP_DIR cannot be read. */
export const createBackupState =
  ({ settings, now }: Pick<BaseContext, 'settings' | 'now'>) =>
  (): BackupState | undefined => {
    const { dir, time } = settings.backup
    if (dir === undefined) return undefined
    return readBackupState(dir, now(), { ...time, timeZone: settings.shop.timeZone })
  }

/** What every function opens when it starts: its settings, its log, and the way to the store. */
import { openLog, openStore, readSettings, watchOf } from '../deps.ts'
import { type Ground, ground } from '../parts/ground.ts'

export const openGround = async (): Promise<Ground> => {
  const settings = readSettings()
  const log = await openLog(settings)
  return ground(settings, { db: openStore(settings, undefined, watchOf(log)), log })
}

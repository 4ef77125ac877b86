/** What every function opens when it starts: its settings, and the way to the store. */
import { openStore, readSettings } from '../deps.ts'
import { type Ground, ground } from '../parts/ground.ts'

export const openGround = (): Ground => {
  const settings = readSettings()
  return ground(settings, { db: openStore(settings), report: error => console.error(error) })
}

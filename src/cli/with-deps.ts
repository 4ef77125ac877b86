/** The shop's tables for a command: those that the settings name, or the ones in the data folder, made if need be. */

import { createDatabase } from '../composition/clients.ts'
import { blobFolder, readSettings } from '../composition/settings.ts'
import { createDeps, type Deps } from '../composition/shop.ts'
import { createFolderBlobs } from '../core/blobs.ts'
import { newSecret } from '../core/ids.ts'
import { createLinesLog } from '../core/log/log.ts'
import { borrowEngine } from '../local/borrow-engine.ts'
import { createTables } from '../tables/provision.ts'
import { note } from './output.ts'

export type OpenOptions = {
  /** Whether the tables of an embedded engine are made where they are missing, as a start of the shop does. */
  readonly makeTables?: boolean
}

/**
 * Runs `work` over the tables. Without DYNAMODB_ENDPOINT it borrows the running shop's engine, or starts one on the data
 * folder and ends it. Throws StartError, SettingsError.
 */
export const withDeps = async <T>(
  work: (deps: Deps) => Promise<T>,
  { makeTables = true }: OpenOptions = {},
): Promise<T> => {
  const settings = readSettings()
  const engine = settings.endpoint === undefined ? await borrowEngine(settings.dataDir) : undefined
  try {
    const db = createDatabase(settings, engine && (() => engine.endpoint))
    try {
      if (engine && makeTables) await createTables(db, settings.names)
      return await work(
        createDeps(settings, {
          db,
          blobs: createFolderBlobs(blobFolder(settings.dataDir)),
          secret: newSecret(), // commands seal no cursors
          log: createLinesLog('errors', note),
        }),
      )
    } finally {
      await db.close()
    }
  } finally {
    await engine?.close()
  }
}

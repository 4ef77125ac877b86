/**
 * Snapshot of the embedded engine's database: a copy of the file made in one read transaction of SQLite, while the shop goes on, and an
 * engine of its own on that copy. Because a write of the engine is one transaction of SQLite, the copy has all of it or nothing.
 */
import { rmSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { databasePath, tryLockDataFolder } from './data-folder.ts'
import { endOrphan, startEngine } from './engine.ts'
import { StartError } from './start-error.ts'
import { recordVersion } from './upgrade-copy.ts'

export type DatabaseSnapshot = {
  /** URL of the engine on the copy. */
  readonly endpoint: string
  /** Everything that was answered before this moment is inside. */
  readonly asOf: Date
  /** Ends the engine and deletes the copy. */
  readonly close: () => Promise<void>
}

/** All pages in one step. In several, each write of the shop would make the copy begin again. */
const ONE_STEP = 2 ** 31 - 1
/** Room that is left on the disk beside the copy, in bytes. */
const RESERVE = 64 * 2 ** 20
/** The copy is read once, from its first item to its last: there is nothing to warm up. */
const NEVER_MS = 2 ** 31 - 1

const assertSpace = (dataDir: string, source: string): void => {
  const needed = [source, `${source}-wal`].reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    RESERVE,
  )
  const { bavail, bsize } = statfsSync(dataDir)
  if (bavail * bsize < needed)
    throw new StartError(
      `a backup copies the database first, which needs ${Math.ceil(needed / 1e6)} MB, and the disk of ${dataDir} has ` +
        `${Math.floor((bavail * bsize) / 1e6)} MB free: make room`,
    )
}

/**
 * Takes a snapshot of the database in `dataDir`, one at a time, whether or not an engine has it open. What a killed one has left is
 * deleted. Throws StartError where another one is taken, there is no room, or no engine can be started.
 */
export const takeSnapshot = async (dataDir: string): Promise<DatabaseSnapshot> => {
  const source = databasePath(dataDir)
  const dir = join(dataDir, 'snapshot')
  const folder = tryLockDataFolder(dir, 'command')
  if (!folder) throw new StartError(`another backup of ${dataDir} is being made: wait until it has finished`)
  const remove = (): void => {
    folder.release()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    if (folder.orphanedEngine) await endOrphan(folder.orphanedEngine)
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      rmSync(folder.databasePath + suffix, { force: true })
    assertSpace(dataDir, source)
    const database = new DatabaseSync(source, { timeout: 5_000 })
    const asOf = new Date()
    try {
      await backup(database, folder.databasePath, { rate: ONE_STEP })
    } finally {
      database.close()
    }
    recordVersion(folder)
    const engine = await startEngine({ folder, warmUpDelayMs: NEVER_MS })
    return {
      endpoint: engine.endpoint,
      asOf,
      close: async () => {
        await engine.stop()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}

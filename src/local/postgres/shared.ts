/** The PostgreSQL that a command works on: that of DATABASE_URL; of an embedded one that of the running shop, otherwise one of its own while it runs. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresSettings } from '../../composition/database-settings.ts'
import { type DataFolder, readLockOwner, tryLockDataFolder } from '../data-folder.ts'
import { exitOnSignals } from '../exit-signals.ts'
import { StartError } from '../start-error.ts'
import { OWNER, type PostgresFolder, postgresFolder, readOwnerPassword } from './cluster.ts'
import { postgresUrl, startPostgres } from './embedded.ts'
import { findRunningPostgres, readFailedStart } from './running.ts'

/** URL of a database, as its owner, valid until `close`. Closing leaves the server of a shop running. Idempotent. */
export type SharedPostgres = { readonly url: string; readonly close: () => Promise<void> }

export type AcquirePostgresOptions = {
  /** Whether an embedded PostgreSQL is created where there is none. */
  readonly create?: boolean
  readonly waitMs?: number
}

const POLL_MS = 50

const startOwn = async (dataDir: string, folder: DataFolder | undefined): Promise<SharedPostgres> => {
  const ignoreSignals = exitOnSignals()
  const release = () => {
    ignoreSignals()
    folder?.release()
  }
  try {
    // Commands come and go: a port of their own is not taken for that of the shop.
    const server = await startPostgres({ dataDir, port: 0 })
    let closed: Promise<void> | undefined
    return {
      url: server.url,
      close: () => {
        closed ??= server.stop().finally(release)
        return closed
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

/** Throws StartError, with the reason, where the shop that runs cannot start its server. */
const assertStarts = (owner: ReturnType<typeof readLockOwner>, folder: PostgresFolder): void => {
  const why = owner?.kind === 'shop' ? readFailedStart(folder) : undefined
  if (why !== undefined)
    throw new StartError(
      `the shop (pid ${owner?.pid}) runs without PostgreSQL, and tries again to start it: ${why}`,
    )
}

/**
 * The database of the settings. A command that has locked the data folder may ask too; a second command waits up to `waitMs` for the
 * first. Throws StartError when there is no embedded PostgreSQL yet, it cannot be started, or that of the shop does not run.
 */
export const acquirePostgres = async (
  { url }: Pick<PostgresSettings, 'url'>,
  dataDir: string,
  { create = false, waitMs = 10_000 }: AcquirePostgresOptions = {},
): Promise<SharedPostgres> => {
  if (url !== 'embedded') return { url, close: async () => {} }
  const folder = postgresFolder(dataDir)
  assertStarts(readLockOwner(dataDir), folder)
  if (!create && !existsSync(folder.data))
    throw new StartError(
      `there is no embedded PostgreSQL in ${resolve(dataDir)} yet: start the shop with DATABASE_URL=embedded`,
    )
  const deadline = performance.now() + waitMs
  for (;;) {
    const owner = readLockOwner(dataDir)
    if (owner?.pid === process.pid && owner.kind === 'command') return await startOwn(dataDir, undefined)
    const locked = owner ? undefined : tryLockDataFolder(dataDir, 'command')
    if (locked) return await startOwn(dataDir, locked)
    const running = owner?.kind === 'shop' ? findRunningPostgres(folder) : undefined
    if (running?.isReady)
      return {
        url: postgresUrl(OWNER, readOwnerPassword(folder), running.port),
        close: async () => {},
      }
    assertStarts(owner, folder)
    if (performance.now() > deadline)
      throw new StartError(
        owner?.kind === 'shop'
          ? `the shop (pid ${owner.pid}) runs, but not its PostgreSQL: start it with DATABASE_URL=embedded, or see its log`
          : `another command (pid ${owner?.pid ?? 'unknown'}) is using the data folder ${resolve(dataDir)}: wait until it has finished`,
      )
    await sleep(POLL_MS)
  }
}

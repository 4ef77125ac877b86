/** The engine that a command works on: that of the running shop if there is one, otherwise one of its own while it runs. */
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DataFolder, readLockOwner, tryLockDataFolder } from './data-folder.ts'
import { type Engine, type EngineOptions, startEngine } from './engine.ts'
import { isResponding } from './engine-process.ts'
import { exitOnSignals } from './exit-signals.ts'
import { StartError } from './start-error.ts'

/** Base URL of an engine, valid until `close`. Closing leaves the engine of a shop running. Idempotent. */
export type SharedEngine = { readonly endpoint: string; readonly close: () => Promise<void> }

type OnCopied = NonNullable<EngineOptions['onCopied']>
export type AcquireOptions = { readonly waitMs?: number; readonly onCopied?: OnCopied }

const POLL_MS = 50

const startOwnEngine = async (folder: DataFolder, onCopied: OnCopied): Promise<SharedEngine> => {
  const ignoreSignals = exitOnSignals()
  const release = () => {
    ignoreSignals()
    folder.release()
  }
  let engine: Engine
  try {
    engine = await startEngine({ folder, onCopied })
  } catch (error) {
    release()
    throw error
  }
  let closed: Promise<void> | undefined
  return {
    endpoint: engine.endpoint,
    close: () => {
      closed ??= engine.stop().finally(release)
      return closed
    },
  }
}

/**
 * An engine on the data folder `dir`. Commands share the engine of a shop, but not that of another command, which stops it when it
 * is done: a second command waits up to `waitMs` for the first, and then starts its own.
 * Throws StartError when the folder is not writable, another command holds its lock for longer, the engine of the shop does not
 * respond, or no engine can be started.
 */
export const acquireEngine = async (
  dir: string,
  { waitMs = 10_000, onCopied = () => {} }: AcquireOptions = {},
): Promise<SharedEngine> => {
  const deadline = performance.now() + waitMs
  for (;;) {
    const folder = tryLockDataFolder(dir, 'command')
    if (folder) return await startOwnEngine(folder, onCopied)
    const owner = readLockOwner(dir)
    if (owner?.kind === 'shop' && owner.endpoint !== undefined && (await isResponding(owner.endpoint)))
      return { endpoint: owner.endpoint, close: async () => {} }
    if (performance.now() > deadline) {
      const path = `the data folder ${resolve(dir)}`
      throw new StartError(
        owner?.kind === 'shop'
          ? `the shop (pid ${owner.pid}) uses ${path}, but its engine does not respond: stop the shop first if it uses another database (DYNAMODB_ENDPOINT), else check its log, or restart it`
          : `another command (pid ${owner?.pid ?? 'unknown'}) is using ${path}: wait until it has finished, ` +
              'or start the shop first, because commands share its engine',
      )
    }
    await sleep(POLL_MS)
  }
}

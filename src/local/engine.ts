/** The embedded engine of a data folder: started, restarted when it dies or does not respond, stopped at shutdown. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DataFolder } from './data-folder.ts'
import { assertNotEmptied } from './database-file.ts'
import { findEngineAddress } from './engine-address.ts'
import { findEngineBinary } from './engine-binary.ts'
import { type EngineProcess, isResponding, launchEngine, PortInUseError } from './engine-process.ts'
import { warmUpEngine } from './engine-warm-up.ts'
import { commandLine, type ProcessIdentity, terminateProcess } from './process-identity.ts'
import { StartError } from './start-error.ts'
import { superviseServer } from './supervised-server.ts'
import { copyBeforeUpgrade, recordVersion } from './upgrade-copy.ts'

/** A supervised engine. `endpoint` and `pid` belong to the latest process, also while it is down. */
export type Engine = {
  readonly endpoint: string
  readonly pid: number
  readonly isUp: boolean
  /** SIGTERM, SIGKILL after 3 s; resolves when the process is gone. Idempotent. The data folder stays locked. */
  readonly stop: () => Promise<void>
}

export type EngineOptions = {
  readonly folder: DataFolder
  /** Called when the database of an earlier release was copied, before the engine opens it. */
  readonly onCopied?: (copy: string) => void
  /** Called once when the engine has died unexpectedly, with the reason: 'killed by SIGKILL', or its exit code and last line. */
  readonly onDown?: (how: string) => void
  /** Called when it responds again; the endpoint is the old one unless another process took that port. */
  readonly onUp?: (endpoint: string) => void
  /** Called when it does not start again, with the reason, once for each reason; it is tried again until it does. */
  readonly onFailedStart?: (why: string) => void
  /** Defaults to the binary that npm installed for this platform. */
  readonly binary?: string
  /** Interval of the health check in milliseconds; 5000 by default. */
  readonly healthCheckIntervalMs?: number
  /** Delay of the warm-up after a start in milliseconds; 1000 by default, because a start has other work to do. */
  readonly warmUpDelayMs?: number
}

const ORPHAN_GRACE_MS = 2000
const STOP_GRACE_MS = 3000
const PORT_ATTEMPTS = 10
const ASK_EVERY_MS = 5000
const WARM_UP_AFTER_MS = 1000
/** Failed health checks in a row, each a second without a response, after which the engine is killed and restarted. */
const MOST_MISSES = 5

/** Ends an engine that a killed owner of a folder left running. Throws StartError where it does not end. */
export const endOrphan = async (orphan: ProcessIdentity): Promise<void> => {
  if (!commandLine(orphan.pid).includes('dynoxide')) return
  if (await terminateProcess(orphan, ORPHAN_GRACE_MS)) return
  const end = process.platform === 'win32' ? 'taskkill /f /pid' : 'kill -9'
  throw new StartError(
    `an engine of an earlier start (pid ${orphan.pid}) still writes to the data folder: end it (${end} ${orphan.pid})`,
  )
}

/**
 * Ends an engine that an earlier owner of the folder left running, then starts one on a free loopback address and resolves when it
 * responds. From then on a dead engine is restarted, with backoff.
 * The database that an earlier release left is copied first. Throws StartError when there is no engine for this platform, it does not
 * start, the database was emptied, the copy cannot be made, or the orphan cannot be ended.
 */
export const startEngine = async ({
  folder,
  onCopied = () => {},
  onDown = () => {},
  onUp = () => {},
  onFailedStart = () => {},
  binary = findEngineBinary(),
  healthCheckIntervalMs = ASK_EVERY_MS,
  warmUpDelayMs = WARM_UP_AFTER_MS,
}: EngineOptions): Promise<Engine> => {
  if (folder.orphanedEngine) await endOrphan(folder.orphanedEngine)
  assertNotEmptied(folder) // before the copy, which takes an empty file for a new one
  const copy = await copyBeforeUpgrade(folder)
  if (copy !== undefined) onCopied(copy)

  let address = await findEngineAddress()
  const launch = async (signal: AbortSignal): Promise<EngineProcess> => {
    assertNotEmptied(folder)
    for (let attempt = 1; ; attempt++) {
      try {
        const where = { binary, databasePath: folder.databasePath, address }
        return await launchEngine(where, folder.recordEngine, { signal })
      } catch (error) {
        if (!(error instanceof PortInUseError)) throw error
        if (attempt === PORT_ATTEMPTS)
          throw new StartError(`the embedded engine found no free port: ${error.message}`)
        address = await findEngineAddress()
      }
    }
  }

  const warmUp = async (fresh: EngineProcess, signal: AbortSignal): Promise<void> => {
    await sleep(warmUpDelayMs, undefined, { signal, ref: false }).catch(() => {})
    if (server.isUp && fresh === server.process) await warmUpEngine(fresh.endpoint, signal)
  }

  const server = await superviseServer({
    launch,
    stopSignal: 'SIGTERM',
    stopGraceMs: STOP_GRACE_MS,
    onStart: (fresh, signal) => void warmUp(fresh, signal),
    onDown,
    onUp: ({ endpoint }) => onUp(endpoint),
    onFailedStart,
  })

  const watching = new AbortController()
  /** Kills an engine that runs but does not respond. */
  const watch = async (): Promise<void> => {
    let misses = 0
    for (;;) {
      await sleep(healthCheckIntervalMs, undefined, { signal: watching.signal, ref: false })
      const asked = server.process
      misses = !server.isUp || (await isResponding(asked.endpoint)) ? 0 : misses + 1
      if (misses < MOST_MISSES || asked !== server.process) continue
      asked.kill('SIGKILL')
      misses = 0
    }
  }

  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    watching.abort()
    await server.stop()
    try {
      folder.recordEngine(undefined)
    } catch {
      // On a full disk the record stays. It names a process that no longer runs, so it is ignored.
    }
  }

  try {
    recordVersion(folder)
  } catch (error) {
    await stop()
    throw error
  }
  watch().catch((error: unknown) => {
    if (!watching.signal.aborted) throw error
  })

  return {
    get endpoint() {
      return server.process.endpoint
    },
    get pid() {
      return server.process.identity.pid
    },
    get isUp() {
      return server.isUp
    },
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

/** Supervisor of the embedded engine: starts it on the data folder, restarts it when it dies, stops it at shutdown. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DataFolder } from './data-folder.ts'
import { assertNotEmptied } from './database-file.ts'
import { findEngineAddress } from './engine-address.ts'
import { findEngineBinary } from './engine-binary.ts'
import { type EngineProcess, isResponding, launchEngine, PortInUseError } from './engine-process.ts'
import { warmUpEngine } from './engine-warm-up.ts'
import { commandLine, type ProcessIdentity, terminateProcess } from './process-identity.ts'
import { StartError } from './start-error.ts'
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
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2000
const STABLE_AFTER_MS = 500
const PORT_ATTEMPTS = 10
const ASK_EVERY_MS = 5000
const WARM_UP_AFTER_MS = 1000
/** Failed health checks in a row, each a second without a response, after which the engine is killed and restarted. */
const MOST_MISSES = 5

const endOrphan = async (orphan: ProcessIdentity): Promise<void> => {
  if (!commandLine(orphan.pid).includes('dynoxide')) return
  if (await terminateProcess(orphan, ORPHAN_GRACE_MS)) return
  const end = process.platform === 'win32' ? 'taskkill /f /pid' : 'kill -9'
  throw new StartError(
    `an engine of an earlier start (pid ${orphan.pid}) still writes to the data folder: end it (${end} ${orphan.pid})`,
  )
}

/**
 * Ends an engine that an earlier owner of the folder left running, then starts one on a free loopback address and resolves when it
 * responds. From then on a dead engine is restarted, with backoff: after 50 ms, and after up to 2 s when it repeatedly fails to
 * start or dies within half a second.
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

  const stopping = new AbortController()
  const { signal } = stopping
  let address = await findEngineAddress()
  let engine: EngineProcess
  let isUp = true
  let stopped: Promise<void> | undefined

  const launch = async (): Promise<EngineProcess> => {
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

  const relaunch = async (firstPause: number): Promise<number> => {
    const told = new Set<string>()
    for (let pause = firstPause; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await sleep(pause, undefined, { signal })
      try {
        assertNotEmptied(folder)
        engine = await launch()
        return pause
      } catch (error) {
        // The next attempt may succeed, unless stopped: disk space may be freed, a file repaired.
        const why = error instanceof Error ? error.message : String(error)
        if (!signal.aborted && !told.has(why)) onFailedStart(why)
        told.add(why)
      }
    }
  }

  const warmUp = async (fresh: EngineProcess): Promise<void> => {
    await sleep(warmUpDelayMs, undefined, { signal, ref: false }).catch(() => {})
    if (isUp && fresh === engine) await warmUpEngine(fresh.endpoint, signal)
  }

  const supervise = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS
    for (;;) {
      void warmUp(engine)
      if (signal.aborted) engine.kill('SIGTERM') // stop() came just as this one was ready
      const since = performance.now()
      const how = await engine.ended
      isUp = false
      if (signal.aborted) return
      onDown(how)
      if (performance.now() - since > STABLE_AFTER_MS) pause = FIRST_PAUSE_MS
      pause = Math.min((await relaunch(pause)) * 2, LONGEST_PAUSE_MS)
      isUp = true
      onUp(engine.endpoint)
    }
  }

  /** Kills an engine that runs but does not respond. */
  const watch = async (): Promise<void> => {
    let misses = 0
    for (;;) {
      await sleep(healthCheckIntervalMs, undefined, { signal, ref: false })
      const asked = engine
      misses = !isUp || (await isResponding(asked.endpoint)) ? 0 : misses + 1
      if (misses < MOST_MISSES || asked !== engine) continue
      asked.kill('SIGKILL')
      misses = 0
    }
  }

  engine = await launch()
  try {
    recordVersion(folder)
  } catch (error) {
    engine.kill('SIGKILL')
    throw error
  }
  watch().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  const supervised = supervise().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })

  const stop = async (): Promise<void> => {
    stopping.abort()
    engine.kill('SIGTERM')
    const force = setTimeout(() => engine.kill('SIGKILL'), STOP_GRACE_MS)
    await supervised
    clearTimeout(force)
    try {
      folder.recordEngine(undefined)
    } catch {
      // On a full disk the record stays. It names a process that no longer runs, so it is ignored.
    }
  }

  return {
    get endpoint() {
      return engine.endpoint
    },
    get pid() {
      return engine.identity.pid
    },
    get isUp() {
      return isUp
    },
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

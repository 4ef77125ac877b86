/** A server process that is kept running: restarted with backoff when it dies, until it is stopped. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerProcess } from './server-process.ts'

export type SupervisedServer<Process extends ServerProcess> = {
  /** The latest process, also while it is down. */
  readonly process: Process
  readonly isUp: boolean
  /** Sends the stop signal, SIGKILL after `stopGraceMs`; resolves when the process is gone. Idempotent. */
  readonly stop: () => Promise<void>
}

export type SupervisedServerOptions<Process extends ServerProcess> = {
  /** Starts a process, or throws and leaves none behind. */
  readonly launch: (signal: AbortSignal) => Promise<Process>
  readonly stopSignal: NodeJS.Signals
  readonly stopGraceMs: number
  /** Called after each start; `signal` aborts when the server is being stopped. */
  readonly onStart?: (process: Process, signal: AbortSignal) => void
  /** Called once when it has died unexpectedly, with the reason: 'killed by SIGKILL', or its exit code and last line. */
  readonly onDown: (how: string) => void
  /** Called when it serves again. */
  readonly onUp: (process: Process) => void
  /** Called when it does not start again, with the reason, once for each reason; it is tried again until it does. */
  readonly onFailedStart: (why: string) => void
}

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2000
const STABLE_AFTER_MS = 500

/**
 * Starts the server, and from then on restarts it when it dies: after 50 ms, and after up to 2 s when it repeatedly fails to start or
 * dies within half a second. Throws what the first `launch` throws.
 */
export const superviseServer = async <Process extends ServerProcess>({
  launch,
  stopSignal,
  stopGraceMs,
  onStart = () => {},
  onDown,
  onUp,
  onFailedStart,
}: SupervisedServerOptions<Process>): Promise<SupervisedServer<Process>> => {
  const stopping = new AbortController()
  const { signal } = stopping
  let current = await launch(signal)
  let isUp = true
  let stopped: Promise<void> | undefined

  const relaunch = async (firstPause: number): Promise<number> => {
    const told = new Set<string>()
    for (let pause = firstPause; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await sleep(pause, undefined, { signal })
      try {
        current = await launch(signal)
        return pause
      } catch (error) {
        // The next attempt may succeed, unless stopped: disk space may be freed, a file repaired.
        const why = error instanceof Error ? error.message : String(error)
        if (!signal.aborted && !told.has(why)) onFailedStart(why)
        told.add(why)
      }
    }
  }

  const supervise = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS
    for (;;) {
      onStart(current, signal)
      if (signal.aborted) current.kill(stopSignal) // stop() came just as this one was ready
      const since = performance.now()
      const how = await current.ended
      isUp = false
      if (signal.aborted) return
      onDown(how)
      if (performance.now() - since > STABLE_AFTER_MS) pause = FIRST_PAUSE_MS
      pause = Math.min((await relaunch(pause)) * 2, LONGEST_PAUSE_MS)
      isUp = true
      onUp(current)
    }
  }

  const supervised = supervise().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })

  const stop = async (): Promise<void> => {
    stopping.abort()
    current.kill(stopSignal)
    const force = setTimeout(() => current.kill('SIGKILL'), stopGraceMs)
    await supervised
    clearTimeout(force)
  }

  return {
    get process() {
      return current
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

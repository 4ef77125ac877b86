/** Process identity: distinguishes a process from a later one with the same pid, and ends a process by that identity. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createProcessTable } from './process-table.ts'

/** A pid alone is reused; a pid with its start time is not. */
export type ProcessIdentity = { readonly pid: number; readonly started: string }

const POLL_MS = 15

const TABLE = createProcessTable()

/** Identity of the running process `pid`; undefined when there is none. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  const started = TABLE.started(pid)
  return started === undefined ? undefined : { pid, started }
}

export const isRunning = ({ pid, started }: ProcessIdentity): boolean => identify(pid)?.started === started

/** The command line of `pid`, arguments separated by spaces; empty when there is no such process. */
export const commandLine = (pid: number): string => TABLE.command(pid) ?? ''

/**
 * Ends this process, never another with its pid: SIGTERM, or the signal given, then SIGKILL after `graceMs`.
 * Returns whether it is gone; false when it may not be signalled or does not die within 2 s of SIGKILL.
 */
export const terminateProcess = async (
  target: ProcessIdentity,
  graceMs: number,
  first: NodeJS.Signals = 'SIGTERM',
): Promise<boolean> => {
  for (const [signal, patience] of [
    [first, graceMs],
    ['SIGKILL', 2000],
  ] as const) {
    if (!isRunning(target)) return true
    try {
      process.kill(target.pid, signal)
    } catch {
      return !isRunning(target)
    }
    const deadline = performance.now() + patience
    while (performance.now() < deadline) {
      if (!isRunning(target)) return true
      await sleep(POLL_MS)
    }
  }
  return !isRunning(target)
}

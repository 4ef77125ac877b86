/** Tells a process from a later one that was given the same pid, and ends a process by that identity. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A pid alone is reused; a pid with its start time (on Linux boot id and clock ticks) is not. */
export type ProcessIdentity = { readonly pid: number; readonly started: string }

const POLL_MS = 15

const linux = process.platform === 'linux'

const readProc = (path: string): string | undefined => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return undefined
  }
}

const ps = (pid: number, columns: readonly string[]): string | undefined => {
  const flags = columns.flatMap(column => ['-o', `${column}=`])
  const { status, stdout } = spawnSync('ps', [...flags, '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  return status === 0 ? stdout.trim() : undefined
}

/** Identity of the living process `pid`; undefined when there is none. A zombie counts as dead: it can do nothing. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  if (linux) {
    const stat = readProc(`${pid}/stat`)
    // The command name in parentheses may itself hold blanks and parentheses; fields count from after the last one.
    const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
    const ticks = fields[18]
    if (ticks === undefined || state === 'Z' || state === 'X') return undefined
    return { pid, started: `${readProc('sys/kernel/random/boot_id')?.trim()}:${ticks}` }
  }
  const [, state, started] = /^(\S+)\s+(.+)$/.exec(ps(pid, ['state', 'lstart']) ?? '') ?? []
  return started === undefined || state?.startsWith('Z') ? undefined : { pid, started }
}

export const isRunning = ({ pid, started }: ProcessIdentity): boolean => identify(pid)?.started === started

/** The command line of `pid`, words parted by blanks; empty when there is no such process. */
export const commandLine = (pid: number): string =>
  (linux ? readProc(`${pid}/cmdline`)?.replaceAll('\0', ' ').trim() : ps(pid, ['args'])) ?? ''

/**
 * Ends that very process, and no other with its pid: SIGTERM, then SIGKILL after `graceMs`.
 * Returns whether it is gone; false when it may not be signalled or does not die within 2 s of SIGKILL.
 */
export const endProcess = async (target: ProcessIdentity, graceMs: number): Promise<boolean> => {
  for (const [signal, patience] of [
    ['SIGTERM', graceMs],
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

/**
 * The embedded PostgreSQL that runs on a folder, by PostgreSQL's own record of it, `postmaster.pid`: how commands find the server of a
 * shop, and a start one that an earlier start left running.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandLine, identify, type ProcessIdentity, terminateProcess } from '../process-identity.ts'
import { StartError } from '../start-error.ts'
import type { PostgresFolder } from './cluster.ts'
import { FAST_STOP } from './process.ts'

export type RunningPostgres = {
  readonly identity: ProcessIdentity
  readonly port: number
  /** Whether it accepts connections. */
  readonly isReady: boolean
}

/** Lines of postmaster.pid: pid, folder, start time, port, two for sockets, shared memory, state. */
const LINE = { pid: 0, port: 3, state: 7 } as const

/** The server that runs on the folder; undefined when none does. */
export const findRunningPostgres = ({ data }: PostgresFolder): RunningPostgres | undefined => {
  let lines: readonly string[]
  try {
    lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[LINE.pid])
  // The record of one that was killed may name a process that has its pid now.
  if (!Number.isInteger(pid) || pid < 2 || !commandLine(pid).includes(`-D ${data}`)) return undefined
  const identity = identify(pid)
  if (!identity) return undefined
  return { identity, port: Number(lines[LINE.port]), isReady: lines[LINE.state]?.trim() === 'ready' }
}

const FAILED_START = 'failed-start'

/** Notes why the server of a shop does not start, for commands; undefined once it runs. A disk that takes no file is no reason to fail. */
export const noteFailedStart = ({ path }: PostgresFolder, why: string | undefined): void => {
  const file = join(path, FAILED_START)
  try {
    if (why === undefined) rmSync(file, { force: true })
    else writeFileSync(file, why, { mode: 0o600 })
  } catch {
    // The log says it too.
  }
}

/** Why the server of the running shop did not start when it was last tried; undefined when it did, or is not tried yet. */
export const readFailedStart = ({ path }: PostgresFolder): string | undefined => {
  try {
    return readFileSync(join(path, FAILED_START), 'utf8')
  } catch {
    return undefined
  }
}

const ORPHAN_GRACE_MS = 5_000

/** Ends a server that an earlier start left running on the folder. Call it while the data folder is locked. Throws StartError. */
export const endOrphanedPostgres = async (folder: PostgresFolder): Promise<void> => {
  const orphan = findRunningPostgres(folder)?.identity
  if (!orphan || (await terminateProcess(orphan, ORPHAN_GRACE_MS, FAST_STOP))) return
  throw new StartError(
    `a PostgreSQL of an earlier start (pid ${orphan.pid}) still runs on ${folder.data}: end it (kill -9 ${orphan.pid})`,
  )
}

/**
 * Data folder of a local shop, with an exclusive lock and a record of the process that owns it and of the engine that it runs.
 * The lock is the kernel's (SQLite's lock on the empty file `lock`): it ends with its owner, however that dies, so there are no stale
 * locks. `lock.json` next to it only describes the owner, and is ignored once that process no longer runs.
 */
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts'
import { StartError } from './start-error.ts'

/** Kind of the process that owns the lock: commands share the engine of a shop, but not that of a command. */
export type LockOwnerKind = 'shop' | 'command'

const Identity = z.object({ pid: z.int().positive(), started: z.string() })
/** Content of `lock.json`. */
const LockRecord = z.object({
  holder: Identity.extend({ kind: z.enum(['shop', 'command']) }),
  engine: Identity.extend({ endpoint: z.string().optional() }).optional(),
})
type LockRecord = z.infer<typeof LockRecord>
export type EngineRecord = NonNullable<LockRecord['engine']>

/** A data folder that is locked by this process until `release` or its exit. */
export type DataFolder = {
  /** Absolute, symbolic links resolved. */
  readonly path: string
  readonly databasePath: string
  readonly kind: LockOwnerKind
  /** Engine recorded by an earlier owner, which may still be running. */
  readonly orphanedEngine: ProcessIdentity | undefined
  /** Records the running engine (undefined: none), so that commands can use it and the next start can stop an orphan. */
  readonly recordEngine: (engine: EngineRecord | undefined) => void
  /** Unlocks the folder. Stop the engine first. Idempotent. */
  readonly release: () => void
}

const SQLITE_BUSY = 5 // the primary result code: the low byte of the extended code
const POLL_MS = 25

/** References that keep the garbage collector from closing a database, which would release its lock. */
const openLocks = new Set<DatabaseSync>()

/** Path of the database in a data folder. */
export const databasePath = (dir: string): string => join(dir, 'dynamodb.sqlite')

const isFull = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')

/** The error for a folder that cannot be written, with what to do. */
export const cannotWrite = (dir: string, cause: unknown): StartError =>
  new StartError(
    `cannot write to the data folder ${resolve(dir)} (${cause instanceof Error ? cause.message : cause}): ` +
      (isFull(cause) ? 'make room on its disk' : 'set CLOUDSHELF_DATA_DIR to a writable folder'),
    { cause },
  )

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Creates parents as well. mkdir's own `recursive` hangs in a parent that accepts no children (/proc, a dangling link). */
const createFolder = (path: string): void => {
  if (isFolder(path)) return
  if (dirname(path) !== path) createFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!isFolder(path)) throw error // otherwise a concurrent start has created it
  }
}

const prepareFolder = (dir: string): string => {
  try {
    createFolder(resolve(dir))
    const path = realpathSync(dir)
    accessSync(path, constants.W_OK | constants.X_OK)
    return path
  } catch (error) {
    throw cannotWrite(dir, error)
  }
}

const lock = (path: string): DatabaseSync | undefined => {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(path, 'lock'), { timeout: 0 })
    // Nothing is ever written, so no journal file is needed; one left over by kill -9 would block the next start.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    openLocks.add(database)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY)
      return undefined
    throw cannotWrite(path, error)
  }
}

const recordPath = (path: string): string => join(path, 'lock.json')

const readRecord = (path: string): LockRecord | undefined => {
  try {
    return LockRecord.parse(JSON.parse(readFileSync(recordPath(path), 'utf8')))
  } catch {
    return undefined // missing or malformed: only the lock counts
  }
}

const writeRecord = (path: string, record: LockRecord): void => {
  const draft = `${recordPath(path)}.new`
  try {
    writeFileSync(draft, JSON.stringify(record), { mode: 0o600 })
    renameSync(draft, recordPath(path))
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

/** Owner of the lock on `dir` with the URL of its engine, if it runs; undefined if the folder is unlocked or the owner is not recorded yet. */
export const readLockOwner = (dir: string): (LockRecord['holder'] & { endpoint?: string }) | undefined => {
  const record = readRecord(dir)
  if (!record || !isRunning(record.holder)) return undefined
  const endpoint = record.engine?.endpoint
  return endpoint === undefined ? record.holder : { ...record.holder, endpoint }
}

/**
 * Creates `dir` (mode 0700) if needed and locks it; undefined if another process owns the lock. Throws StartError when the folder is not
 * writable.
 */
export const tryLockDataFolder = (dir: string, kind: LockOwnerKind): DataFolder | undefined => {
  const path = prepareFolder(dir)
  const database = lock(path)
  if (!database) return undefined
  const release = () => {
    if (!openLocks.delete(database)) return
    rmSync(recordPath(path), { force: true })
    database.close()
  }
  const holder = { ...(identify(process.pid) ?? { pid: process.pid, started: 'unknown' }), kind }
  const recordEngine = (engine: EngineRecord | undefined) =>
    writeRecord(path, { holder, ...(engine && { engine }) })
  const recorded = readRecord(path)?.engine
  const orphanedEngine = recorded && { pid: recorded.pid, started: recorded.started }
  try {
    recordEngine(orphanedEngine) // without its endpoint: commands must not use an engine that is about to be stopped
  } catch (error) {
    openLocks.delete(database)
    database.close()
    throw error
  }
  return { path, databasePath: databasePath(path), kind, orphanedEngine, recordEngine, release }
}

/**
 * Locks `dir` for this process, waiting up to `waitMs` for an owner that is shutting down.
 * Throws StartError when the folder is not writable or another process keeps the lock; the message names that process.
 */
export const lockDataFolder = async (
  dir: string,
  { kind = 'shop', waitMs = 1000 }: { kind?: LockOwnerKind; waitMs?: number } = {},
): Promise<DataFolder> => {
  const deadline = performance.now() + waitMs
  for (;;) {
    const folder = tryLockDataFolder(dir, kind)
    if (folder) return folder
    if (performance.now() >= deadline) break
    await sleep(POLL_MS)
  }
  const owner = readLockOwner(dir)
  const ownerName = `${owner?.kind === 'command' ? 'a cloudshelf command' : 'another shop'} (pid ${owner?.pid ?? 'unknown'})`
  throw new StartError(
    `the data folder ${resolve(dir)} is in use by ${ownerName}: stop it, or set CLOUDSHELF_DATA_DIR to another folder`,
  )
}

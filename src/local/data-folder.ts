/**
 * The data folder of local mode: one holder at a time, and a record of who that is and which engine it runs.
 * The lock is the kernel's (SQLite's lock on the empty file `lock`), so it ends with its holder however that dies and
 * there is never a stale one to take over; `lock.json` beside it only describes, and is believed only while its process lives.
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

/** What holds a folder: the shop lends its engine to commands, a command keeps its own to itself. */
export type HolderKind = 'shop' | 'command'

const Identity = z.object({ pid: z.int().positive(), started: z.string() })
const FolderRecord = z.object({
  holder: Identity.extend({ kind: z.enum(['shop', 'command']) }),
  engine: Identity.extend({ endpoint: z.string().optional() }).optional(),
})
type FolderRecord = z.infer<typeof FolderRecord>
export type EngineRecord = NonNullable<FolderRecord['engine']>

/** A folder that this process holds until `release` or its end. */
export type DataFolder = {
  /** Absolute, symbolic links resolved. */
  readonly path: string
  readonly databasePath: string
  readonly kind: HolderKind
  /** The engine that an earlier holder left in the record, and that may still be running. */
  readonly leftEngine: ProcessIdentity | undefined
  /** Writes down which engine runs here, for commands to find and for the next start to end; undefined: none does. */
  readonly recordEngine: (engine: EngineRecord | undefined) => void
  /** Gives the folder up. Idempotent; stop the engine first. */
  readonly release: () => void
}

const SQLITE_BUSY = 5 // the low byte; the rest says which kind
const POLL_MS = 25

/** Keeps every lock from the garbage collector, which would close the database and so drop the lock unasked. */
const held = new Set<DatabaseSync>()

const cannotWrite = (dir: string, cause: unknown): StartError =>
  new StartError(
    `cannot write to the data folder ${resolve(dir)} (${cause instanceof Error ? cause.message : cause}): ` +
      'set CLOUDSHELF_DATA_DIR to a folder that can be written',
    { cause },
  )

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Not mkdir's own `recursive`, which never returns where a parent is there but takes no children (/proc, a dangling link). */
const makeFolder = (path: string): void => {
  if (isFolder(path)) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!isFolder(path)) throw error // otherwise another start made it in the meantime
  }
}

const prepare = (dir: string): string => {
  try {
    makeFolder(resolve(dir))
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
    // Nothing is ever written, so no journal file: one left by kill -9 would only be in the next start's way.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    held.add(database)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY)
      return undefined
    throw cannotWrite(path, error)
  }
}

const recordPath = (path: string): string => join(path, 'lock.json')

const readRecord = (path: string): FolderRecord | undefined => {
  try {
    return FolderRecord.parse(JSON.parse(readFileSync(recordPath(path), 'utf8')))
  } catch {
    return undefined // none, or not ours: the lock decides, the record only informs
  }
}

const writeRecord = (path: string, record: FolderRecord): void => {
  const draft = `${recordPath(path)}.new`
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600 })
  renameSync(draft, recordPath(path))
}

/** Who holds `dir` now and where its engine answers; undefined when nobody does or it has not said so yet. */
export const readHolder = (dir: string): (FolderRecord['holder'] & { endpoint?: string }) | undefined => {
  const record = readRecord(dir)
  if (!record || !isRunning(record.holder)) return undefined
  const endpoint = record.engine?.endpoint
  return endpoint === undefined ? record.holder : { ...record.holder, endpoint }
}

/** Makes `dir` (mode 0700) if needed and takes it; undefined when another holds it. Throws StartError when it cannot be written. */
export const tryDataFolder = (dir: string, kind: HolderKind): DataFolder | undefined => {
  const path = prepare(dir)
  const database = lock(path)
  if (!database) return undefined
  const release = () => {
    if (!held.delete(database)) return
    rmSync(recordPath(path), { force: true })
    database.close()
  }
  const holder = { ...(identify(process.pid) ?? { pid: process.pid, started: 'unknown' }), kind }
  const recordEngine = (engine: EngineRecord | undefined) =>
    writeRecord(path, { holder, ...(engine && { engine }) })
  const left = readRecord(path)?.engine
  const leftEngine = left && { pid: left.pid, started: left.started }
  try {
    recordEngine(leftEngine) // without its endpoint: nobody may be sent to an engine that is about to be ended
  } catch (error) {
    held.delete(database)
    database.close()
    throw cannotWrite(path, error)
  }
  return { path, databasePath: join(path, 'dynamodb.sqlite'), kind, leftEngine, recordEngine, release }
}

/**
 * Takes `dir` for this process, waiting up to `waitMs` for a holder that is just ending.
 * Throws StartError when the folder cannot be written or another process keeps it; the message names that process.
 */
export const openDataFolder = async (
  dir: string,
  { kind = 'shop', waitMs = 1000 }: { kind?: HolderKind; waitMs?: number } = {},
): Promise<DataFolder> => {
  const deadline = performance.now() + waitMs
  for (;;) {
    const folder = tryDataFolder(dir, kind)
    if (folder) return folder
    if (performance.now() >= deadline) break
    await sleep(POLL_MS)
  }
  const holder = readHolder(dir)
  const who = `${holder?.kind === 'command' ? 'a cloudshelf command' : 'another shop'} (pid ${holder?.pid ?? 'unknown'})`
  throw new StartError(
    `the data folder ${resolve(dir)} is in use by ${who}: stop it, or set CLOUDSHELF_DATA_DIR to another folder`,
  )
}

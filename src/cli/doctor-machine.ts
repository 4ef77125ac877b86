/** Doctor's checks of this machine: Node, the engine and the data folder. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Settings } from '../composition/settings.ts'
import { databasePath, readLockOwner } from '../local/data-folder.ts'
import { restoreAdvice } from '../local/database-file.ts'
import { findEngineBinary } from '../local/engine-binary.ts'
import type { Finding } from './doctor-checks.ts'
import { explainError } from './errors.ts'

const MIN_NODE_VERSION = 24

export const checkNode = (version = process.versions.node): Finding =>
  Number.parseInt(version, 10) >= MIN_NODE_VERSION
    ? { state: 'ok', what: 'node', found: version }
    : {
        state: 'fail',
        what: 'node',
        found: `${version}, but ${MIN_NODE_VERSION} or newer is needed`,
        mend: `run \`npm install\`, which brings Node 26, then \`npx cloudshelf doctor\``,
      }

export const checkEngine = ({ endpoint }: Settings, findBinary = findEngineBinary): Finding => {
  const what = 'engine'
  if (endpoint !== undefined)
    return { state: 'ok', what, found: `not used: the database is ${endpoint} (DYNAMODB_ENDPOINT)` }
  try {
    const version = execFileSync(findBinary(), ['--version'], { encoding: 'utf8', timeout: 5_000 }).trim()
    return { state: 'ok', what, found: version }
  } catch (error) {
    const found = explainError(error) ?? (error instanceof Error ? error.message : String(error))
    return { state: 'fail', what, found, mend: 'run `npm install`, or set DYNAMODB_ENDPOINT' }
  }
}

export const checkDataFolder = ({ dataDir }: Settings): Finding => {
  const what = 'data folder'
  try {
    accessSync(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { state: 'ok', what, found: `${dataDir} (does not exist yet)` }
    return {
      state: 'fail',
      what,
      found: `cannot write to ${dataDir}`,
      mend: 'set CLOUDSHELF_DATA_DIR to a folder that can be written',
    }
  }
  const holder = readLockOwner(dataDir)
  const use = holder ? `in use by a ${holder.kind} (pid ${holder.pid})` : 'not in use'
  return { state: 'ok', what, found: `${dataDir} (${use})` }
}

/** Least free bytes of the disk before doctor warns: a shop writes about a kilobyte for an order. */
const LOW_BYTES = 200 * 1024 * 1024

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MB`

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** `free` bytes are those of the data folder's disk. */
export const checkDisk = (
  { dataDir }: Settings,
  free = existsSync(dataDir) ? freeBytes(dataDir) : undefined,
): Finding => {
  const what = 'disk'
  if (free === undefined) return { state: 'ok', what, found: 'the data folder does not exist yet' }
  const found = `${megabytes(free)} free`
  if (free >= LOW_BYTES) return { state: 'ok', what, found }
  const state = free < LOW_BYTES / 100 ? 'fail' : 'warn'
  return {
    state,
    what,
    found,
    mend: `make room on the disk of ${dataDir}: without it the shop takes no orders`,
  }
}

/** Damaged places that are shown. */
const SHOWN_DAMAGE = 5

/** Reads the whole database file of the embedded engine as SQLite does, also beside a running engine. */
export const checkDatabaseFile = ({ dataDir, endpoint }: Settings): Finding => {
  const what = 'database file'
  const path = databasePath(dataDir)
  if (endpoint !== undefined) return { state: 'ok', what, found: 'not used (DYNAMODB_ENDPOINT)' }
  if (!existsSync(path)) return { state: 'ok', what, found: `${path} (does not exist yet)` }
  const mend = restoreAdvice(path)
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(path, { readOnly: true })
    const rows = file.prepare(`PRAGMA quick_check(${SHOWN_DAMAGE})`).all()
    const items = rows.flatMap(row => String(Object.values(row)[0]).split('\n')).filter(one => one !== 'ok')
    if (items.length > 0) return { state: 'fail', what, found: `${path} is damaged`, mend, items }
    return { state: 'ok', what, found: `${megabytes(statSync(path).size)}, every page can be read` }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { state: 'fail', what, found: `${path} cannot be read (${why})`, mend }
  } finally {
    file?.close()
  }
}

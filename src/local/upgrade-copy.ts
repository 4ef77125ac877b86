/**
 * Copy of the database that the first start of a release makes when the release changes stored rows, before the engine opens the file:
 * `dynamodb.sqlite.before-<version>`. The file `data-version` says which release's rows the folder has.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { compareVersions } from '../core/versions.ts'
import { cannotWrite, type DataFolder } from './data-folder.ts'
import { restoreAdvice } from './database-file.ts'
import { StartError } from './start-error.ts'

/** The release that last changed stored rows. A release that changes them again sets its own version here. */
export const DATA_VERSION = '0.3.0'

const KEPT_COPIES = 2
/** Room that is left on the disk beside the copy, in bytes. */
const RESERVE = 16 * 1024 * 1024

type Folder = Pick<DataFolder, 'path' | 'databasePath'>

const versionPath = ({ path }: Folder): string => join(path, 'data-version')

/** The version of the rows in a folder; '' for one that an earlier release than 0.2.0 left. */
const readVersion = (folder: Folder): string => {
  try {
    return readFileSync(versionPath(folder), 'utf8').trim()
  } catch {
    return ''
  }
}

const writeVersion = (folder: Folder, version: string): void => {
  const draft = `${versionPath(folder)}.new`
  writeFileSync(draft, `${version}\n`, { mode: 0o600 })
  renameSync(draft, versionPath(folder))
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`

const cannotCopy = (copy: string, why: string, cause?: unknown): StartError =>
  new StartError(
    `this release changes stored data, so its first start copies the database to ${copy} first, but ${why}. Nothing was changed: ` +
      'make room and start again, or start the earlier release',
    { cause },
  )

const assertSpace = ({ path }: Folder, copy: string, needed: number): void => {
  const { bavail, bsize } = statfsSync(path)
  const free = bavail * bsize
  if (free < needed + RESERVE)
    throw cannotCopy(
      copy,
      `the disk has only ${megabytes(free)} free, and ${megabytes(needed + RESERVE)} are needed`,
    )
}

/** Deletes all copies but the latest ones. */
const deleteOldCopies = ({ databasePath }: Folder): void => {
  const prefix = `${basename(databasePath)}.before-`
  const versions = readdirSync(dirname(databasePath))
    .filter(name => name.startsWith(prefix) && !name.endsWith('.partial'))
    .map(name => name.slice(prefix.length))
    .sort(compareVersions)
  for (const version of versions.slice(0, -KEPT_COPIES)) rmSync(`${databasePath}.before-${version}`)
}

const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

const hasCode = (error: unknown, code: number): boolean =>
  // The primary result code is the low byte of the extended code.
  error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === code

const damaged = (databasePath: string, cause: unknown): StartError =>
  new StartError(
    `${databasePath} is damaged (${cause instanceof Error ? cause.message : cause}): \`npx cloudshelf doctor\` checks the file; ` +
      restoreAdvice(databasePath),
    { cause },
  )

/**
 * Copies the database as SQLite does, with what a killed engine left in its journal. Resolves to false for a file that is no
 * database: the engine refuses it, and says so.
 */
const copyDatabase = async ({ databasePath }: Folder, copy: string): Promise<boolean> => {
  const partial = `${copy}.partial`
  rmSync(partial, { force: true })
  const database = new DatabaseSync(databasePath)
  try {
    await backup(database, partial)
    renameSync(partial, copy)
    return true
  } catch (error) {
    rmSync(partial, { force: true })
    if (hasCode(error, SQLITE_NOTADB)) return false
    if (hasCode(error, SQLITE_CORRUPT)) throw damaged(databasePath, error)
    throw cannotCopy(copy, `that failed (${error instanceof Error ? error.message : error})`, error)
  } finally {
    database.close()
  }
}

/**
 * Copies the database of a folder that an earlier release left, and records the version. Call it while no engine has the file open.
 * Returns the path of the copy; undefined where none was needed. Throws StartError when the copy cannot be made; the database is then
 * as it was.
 */
export const copyBeforeUpgrade = async (
  folder: Folder,
  version = DATA_VERSION,
): Promise<string | undefined> => {
  const { databasePath } = folder
  if (sizeOf(databasePath) === 0 || compareVersions(readVersion(folder), version) >= 0) return undefined
  const copy = `${databasePath}.before-${version}`
  assertSpace(folder, copy, sizeOf(databasePath) + sizeOf(`${databasePath}-wal`))
  if (!(await copyDatabase(folder, copy))) return undefined
  deleteOldCopies(folder)
  try {
    writeVersion(folder, version)
  } catch (error) {
    throw cannotCopy(copy, `${versionPath(folder)} cannot be written`, error)
  }
  return copy
}

/** Records the version in a folder whose engine runs, if it has an earlier one or none. Throws StartError when it cannot be written. */
export const recordVersion = (folder: Folder, version = DATA_VERSION): void => {
  if (compareVersions(readVersion(folder), version) >= 0) return
  try {
    writeVersion(folder, version)
  } catch (error) {
    throw cannotWrite(folder.path, error)
  }
}

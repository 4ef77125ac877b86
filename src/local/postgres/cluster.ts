/**
 * The files of the embedded PostgreSQL, in a folder of their own beside the other data: created once, owned by one user with a password,
 * which is kept in a file of mode 0600. Nothing in them is lost for good: they hold a copy of the tables that can be built again.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { cannotWrite } from '../data-folder.ts'
import { readOrCreateSecret } from '../secrets.ts'
import { StartError } from '../start-error.ts'
import { AS_NOBODY, currentUser, type PlatformUser, type PostgresPackage, postgresRun } from './binary.ts'

const run = promisify(execFile)

/** The user that owns everything, and the database of the shop. */
export const OWNER = 'cloudshelf'
export const DATABASE = 'cloudshelf'

const INITDB_TIMEOUT_MS = 120_000

/** Paths of an embedded PostgreSQL, all below the data folder. */
export type PostgresFolder = {
  readonly path: string
  /** PostgreSQL's own data folder. */
  readonly data: string
  readonly links: string
}

/** The same paths whichever way leads to the data folder, because a running server is found by its own. */
export const postgresFolder = (dataDir: string): PostgresFolder => {
  const path = join(existsSync(dataDir) ? realpathSync(dataDir) : resolve(dataDir), 'postgres')
  return { path, data: join(path, 'data'), links: join(path, 'lib') }
}

const OWNER_PASSWORD_FILE = 'password'
const READER_PASSWORD_FILE = 'reader-password'
const LOST =
  'nobody can sign in to the embedded PostgreSQL until `cloudshelf pg drop` has removed it, and a start has built it again'

const createFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

/** Password of the owner of the embedded PostgreSQL, generated once. */
export const readOwnerPassword = ({ path }: PostgresFolder): string => {
  createFolder(path)
  return readOrCreateSecret(path, OWNER_PASSWORD_FILE, LOST)
}

/** Password of the role for BI tools, of the embedded PostgreSQL and of a server of your own alike; generated once. */
export const readReaderPassword = ({ path }: PostgresFolder): string => {
  createFolder(path)
  return readOrCreateSecret(
    path,
    READER_PASSWORD_FILE,
    'BI tools need the new password (`cloudshelf pg url`)',
  )
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { stderr } = error as { stderr?: unknown }
  const lines = typeof stderr === 'string' ? stderr.trim().split('\n') : []
  return (
    lines.findLast(line => line.includes('error') || line.includes('FATAL')) ?? lines.at(-1) ?? error.message
  )
}

const tryNamespace = async (): Promise<void> => void (await run('unshare', [...AS_NOBODY, 'true']))

/** As root PostgreSQL needs a user namespace, which a container or a system may forbid: then throws StartError, with the way out. */
export const assertMayRun = async (
  { platform, isRoot }: PlatformUser = currentUser(),
  attempt: () => Promise<void> = tryNamespace,
): Promise<void> => {
  if (!isRoot) return
  const instead =
    'start the shop as another user than root, or set DATABASE_URL=postgres://… to a server of your own'
  if (platform !== 'linux') throw new StartError(`PostgreSQL does not run as root: ${instead}`)
  try {
    await attempt()
  } catch (error) {
    throw new StartError(
      `PostgreSQL does not run as root, and this system does not allow a user namespace (${messageOf(error)}): ${instead}`,
    )
  }
}

const assertSameMajor = ({ data }: PostgresFolder, { major }: PostgresPackage): void => {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (found !== major)
    throw new StartError(
      `${data} is from PostgreSQL ${found}, and version ${major} is installed: \`cloudshelf pg drop\` removes it, and the next start builds it again, but earlier prices, the times of order states, and books and carts that are gone are lost`,
    )
}

/**
 * Makes the folder ready for PostgreSQL: created by initdb if there is none, which takes about two seconds. What an interrupted start has left is
 * removed. Passwords are checked with SCRAM-SHA-256 on every connection. Throws StartError.
 */
export const prepareCluster = async (
  folder: PostgresFolder,
  postgres: PostgresPackage,
  signal?: AbortSignal,
): Promise<void> => {
  await assertMayRun()
  readOwnerPassword(folder)
  if (existsSync(folder.data)) return assertSameMajor(folder, postgres)
  const draft = `${folder.data}.new`
  rmSync(draft, { recursive: true, force: true })
  const args = [
    ...['--pgdata', draft, '--username', OWNER, '--pwfile', join(folder.path, OWNER_PASSWORD_FILE)],
    ...['--auth-local=scram-sha-256', '--auth-host=scram-sha-256', '--encoding=UTF8', '--no-instructions'],
    // Characters are ordered and folded by PostgreSQL itself: the same on every system.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ]
  const command = postgresRun(postgres, postgres.initdb, args, folder.links)
  try {
    const { env } = command
    await run(command.file, [...command.args], { env, timeout: INITDB_TIMEOUT_MS, ...(signal && { signal }) })
    renameSync(draft, folder.data)
  } catch (error) {
    signal?.throwIfAborted()
    rmSync(draft, { recursive: true, force: true })
    throw new StartError(`cannot create the embedded PostgreSQL in ${folder.path}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** The embedded PostgreSQL of a data folder: created, started, restarted when it dies, stopped at shutdown. */
import { createPgSql } from '../../core/sql/pg.ts'
import type { Sql } from '../../core/sql/sql.ts'
import { superviseServer } from '../supervised-server.ts'
import { findPostgres, type PostgresPackage } from './binary.ts'
import { DATABASE, OWNER, postgresFolder, prepareCluster, readOwnerPassword } from './cluster.ts'
import { FAST_STOP, findFreePort, launchPostgres, POSTGRES_HOST } from './process.ts'
import { endOrphanedPostgres } from './running.ts'

/** A supervised PostgreSQL. */
export type EmbeddedPostgres = {
  /** `postgres://…` of the shop's database, as the owner of everything; the same after a restart. */
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly isUp: boolean
  /** Ends connections and the server, which writes everything first. Idempotent. */
  readonly stop: () => Promise<void>
}

export type PostgresOptions = {
  /** Locked by this process. */
  readonly dataDir: string
  /** On the loopback interface; 0 takes any free one. */
  readonly port: number
  /** Aborts a start. */
  readonly signal?: AbortSignal
  readonly onDown?: (how: string) => void
  readonly onUp?: () => void
  readonly onFailedStart?: (why: string) => void
  /** Defaults to what npm installed for this platform. */
  readonly postgres?: PostgresPackage
}

const STOP_GRACE_MS = 10_000

/** URL of a database of an embedded PostgreSQL. */
export const postgresUrl = (
  user: string,
  password: string,
  port: number,
  database: string = DATABASE,
): string => `postgres://${user}:${encodeURIComponent(password)}@${POSTGRES_HOST}:${port}/${database}`

/** Creates the shop's database. Nobody else connects to the databases that PostgreSQL itself brings. */
const createDatabase = async (sql: Sql): Promise<void> => {
  const [found] = await sql.query('select 1 from pg_database where datname = $1', [DATABASE])
  if (found) return
  await sql.query('revoke connect, temporary on database postgres, template1 from public')
  await sql.query(`create database ${DATABASE}`)
}

/**
 * Starts PostgreSQL on the files in the data folder, which are created if there are none (about two seconds), ends one that an earlier
 * start left running, and resolves when it accepts connections. Throws StartError.
 */
export const startPostgres = async ({
  dataDir,
  port: wanted,
  signal,
  onDown = () => {},
  onUp = () => {},
  onFailedStart = () => {},
  postgres = findPostgres(),
}: PostgresOptions): Promise<EmbeddedPostgres> => {
  const folder = postgresFolder(dataDir)
  await prepareCluster(folder, postgres, signal)
  await endOrphanedPostgres(folder)
  const port = wanted === 0 ? await findFreePort() : wanted
  const server = await superviseServer({
    launch: stopping =>
      launchPostgres({
        postgres,
        folder,
        port,
        signal: signal ? AbortSignal.any([signal, stopping]) : stopping,
      }),
    stopSignal: FAST_STOP,
    stopGraceMs: STOP_GRACE_MS,
    onDown,
    onUp,
    onFailedStart,
  })
  try {
    const owner = readOwnerPassword(folder)
    const sql = createPgSql({ url: postgresUrl(OWNER, owner, port, 'postgres'), connections: 1 })
    await createDatabase(sql).finally(sql.close)
    return {
      url: postgresUrl(OWNER, owner, port),
      port,
      get pid() {
        return server.process.identity.pid
      },
      get isUp() {
        return server.isUp
      },
      stop: server.stop,
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

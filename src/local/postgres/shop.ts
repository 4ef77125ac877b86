/**
 * PostgreSQL of a local shop, as DATABASE_URL says: the embedded server is started after the shop serves, and whatever happens to it, the shop
 * goes on without. It also applies the migrations, prepares the role for BI tools, and ends what that runs for too long.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresSettings } from '../../composition/database-settings.ts'
import type { Settings } from '../../composition/settings.ts'
import { createSearchSql, createShopSql, type ShopSql } from '../../composition/sql.ts'
import type { Log } from '../../core/log/log.ts'
import { migrate } from '../../core/sql/migrate.ts'
import { endLongReads, prepareReaderRole } from '../../core/sql/reader-role.ts'
import { isUnavailable, type Sql, SqlError } from '../../core/sql/sql.ts'
import { MIGRATIONS } from '../../projection/migrations.ts'
import { StartError } from '../start-error.ts'
import { postgresFolder, readReaderPassword } from './cluster.ts'
import { type EmbeddedPostgres, startPostgres } from './embedded.ts'
import { noteFailedStart } from './running.ts'

export type ShopPostgres = {
  /** Throws SqlError of kind 'unavailable' until the server is up. */
  readonly sql: ShopSql
  /** For searches; closed with the others. */
  readonly searchSql: Sql
  /** Starts the embedded server and its jobs in the background. */
  readonly start: () => void
  /** Ends connections, jobs and the embedded server. */
  readonly stop: () => Promise<void>
}

const RETRY_MS = 2_000
/** Pauses after starts of the embedded server that failed, one after another; the last one is repeated. */
const START_RETRY_MS = [2_000, 5_000, 15_000, 60_000] as const
const WATCHDOG_MS = 5_000
const DRAIN_MS = 2_000

/** What messages may say of a URL: neither user nor password. */
const placeOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** PostgreSQL of the settings. Call it while the data folder is locked. */
export const createShopPostgres = (
  { postgres: settings, dataDir }: Pick<Settings, 'dataDir'> & { readonly postgres: PostgresSettings },
  log: Pick<Log, 'event' | 'failure'>,
  startRetryMs: readonly number[] = START_RETRY_MS,
): ShopPostgres => {
  const isEmbedded = settings.url === 'embedded'
  const stopping = new AbortController()
  const { signal } = stopping
  let server: EmbeddedPostgres | undefined
  let starting: Promise<EmbeddedPostgres> | undefined
  let running: Promise<unknown> = Promise.resolve()

  const url = (): string => {
    if (!isEmbedded) return settings.url
    if (server) return server.url
    throw new SqlError('unavailable', 'PostgreSQL is starting')
  }
  const sql = createShopSql(url, settings, error => {
    log.event('postgres', 'the replica cannot be reached: reports read DATABASE_URL')
    log.failure(error)
  })

  const searchSql = createSearchSql(url)

  const startServer = (): Promise<EmbeddedPostgres> =>
    startPostgres({
      dataDir,
      port: settings.port,
      signal,
      onDown: how => log.event('postgres', `down (${how}): reports have to wait until it is up again`),
      onUp: () => log.event('postgres', 'up again'),
      onFailedStart: why => log.failure(new StartError(`PostgreSQL does not start again: ${why}`)),
    })

  /** Tries until the server runs, as once its port is free; commands say why it does not. Throws when the shop stops. */
  const startWhenPossible = async (): Promise<EmbeddedPostgres> => {
    const folder = postgresFolder(dataDir)
    noteFailedStart(folder, undefined)
    let logged = ''
    for (let failures = 0; ; failures++)
      try {
        starting = startServer()
        const started = await starting
        noteFailedStart(folder, undefined)
        return started
      } catch (error) {
        if (signal.aborted || !(error instanceof StartError)) throw error
        noteFailedStart(folder, error.message)
        if (error.message !== logged)
          log.failure(new StartError(`the shop runs without PostgreSQL, and tries again: ${error.message}`))
        logged = error.message
        const pause = startRetryMs[Math.min(failures, startRetryMs.length - 1)]
        await sleep(pause, undefined, { signal, ref: false })
      }
  }

  const prepare = async (password: string): Promise<void> => {
    await migrate(sql.writer, MIGRATIONS)
    const role = await prepareReaderRole(sql.writer, { password, resetPassword: isEmbedded })
    if (role?.isFullyRestricted) return
    log.event(
      'postgres',
      role
        ? 'the user of DATABASE_URL is no superuser: the role for BI tools may use advisory locks and large objects (docs/phase-2.md)'
        : 'the user of DATABASE_URL may not create roles: create the one for BI tools yourself (docs/phase-2.md)',
    )
  }

  /** Tries until the database can be reached; that it cannot is logged once. */
  const prepareWhenReachable = async (): Promise<void> => {
    const password = readReaderPassword(postgresFolder(dataDir))
    for (let tries = 1; !signal.aborted; tries++)
      try {
        return await prepare(password)
      } catch (error) {
        if (signal.aborted || !isUnavailable(error)) throw error
        if (tries === 1) log.event('postgres', `cannot be reached (${String(error)}): trying again`)
        await sleep(RETRY_MS, undefined, { signal })
      }
  }

  const watch = async (): Promise<void> => {
    let isReported = false
    for (;;) {
      await sleep(WATCHDOG_MS, undefined, { signal, ref: false })
      try {
        const ended = await endLongReads(sql.writer)
        if (ended > 0) log.event('postgres', `ended ${ended} connections of BI tools that ran for too long`)
      } catch (error) {
        // A server that is down is reported where it is kept running. One of your own may not let its user end sessions.
        if (!isUnavailable(error) && !isReported) log.failure(error)
        isReported ||= !isUnavailable(error)
      }
    }
  }

  const run = async (): Promise<void> => {
    try {
      if (isEmbedded) server = await startWhenPossible()
      log.event('postgres', placeOf(url()))
      await prepareWhenReachable()
      await watch()
    } catch (error) {
      if (!signal.aborted) log.failure(error)
    }
  }

  return {
    sql,
    searchSql,
    start: () => {
      running = run()
    },
    stop: async () => {
      stopping.abort()
      // An embedded server that is starting must not outlive the shop. A failure is reported where it is run.
      await starting?.catch(() => {})
      // What still runs is given a moment; a statement of a report, or a server that hangs, may take half a minute.
      const closed = Promise.all([running, sql.reader.close(), sql.writer.close(), searchSql.close()])
      await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })])
      await server?.stop()
      // Of a start that failed: it is tried no more.
      if (isEmbedded) noteFailedStart(postgresFolder(dataDir), undefined)
    },
  }
}

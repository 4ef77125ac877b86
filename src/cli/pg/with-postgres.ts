/** Access of a command to PostgreSQL: that of DATABASE_URL, or the embedded one, which the running shop shares. */
import type { PostgresSettings } from '../../composition/database-settings.ts'
import { readSettings } from '../../composition/settings.ts'
import { createPgSql } from '../../core/sql/pg.ts'
import type { Sql } from '../../core/sql/sql.ts'
import { postgresFolder, readReaderPassword } from '../../local/postgres/cluster.ts'
import { type AcquirePostgresOptions, acquirePostgres } from '../../local/postgres/shared.ts'
import { CommandError } from '../errors.ts'

export type CommandPostgres = {
  /** As the owner of everything. */
  readonly sql: Sql
  readonly url: string
  /** Password of the role for BI tools. */
  readonly readerPassword: string
  readonly isEmbedded: boolean
}

/** PostgreSQL of the settings. Throws CommandError where there is none. */
export const requirePostgres = (): PostgresSettings & {
  readonly dataDir: string
  readonly isEmbedded: boolean
} => {
  const { postgres, dataDir, aurora } = readSettings()
  if (aurora)
    throw new CommandError(
      'this command needs a server with a DATABASE_URL; on AWS there are status, backfill, verify and rebuild, and the query editor of the RDS console',
    )
  if (!postgres)
    throw new CommandError(
      'DATABASE_URL is not set: set it to embedded, or to postgres://… of a database of your own, for the shop as for this command',
    )
  return { ...postgres, dataDir, isEmbedded: postgres.url === 'embedded' }
}

/** Host, port and database of a URL, without user and password. */
export const placeOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** Calls `work` with the database, and closes it afterwards. Throws CommandError, StartError, SettingsError and SqlError. */
export const withPostgres = async <T>(
  work: (postgres: CommandPostgres) => Promise<T>,
  options?: AcquirePostgresOptions,
): Promise<T> => {
  const settings = requirePostgres()
  const { dataDir, isEmbedded } = settings
  const { url, close } = await acquirePostgres(settings, dataDir, options)
  const sql = createPgSql({ url, applicationName: 'cloudshelf-command' })
  try {
    return await work({ sql, url, readerPassword: readReaderPassword(postgresFolder(dataDir)), isEmbedded })
  } finally {
    await sql.close()
    await close()
  }
}

/** Clients of PostgreSQL beside DynamoDB, made from the settings. Nothing is connected, and the client library not loaded, before the first statement. */
import { createPgSql } from '../core/sql/pg.ts'
import { createReplicaSql } from '../core/sql/replica.ts'
import type { Sql } from '../core/sql/sql.ts'
import type { PostgresSettings } from './settings.ts'

export type ShopSql = {
  /** The database that the shop writes to. */
  readonly writer: Sql
  /** For reports: the replica where there is one, with connections of its own, so that slow reports hold up nothing else. */
  readonly reader: Sql
}

const REPORT_CONNECTIONS = 3

/** `url` is that of the database, also of an embedded one. `onFallback` is called when the replica cannot be reached. */
export const createShopSql = (
  url: string | (() => string),
  { readUrl }: Pick<PostgresSettings, 'readUrl'>,
  onFallback: (error: unknown) => void,
): ShopSql => {
  const reportOptions = { connections: REPORT_CONNECTIONS, applicationName: 'cloudshelf-reports' }
  const reader = createPgSql({ url, ...reportOptions })
  return {
    writer: createPgSql({ url }),
    reader:
      readUrl === undefined
        ? reader
        : createReplicaSql(
            { replica: createPgSql({ url: readUrl, ...reportOptions }), writer: reader },
            onFallback,
          ),
  }
}

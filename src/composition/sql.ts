/** Clients of PostgreSQL beside DynamoDB, made from the settings. Nothing is connected, and the client library not loaded, before the first statement. */
import { createPgSql } from '../core/sql/pg.ts'
import { createReplicaSql, type ReplicaStatus } from '../core/sql/replica.ts'
import { isUnavailable, type Sql } from '../core/sql/sql.ts'
import { readFreshness } from '../reports/freshness.ts'
import type { PostgresSettings } from './database-settings.ts'

export type ShopSql = {
  /** The database that the shop writes to. */
  readonly writer: Sql
  /** For reports: the replica where there is one, with connections of its own, so that slow reports hold up nothing else. */
  readonly reader: Sql
  /** Of the replica; undefined without one. */
  readonly replica?: (() => ReplicaStatus) | undefined
}

const REPORT_CONNECTIONS = 3
/** A search that takes longer is answered by memory. */
const SEARCH_TIMEOUT_MS = 1_500

/**
 * Sessions of reports: sums of a hundred thousand lines fit into memory, what an index has is in memory or on an SSD, and compiling a
 * statement takes longer than running it.
 */
export const REPORT_SESSION = { work_mem: '32MB', random_page_cost: '1.1', jit: 'off' } as const

/** Undefined for an error other than that the database cannot be reached, which it throws. */
const onlyUnavailable = (error: unknown): undefined => {
  if (isUnavailable(error)) throw error
}

/** For searches: with connections of its own, and statements that end soon. */
export const createSearchSql = (url: string | (() => string)): Sql =>
  createPgSql({
    url,
    statementTimeoutMs: SEARCH_TIMEOUT_MS,
    networkGraceMs: 500,
    applicationName: 'cloudshelf-search',
  })

/** `url` is that of the database, also of an embedded one. `onFallback` is called when the replica cannot be reached. */
export const createShopSql = (
  url: string | (() => string),
  { readUrl }: Pick<PostgresSettings, 'readUrl'>,
  onFallback: (error: unknown) => void,
): ShopSql => {
  const reportOptions = {
    connections: REPORT_CONNECTIONS,
    applicationName: 'cloudshelf-reports',
    session: REPORT_SESSION,
  }
  const reader = createPgSql({ url, ...reportOptions })
  const writer = createPgSql({ url })
  if (readUrl === undefined) return { writer, reader }
  const replicated = createReplicaSql(
    {
      replica: createPgSql({ url: readUrl, ...reportOptions }),
      writer: reader,
      // A database without the view does not say: it is read, and the report says that it is being prepared.
      moment: async sql => (await readFreshness(sql).catch(onlyUnavailable))?.asOf,
    },
    onFallback,
  )
  return { writer, reader: replicated, replica: replicated.status }
}

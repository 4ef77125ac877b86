/** PostgreSQL over its wire protocol, by the package `pg`, which is loaded with the first statement. */
import type { DatabaseError, Pool, PoolClient } from 'pg'
import {
  isUnavailable,
  kindOfState,
  type Sql,
  SqlError,
  type SqlParam,
  type SqlQueries,
  type SqlRow,
} from './sql.ts'
import { parseInteger, toText } from './values.ts'

export type PgOptions = {
  /**
   * `postgres://user:password@host:port/database`; TLS by `sslmode`. A function is called until it has returned a URL once; while there is
   * none it throws SqlError.
   */
  readonly url: string | (() => string)
  /** Connections at most; 4 by default. They are opened when needed and closed after 30 s without use. */
  readonly connections?: number
  /** After how long the server ends a statement, in milliseconds; 30,000 by default. */
  readonly statementTimeoutMs?: number
  /** How long an answer may take longer than that before the connection counts as lost, in milliseconds; 5,000 by default. */
  readonly networkGraceMs?: number
  /** Named in `pg_stat_activity`. */
  readonly applicationName?: string
  /** Settings of its sessions, such as `work_mem`. */
  readonly session?: Readonly<Record<string, string>>
}

const CONNECTIONS = 4
const STATEMENT_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 5_000
const IDLE_MS = 30_000
const NETWORK_GRACE_MS = 5_000

/** Object identifiers of types, from PostgreSQL's catalog pg_type. */
const TYPE = { bool: 16, int8: 20, int2: 21, int4: 23, json: 114, float4: 700, float8: 701, jsonb: 3802 }

const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [TYPE.bool]: text => text === 't',
  [TYPE.int2]: Number,
  [TYPE.int4]: Number,
  [TYPE.int8]: parseInteger,
  [TYPE.float4]: Number,
  [TYPE.float8]: Number,
  [TYPE.json]: text => JSON.parse(text) as unknown,
  [TYPE.jsonb]: text => JSON.parse(text) as unknown,
}

const asText = (text: string): unknown => text
const TYPES = { getTypeParser: (type: number) => PARSERS[type] ?? asText }

const toSqlError = (error: unknown): unknown => {
  if (error instanceof SqlError || error instanceof RangeError || !(error instanceof Error)) return error
  // Errors of the server have a SQLSTATE of five characters in `code`, those of the network a word such as ECONNREFUSED.
  const { code } = error as Partial<DatabaseError>
  const state = code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
  return new SqlError(kindOfState(state), error.message || (code ?? 'no connection'), state, { cause: error })
}

/** Runs `call`, and throws its errors as SqlError. */
const withSqlErrors = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    throw toSqlError(error)
  }
}

const createQuery =
  (
    connect: () => Promise<Pick<Pool | PoolClient, 'query'>>,
    timeoutMs: number | undefined,
  ): SqlQueries['query'] =>
  <Row extends SqlRow>(text: string, params: readonly SqlParam[] = []) =>
    withSqlErrors(async () => {
      const runner = await connect()
      const config = { text, values: params.map(toText), types: TYPES, query_timeout: timeoutMs }
      const { rows } = await runner.query<Row>(config)
      return rows
    })

const commit = async (client: PoolClient, timeoutMs: number | undefined): Promise<void> => {
  const config = { text: 'commit', query_timeout: timeoutMs }
  const { command } = await withSqlErrors(() => client.query(config))
  // COMMIT of a transaction in which a statement has failed ends in ROLLBACK, without an error.
  if (command !== 'COMMIT')
    throw new SqlError('refused', 'the transaction was rolled back: one of its statements failed', '25P02')
}

/**
 * A pool of connections to the database of the URL. A lost connection fails the statements that used it with SqlError of kind
 * 'unavailable'; the next statement opens another.
 */
export const createPgSql = ({
  url,
  connections = CONNECTIONS,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
  networkGraceMs = NETWORK_GRACE_MS,
  applicationName = 'cloudshelf',
  session = {},
}: PgOptions): Sql => {
  /** Given with each statement, because pg lets none be without a timeout that the pool has. */
  const timeoutMs = statementTimeoutMs === 0 ? undefined : statementTimeoutMs + networkGraceMs
  let opening: Promise<Pool> | undefined
  let closing: Promise<void> | undefined

  const createPool = async (connectionString: string): Promise<Pool> => {
    const { default: pg } = await import('pg')
    const pool = new pg.Pool({
      connectionString,
      max: connections,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: applicationName,
      options: Object.entries({
        ...session,
        statement_timeout: statementTimeoutMs,
        TimeZone: 'UTC',
        DateStyle: 'ISO',
      })
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
      allowExitOnIdle: true,
    })
    pool.on('error', () => {}) // an idle connection was lost: the pool has dropped it, and opens another when one is needed
    return pool
  }

  const open = async (): Promise<Pool> => {
    if (closing !== undefined) throw new SqlError('unavailable', 'the database client is closed')
    opening ??= createPool(typeof url === 'string' ? url : url())
    return await opening
  }

  const transaction: Sql['transaction'] = async (work, { isUnlimited = false } = {}) => {
    const client = await withSqlErrors(async () => (await open()).connect())
    let lost: Error | undefined
    const onError = (error: Error): void => {
      lost = error
    }
    client.on('error', onError)
    const limit = isUnlimited ? undefined : timeoutMs
    const send = createQuery(async () => client, limit)
    const query: SqlQueries['query'] = async (text, params) => {
      try {
        return await send(text, params)
      } catch (error) {
        if (error instanceof SqlError && isUnavailable(error)) lost ??= error
        throw error
      }
    }
    try {
      await query('begin')
      if (isUnlimited) await query('set local statement_timeout = 0')
      const result = await work({ query })
      await commit(client, limit)
      return result
    } catch (error) {
      // A server that does not answer is not asked again: the connection is closed, which rolls back.
      const rollback = { text: 'rollback', query_timeout: timeoutMs }
      if (lost === undefined) await client.query(rollback).catch(onError)
      throw error
    } finally {
      client.off('error', onError)
      client.release(lost)
    }
  }

  return {
    query: createQuery(open, timeoutMs),
    transaction,
    close: () => {
      closing ??= (async () => (await opening)?.end())()
      return closing
    },
  }
}

/** Columns and rows of a statement, in order. Values are as in a row of `query`, or the text that PostgreSQL writes. */
export type SqlTable = { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }

/**
 * Runs one statement on a connection of its own and returns what it gives as a table, also when there are no rows or two columns have one
 * name. `as` says whether values are parsed or text. Several statements are refused. Throws SqlError.
 */
export const readTable = (
  { url, statementTimeoutMs }: Pick<PgOptions, 'statementTimeoutMs'> & { readonly url: string },
  statement: string,
  as: 'values' | 'text',
): Promise<SqlTable> =>
  withSqlErrors(async () => {
    const { default: pg } = await import('pg')
    const timeout = statementTimeoutMs === undefined ? '' : ` -c statement_timeout=${statementTimeoutMs}`
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'cloudshelf-query',
      options: `-c TimeZone=UTC -c DateStyle=ISO${timeout}`,
    })
    client.on('error', () => {}) // the statement fails with it
    try {
      await client.connect()
      const config = { text: statement, rowMode: 'array' as const, queryMode: 'extended' as const }
      const types = as === 'values' ? TYPES : { getTypeParser: () => asText }
      const { fields, rows } = await client.query<unknown[]>({ ...config, types })
      return { columns: fields.map(({ name }) => name), rows }
    } finally {
      await client.end().catch(() => {})
    }
  })

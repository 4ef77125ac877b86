/**
 * SQL database: three methods that PostgreSQL over the wire (`pg.ts`) has, and the Data API of Amazon Aurora (`data-api.ts`) too. That is
 * why parameters go as text, and why there are neither cursors nor notifications.
 */

/** A value of JSON. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined }

/**
 * Parameter of a statement, sent as text; objects and arrays as JSON. A statement casts each parameter that is not compared with
 * or stored in text: `$1::int`, `$2::jsonb`, `$3::timestamptz`.
 */
export type SqlParam = Json | bigint | undefined

/**
 * Row by column. Integers and floating-point numbers are numbers, booleans booleans, `json` and `jsonb` are parsed; every other type is the text that
 * PostgreSQL writes (`numeric` so that no digit is lost, `timestamptz` in UTC such as '2026-05-01 10:00:00.123+00'). Select arrays with `to_json`, and cast what a function without a result (`void`) gives to text.
 */
export type SqlRow = { readonly [column: string]: unknown }

/** What both a database and a transaction can do. */
export type SqlQueries = {
  /** Runs one statement with the parameters `$1`, `$2` … and returns its rows. The caller states the type of a row. Throws SqlError. */
  readonly query: <Row extends SqlRow = SqlRow>(
    text: string,
    params?: readonly SqlParam[],
  ) => Promise<readonly Row[]>
}

export type TransactionOptions = {
  /** Whether its statements may take as long as they take, as an index over many rows; otherwise each ends after the timeout of the client. */
  readonly isUnlimited?: boolean
}

export type Sql = SqlQueries & {
  /**
   * Runs `work` in one transaction (read committed), which is committed when `work` returns, and rolled back when it throws. Throws what
   * `work` throws, and SqlError when it cannot be committed: then of kind 'unavailable' it is unknown whether it was.
   */
  readonly transaction: <T>(
    work: (transaction: SqlQueries) => Promise<T>,
    options?: TransactionOptions,
  ) => Promise<T>
  /** Ends the connections; statements that run are waited for. Idempotent. */
  readonly close: () => Promise<void>
}

/**
 * - `unavailable`: the server cannot be reached, is starting, stopping or full, or the connection was lost. The same call may succeed later.
 * - `refused`: the server answered and refused: wrong password, no permission, a violated constraint, a timeout, a deadlock.
 */
export type SqlErrorKind = 'unavailable' | 'refused'

export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly kind: SqlErrorKind
  /** SQLSTATE, five characters (PostgreSQL's appendix A); undefined when the server did not say one. */
  readonly state: string | undefined

  constructor(kind: SqlErrorKind, message: string, state?: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
    this.state = state
  }
}

/** SQLSTATE, query_canceled: a statement took longer than its timeout, or than the client waits (then of kind 'unavailable'). */
export const TIMEOUT_STATE = '57014'

/** SQLSTATE, configuration_limit_exceeded, of an error of kind 'refused': the answer is larger than the 1 MiB that the Data API sends. */
export const ANSWER_TOO_LARGE_STATE = '53400'

/** Whether `error` says that the database cannot be used now, but may be later. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof SqlError && error.kind === 'unavailable'

/**
 * SQLSTATEs after which the same call may succeed later: connection failures (class 08), a server that is full (53), or is being
 * stopped or started (57P01, 57P02, 57P03).
 */
const UNAVAILABLE_STATE = /^(08...|53...|57P0[123])$/

/** The kind of an error with this SQLSTATE; without one the server was not reached. */
export const kindOfState = (state: string | undefined): SqlErrorKind =>
  state === undefined || UNAVAILABLE_STATE.test(state) ? 'unavailable' : 'refused'

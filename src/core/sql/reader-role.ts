/**
 * The role with which BI tools read reports: it owns nothing, is granted the views of the schema `report` and nothing else, and can neither
 * write nor hold what others need. What a role may change about itself (its timeouts) is not relied on: the shop ends what runs too long.
 */
import { backoff, type RetryPolicy, retry } from '../retry.ts'
import { type Sql, SqlError, type SqlQueries } from './sql.ts'

export const READER_ROLE = 'cloudshelf_reader'

/** The schema whose views are made for reading. */
export const REPORT_SCHEMA = 'report'

/** All schemas that the shop creates: how far the copy is, the copy, what is read of it, and search. */
export const SHOP_SCHEMAS = ['sync', 'shop', REPORT_SCHEMA, 'search'] as const

const MAX_CONNECTIONS = 5
/** After how long a statement of the role ends by itself, in seconds, and after how long the shop ends it. */
export const READER_TIMEOUT_SECONDS = 30
const GRACE_SECONDS = 5

/**
 * Functions of the catalogue that everybody may call: large objects, which store data, locks, which the shop uses itself, and those
 * that write to the write-ahead log also in a transaction that only reads. `NOTIFY` as a command cannot be revoked.
 */
const REVOKED_FUNCTIONS =
  '^(lo_.*|loread|lowrite|pg_(try_)?advisory_.*|pg_logical_emit_message|pg_notify|pg_current_xact_id|txid_current)$'

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const createRole = (password: string): string => `
  do $$ begin
    if not exists (select from pg_roles where rolname = '${READER_ROLE}') then
      create role ${READER_ROLE} login noinherit connection limit ${MAX_CONNECTIONS} password ${literal(password)};
    end if;
  end $$`

const SETTINGS = [
  'default_transaction_read_only = on',
  `statement_timeout = '${READER_TIMEOUT_SECONDS}s'`,
  `idle_in_transaction_session_timeout = '${READER_TIMEOUT_SECONDS}s'`,
  `search_path = ${REPORT_SCHEMA}`,
].map(setting => `alter role ${READER_ROLE} set ${setting}`)

/** What the owner of the database may do. */
const GRANTS = [
  `create schema if not exists ${REPORT_SCHEMA}`,
  `do $$ begin
     execute format('revoke all on database %I from public', current_database());
     execute format('revoke all on database %I from ${READER_ROLE}', current_database());
     execute format('grant connect on database %I to ${READER_ROLE}', current_database());
   end $$`,
  'revoke all on schema public from public',
  `grant usage on schema ${REPORT_SCHEMA} to ${READER_ROLE}`,
  `grant select on all tables in schema ${REPORT_SCHEMA} to ${READER_ROLE}`,
  `alter default privileges in schema ${REPORT_SCHEMA} grant select on tables to ${READER_ROLE}`,
]

/** What a superuser alone may do; the shop's own role keeps what it needs. */
const RESTRICTIONS = [
  `do $$ declare f regprocedure; begin
     for f in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ '${REVOKED_FUNCTIONS}' loop
       execute format('grant execute on function %s to %I', f, current_user);
       execute format('revoke execute on function %s from public', f);
     end loop;
   end $$`,
  `alter role ${READER_ROLE} set temp_file_limit = '512MB'`,
]

/** Refused for lack of a privilege. */
const FORBIDDEN = '42501'

/** Two processes that change the same role or function at once: one fails, with these words or for a role that exists since. */
const isConcurrentChange = (error: unknown): boolean =>
  error instanceof SqlError && (error.message.startsWith('tuple concurrently') || error.state === '23505')
const POLICY: RetryPolicy = { maxTries: 10, pause: backoff(10, 500) }

const runTogether = async (sql: Sql, statements: readonly string[]): Promise<void> => {
  let failure: unknown
  const done = await retry(POLICY, async () => {
    try {
      await sql.transaction(async transaction => {
        for (const statement of statements) await transaction.query(statement)
      })
      return true
    } catch (error) {
      if (!isConcurrentChange(error)) throw error
      failure = error
      return undefined
    }
  })
  if (done === undefined) throw failure
}

/** The URL with which the role connects to the database of `url`. */
export const readerUrl = (url: string, password: string): string => {
  const address = new URL(url)
  address.username = READER_ROLE
  address.password = encodeURIComponent(password)
  return address.href
}

export type ReaderRole = {
  /**
   * Whether its limits and the restriction of large objects, advisory locks and temporary files are in place, which takes a superuser. What it
   * may read is limited in any case.
   */
  readonly isFullyRestricted: boolean
}

/** Runs the statements in one transaction; false where the shop's own role may not do that. */
const runIfAllowed = async (sql: Sql, statements: readonly string[]): Promise<boolean> => {
  try {
    await runTogether(sql, statements)
    return true
  } catch (error) {
    if (error instanceof SqlError && error.state === FORBIDDEN) return false
    throw error
  }
}

/**
 * Creates the role, with this password, if there is none, and grants it what is in the schema `report` now and later. Call it at each
 * start; processes may do so together. `resetPassword` gives an existing role this password: only for a server that is the shop's alone.
 * Returns undefined where there is no role and the shop's own may not create it. Throws SqlError.
 */
export const prepareReaderRole = async (
  sql: Sql,
  { password, resetPassword = false }: { readonly password: string; readonly resetPassword?: boolean },
): Promise<ReaderRole | undefined> => {
  const reset = resetPassword ? [`alter role ${READER_ROLE} password ${literal(password)}`] : []
  const isOurs = await runIfAllowed(sql, [createRole(password), ...SETTINGS, ...reset])
  const [found] = await sql.query('select 1 from pg_roles where rolname = $1', [READER_ROLE])
  if (!found) return undefined
  await runTogether(sql, GRANTS)
  const isRestricted = await runIfAllowed(sql, RESTRICTIONS)
  return { isFullyRestricted: isOurs && isRestricted }
}

/** On Aurora: lets the role sign in with IAM, after which its password is not accepted. Nothing happens on another server. */
export const allowIamSignIn = async (sql: Sql): Promise<void> => {
  await sql.query(`do $$ begin
    if exists (select from pg_roles where rolname = 'rds_iam') then grant rds_iam to ${READER_ROLE}; end if;
  end $$`)
}

/**
 * Watchdog: ends connections of the role whose statement or transaction is older than it may be, and returns how many. The role can set its own
 * timeout to none, so it is ended from outside.
 */
export const endLongReads = async (
  sql: SqlQueries,
  seconds: number = READER_TIMEOUT_SECONDS + GRACE_SECONDS,
): Promise<number> => {
  const ended = await sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where usename = '${READER_ROLE}' and state <> 'idle'
        and least(query_start, xact_start) < clock_timestamp() - make_interval(secs => $1::float8)`,
    [seconds],
  )
  return ended.length
}

/**
 * Migrations of an SQL database: numbered, applied once each, in order, one process at a time. They are values, not files, because the
 * bundle of a function has no files.
 */
import { type Sql, SqlError, type SqlQueries } from './sql.ts'

export type Migration = {
  /** From 1, without gaps; never changed once released. */
  readonly number: number
  readonly name: string
  /** One statement each, because the Data API takes no more at once. */
  readonly statements: readonly string[]
}

/** Key of the advisory lock, which all processes take before they read or change what is applied. */
const LOCK = 7_203_318

const assertNumbered = (migrations: readonly Migration[]): void => {
  const wrong = migrations.find(({ number }, index) => number !== index + 1)
  if (wrong)
    throw new Error(`migrations must be numbered 1, 2, 3 …, but ${wrong.name} has number ${wrong.number}`)
}

const readApplied = async (transaction: SqlQueries): Promise<number> => {
  await transaction.query(`select pg_advisory_xact_lock(${LOCK})::text`)
  await transaction.query('create schema if not exists sync')
  await transaction.query(
    'create table if not exists sync.migrations (number int primary key, name text not null, applied_at timestamptz not null default now())',
  )
  const [last] = await transaction.query<{ number: number }>(
    'select coalesce(max(number), 0) as number from sync.migrations',
  )
  return last?.number ?? 0
}

/**
 * Applies what is missing, each migration in a transaction of its own, and returns those that were applied. Processes that begin together apply each
 * once. Throws SqlError: of a statement, or when the database was migrated by a newer release.
 */
export const migrate = async (sql: Sql, migrations: readonly Migration[]): Promise<readonly Migration[]> => {
  assertNumbered(migrations)
  const applied: Migration[] = []
  for (;;) {
    const apply = async (transaction: SqlQueries): Promise<Migration | undefined> => {
      const last = await readApplied(transaction)
      if (last > migrations.length)
        throw new SqlError(
          'refused',
          `the database is from a newer release (migration ${last}, this release knows ${migrations.length}): run that release, or rebuild the database`,
        )
      const migration = migrations[last]
      if (!migration) return undefined
      for (const statement of migration.statements) await transaction.query(statement)
      await transaction.query('insert into sync.migrations (number, name) values ($1::int, $2)', [
        migration.number,
        migration.name,
      ])
      return migration
    }
    // An index over many rows takes as long as it takes.
    const next = await sql.transaction(apply, { isUnlimited: true })
    if (!next) return applied
    applied.push(next)
  }
}

/** Whether migrations were ever applied to the database. */
export const isMigrated = async (sql: SqlQueries): Promise<boolean> => {
  const [row] = await sql.query<{ found: boolean }>(
    "select to_regclass('sync.migrations') is not null as found",
  )
  return row?.found ?? false
}

/** Number of the last migration that was applied; undefined when the database was never migrated. */
export const readMigration = async (sql: SqlQueries): Promise<number | undefined> => {
  if (!(await isMigrated(sql))) return undefined
  const [last] = await sql.query<{ number: number | null }>(
    'select max(number) as number from sync.migrations',
  )
  return last?.number ?? undefined
}

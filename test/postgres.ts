/** Test kit for PostgreSQL: a database of its own for each test file, copied from one that was migrated once. */
import { createHash, randomUUID } from 'node:crypto'
import { type Migration, migrate } from '#src/core/sql/migrate.ts'
import { createPgSql } from '#src/core/sql/pg.ts'
import type { Sql } from '#src/core/sql/sql.ts'
import { onCleanup } from './cleanup.ts'
import { startTestPostgres } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for the URL of the server. */
    readonly postgres: string
  }
}

/** Password of the reader role in tests: roles belong to the server, which all test files share. */
export const READER_PASSWORD = 'the password of the reader role in all tests'

export type TestDatabase = {
  /** `postgres://…`, as the owner of everything. */
  readonly url: string
  readonly sql: Sql
}

/** The server of the test run, or in a program without tests one of its own. */
const findServerUrl = async (): Promise<string> => {
  if (!process.env.VITEST) {
    const server = await startTestPostgres()
    onCleanup(server.stop)
    return server.url
  }
  const { inject } = await import('vitest')
  const response = await fetch(inject('postgres'))
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

let serverUrl: Promise<string> | undefined

export const databaseUrl = (server: string, database: string): string => {
  const url = new URL(server)
  url.pathname = database
  return url.href
}

const TEMPLATE_LOCK = 1

/** Name of a database in which `migrations` were applied; it is made by the test file that asks for it first. */
const templateWith = async (
  admin: Sql,
  server: string,
  migrations: readonly Migration[],
): Promise<string> => {
  if (migrations.length === 0) return 'template0'
  const hash = createHash('sha256').update(JSON.stringify(migrations)).digest('hex')
  const name = `template_${hash.slice(0, 16)}`
  await admin.query(`select pg_advisory_lock(${TEMPLATE_LOCK})`)
  try {
    const [found] = await admin.query('select 1 from pg_database where datname = $1', [name])
    if (found) return name
    const draft = `draft_${randomUUID().replaceAll('-', '')}`
    await admin.query(`create database ${draft} template template0`)
    const sql = createPgSql({ url: databaseUrl(server, draft) })
    await migrate(sql, migrations).finally(sql.close)
    await admin.query(`alter database ${draft} rename to ${name}`)
    return name
  } finally {
    await admin.query(`select pg_advisory_unlock(${TEMPLATE_LOCK})`)
  }
}

/**
 * A fresh database in which `migrations` are applied, dropped after the tests of the file. The first call in a run starts the server (about two
 * seconds), a later one takes about a tenth of a second.
 */
export const openTestDatabase = async ({
  migrations = [],
}: {
  readonly migrations?: readonly Migration[]
} = {}): Promise<TestDatabase> => {
  serverUrl ??= findServerUrl()
  const server = await serverUrl
  // One connection, because locks belong to it.
  const admin = createPgSql({ url: server, connections: 1, statementTimeoutMs: 0, applicationName: 'tests' })
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await admin.query(`create database ${name} template ${await templateWith(admin, server, migrations)}`)
  const url = databaseUrl(server, name)
  const sql = createPgSql({ url })
  onCleanup(async () => {
    await sql.close()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.close()
  })
  return { url, sql }
}

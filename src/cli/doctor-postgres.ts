/** Doctor's check of PostgreSQL beside DynamoDB: whether it can be used, has its schema, and the role for BI tools. */
import { existsSync } from 'node:fs'
import type { Settings } from '../composition/settings.ts'
import { readMigration } from '../core/sql/migrate.ts'
import { createPgSql } from '../core/sql/pg.ts'
import { READER_ROLE } from '../core/sql/reader-role.ts'
import { findPostgres } from '../local/postgres/binary.ts'
import { postgresFolder } from '../local/postgres/cluster.ts'
import { acquirePostgres } from '../local/postgres/shared.ts'
import { MIGRATIONS } from '../projection/migrations.ts'
import { readShadow } from '../projection/shadow.ts'
import type { Finding } from './doctor-checks.ts'
import { explainError } from './errors.ts'

const WHAT = 'postgresql'
const SHADOW_DAYS = 7

const inspect = async (url: string): Promise<Finding> => {
  const sql = createPgSql({ url, connections: 1, applicationName: 'cloudshelf-doctor' })
  try {
    const [row] = await sql.query<{ version: string; reader: boolean }>(
      "select current_setting('server_version') as version, exists (select from pg_roles where rolname = $1) as reader",
      [READER_ROLE],
    )
    const migration = (await readMigration(sql)) ?? 0
    const found = `${row?.version}, migration ${migration} of ${MIGRATIONS.length}`
    if (migration < MIGRATIONS.length)
      return { state: 'warn', what: WHAT, found, mend: 'start the shop, which applies the migrations' }
    const shadow = await readShadow(sql, SHADOW_DAYS)
    const compared = shadow
      ? `, searches compared in ${SHADOW_DAYS} days: ${shadow.agreed} agreed, ${shadow.differed} differed, ${shadow.failed} failed`
      : ''
    if (row?.reader) return { state: 'ok', what: WHAT, found: `${found}, role ${READER_ROLE}${compared}` }
    const mend = 'docs/phase-2.md says how to create it on a server of your own'
    return { state: 'warn', what: WHAT, found: `${found}, without the role ${READER_ROLE}`, mend }
  } finally {
    await sql.close()
  }
}

/** Call it while this process holds no lock on the data folder. */
export const checkPostgres = async ({
  postgres,
  dataDir,
}: Pick<Settings, 'postgres' | 'dataDir'>): Promise<Finding> => {
  if (!postgres) return { state: 'ok', what: WHAT, found: 'not used (DATABASE_URL)' }
  try {
    if (postgres.url === 'embedded') {
      findPostgres()
      if (!existsSync(postgresFolder(dataDir).data))
        return { state: 'ok', what: WHAT, found: 'not created yet: the shop does it when it starts' }
    }
    const { url, close } = await acquirePostgres(postgres, dataDir)
    return await inspect(url).finally(close)
  } catch (error) {
    const found = explainError(error)
    if (found === undefined) throw error
    return { state: 'fail', what: WHAT, found, mend: 'the shop goes on, but reports are not available' }
  }
}

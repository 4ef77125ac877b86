import { expect, test } from 'vitest'
import { runCommand } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'
import { openTestDatabase, READER_PASSWORD } from '../../test/postgres.ts'
import { NO_SHADOW } from '../catalog/search-switch.ts'
import { prepareReaderRole } from '../core/sql/reader-role.ts'
import { MIGRATIONS } from '../projection/migrations.ts'
import { recordShadow } from '../projection/shadow.ts'
import { checkPostgres } from './doctor-postgres.ts'

const { sql, url } = await openTestDatabase()
const dataDir = temporaryFolder()
const pg = (args: readonly string[], database = url) =>
  runCommand(dataDir, ['pg', ...args], { DATABASE_URL: database })

test('commands work on a server of your own, and say what is wrong with it', async () => {
  const fresh = await pg(['status', '--json'])
  expect(JSON.parse(fresh.stdout)).toMatchObject({ embedded: false, migration: null, version: '18.4' })
  await prepareReaderRole(sql, { password: READER_PASSWORD, resetPassword: true })
  const prepared = await pg(['status'])
  expect(prepared.stdout).toMatch(/^BI role +cloudshelf_reader, \d of 5 connections in use/m)
  const foreign = await pg(['query', 'select 1'])
  expect(foreign.stderr).toMatch(/PostgreSQL refuses the role for BI tools \(password .*start the shop once/)

  const wrong = await pg(['status'], url.replace(/:[^:@]+@/, ':wrong@'))
  expect(wrong).toMatchObject({ code: 1, stdout: '' })
  expect(wrong.stderr).toMatch(
    /^cloudshelf: PostgreSQL refuses the connection \(password authentication failed .*\): check user, password and database in DATABASE_URL\n$/,
  )
  const down = await pg(['query', 'select 1'], 'postgres://shop:secret@127.0.0.1:1/shop')
  expect(down.stderr).toMatch(
    /^cloudshelf: PostgreSQL cannot be reached \(connect ECONNREFUSED 127\.0\.0\.1:1\): check that it runs/,
  )
  expect((await pg(['status'], 'mysql://shop')).stderr).toMatch(
    /DATABASE_URL must be `embedded`, or a postgres:\/\/ URL, for example embedded/,
  )
})

test('drop removes the schemas of the shop and nothing else, and only where the shop has made them', async () => {
  await sql.query('create schema other')
  await sql.query('create schema search')
  expect((await pg(['drop', '--yes'])).stdout).toBe('there is nothing to remove\n')
  await sql.query('create schema sync')
  await sql.query('create table sync.migrations (number int)')
  expect((await pg(['drop'])).stderr).toMatch(
    /this removes the schemas report, search, sync of .*: repeat the command with --yes/,
  )
  expect((await pg(['drop', '--yes', '--json'])).stdout).toContain('the schemas report, search, sync of')
  const left = await sql.query<{ name: string }>(
    "select nspname as name from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema' order by 1",
  )
  expect(left.map(({ name }) => name)).toEqual(['other', 'public'])
})

test('doctor checks the database, its schema and the role for BI tools', async () => {
  const check = (database: string | undefined) =>
    checkPostgres({
      dataDir,
      postgres: database === undefined ? undefined : { url: database, readUrl: undefined, port: 0 },
    })
  expect(await check(undefined)).toMatchObject({ state: 'ok', found: 'not used (DATABASE_URL)' })
  expect(await check('embedded')).toMatchObject({
    state: 'ok',
    found: expect.stringMatching(/^not created yet/),
  })
  expect(await check(url)).toMatchObject({
    state: 'warn',
    mend: 'start the shop, which applies the migrations',
  })
  expect(await check('postgres://a:b@127.0.0.1:1/c')).toMatchObject({
    state: 'fail',
    found: expect.stringMatching(/^PostgreSQL cannot be reached/),
  })
  const migrated = await openTestDatabase({ migrations: MIGRATIONS })
  const shadow = { ...NO_SHADOW, asked: 3, agreed: 2, differed: 1, memoryMs: 3, postgresMs: 12, slowestMs: 7 }
  const count = MIGRATIONS.length
  expect(await check(migrated.url)).toMatchObject({
    state: 'ok',
    found: `18.4, migration ${count} of ${count}, role cloudshelf_reader`,
  })
  for (let i = 0; i < 2; i++) await recordShadow(migrated.sql, shadow)
  expect((await check(migrated.url)).found).toMatch(/in 7 days: 4 agreed, 2 differed, 0 failed$/)
  expect((await pg(['status'], migrated.url)).stdout).toMatch(
    /^shadow +6 asked in 7 days: 4 agreed, 2 differed, 0 failed \(0 not asked\); memory 1.0 ms, PostgreSQL 4.0 ms, slowest 7 ms$/m,
  )
})

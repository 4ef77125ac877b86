import { execFileSync, spawnSync } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { openTestDatabase, READER_PASSWORD as PASSWORD } from '../../../test/postgres.ts'
import { createPgSql } from './pg.ts'
import { endLongReads, prepareReaderRole, READER_ROLE, readerUrl } from './reader-role.ts'
import { SqlError } from './sql.ts'

const { sql, url } = await openTestDatabase({
  migrations: [
    {
      number: 1,
      name: 'report',
      statements: [
        'create schema shop',
        'create schema report',
        'create table shop.books (id int primary key, title text)',
        "insert into shop.books values (1, 'Emma')",
        'create view report.books as select id, title from shop.books',
      ],
    },
  ],
})
// Processes of a shop that start together.
const prepared = await Promise.all(
  [1, 2, 3].map(() => prepareReaderRole(sql, { password: PASSWORD, resetPassword: true })),
)

const biUrl = readerUrl(url, PASSWORD)

const openReader = (connections = 2) => {
  const reader = createPgSql({ url: biUrl, connections, applicationName: 'bi' })
  onTestFinished(reader.close)
  return reader
}

const stateOf = async (call: Promise<unknown>): Promise<string | undefined> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof SqlError ? error.state : undefined
}

test('the role reads what is in report, also views that were made later', async () => {
  expect(prepared).toEqual(Array(3).fill({ isFullyRestricted: true }))
  const reader = openReader()
  expect(await reader.query('select * from books')).toEqual([{ id: 1, title: 'Emma' }])
  await sql.query('create view report.titles as select title from shop.books')
  expect(await reader.query('select * from report.titles')).toEqual([{ title: 'Emma' }])
  const owned = `select count(*)::int as count from pg_class where relowner = '${READER_ROLE}'::regrole`
  expect(await sql.query(owned)).toEqual([{ count: 0 }])
})

test.each([
  ['reading the tables behind the views', 'select * from shop.books'],
  ['reading what the shop keeps for itself', 'select * from sync.migrations'],
  ['writing through a view', "insert into report.books values (2, 'Persuasion')"],
  ['deleting through a view', 'delete from report.books'],
  ['a table of its own', 'create table public.own (id int)'],
  ['a table of its own in report', 'create table report.own (id int)'],
  ['a temporary table', 'create temporary table own (id int)'],
  ['a schema', 'create schema own'],
  ['running a program', "copy (select 1) to program 'true'"],
  ['writing a file', "copy (select 1) to '/tmp/cloudshelf-copy'"],
  ['reading a file', "select pg_read_file('postgresql.conf')"],
  ['listing files', "select pg_ls_dir('.')"],
  ["taking the owner's role", 'set role cloudshelf'],
  ["taking the owner's session", 'set session authorization cloudshelf'],
  ['an advisory lock', 'select pg_advisory_lock(7203318)'],
  ['an advisory lock of a transaction', 'select pg_try_advisory_xact_lock(1)'],
  ['a large object', 'select lo_create(0)'],
  ['a large object with content', "select lo_from_bytea(0, 'x')"],
  ['a message in the write-ahead log', "select pg_logical_emit_message(false, 'x', 'y')"],
  ['a notification by function', "select pg_notify('x', 'y')"],
  ['a transaction id', 'select pg_current_xact_id()'],
  ['a transaction id by its old name', 'select txid_current()'],
  ['more temporary files', "set temp_file_limit = '100GB'"],
  ['a role', 'create role friend'],
  [
    'ending a connection of the shop',
    'select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user',
  ],
  ['reading passwords', 'select rolpassword from pg_authid'],
])('the role is refused %s, also when it has made its session writable', async (_, statement) => {
  const reader = openReader(1)
  await reader.query('set default_transaction_read_only = off')
  expect(await stateOf(reader.query(statement))).toBe('42501')
})

test('the role connects to no database but this one', async () => {
  const elsewhere = new URL(biUrl)
  elsewhere.pathname = 'postgres'
  const stranger = createPgSql({ url: elsewhere.href })
  onTestFinished(stranger.close)
  // Revoked by the embedded server (local/postgres/embedded.ts); a foreign server has databases of others.
  await sql.query('revoke connect on database postgres from public')
  expect(await stateOf(stranger.query('select 1'))).toBe('42501')
})

test('a statement without a timeout, and a transaction that holds on, are ended by the watchdog', async () => {
  const reader = openReader(2)
  const long = reader.transaction(async transaction => {
    await transaction.query('set local statement_timeout = 0')
    await transaction.query('select pg_sleep(600)')
  })
  const ended = stateOf(long)
  const active = `select 1 from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'`
  while ((await sql.query(active)).length === 0);
  let count = 0
  while (count === 0) count = await endLongReads(sql, 0.05)
  expect(await ended).toBe('57P01')
  expect(await endLongReads(sql)).toBe(0)
})

const hasPsql = spawnSync('psql', ['--version']).status === 0

test.skipIf(!hasPsql && process.env.CLOUDSHELF_REQUIRE_PSQL === undefined)(
  "psql (needs Debian's postgresql-client) reads reports as the role, and cannot write",
  () => {
    const psql = (...args: string[]) =>
      spawnSync('psql', [biUrl, '--no-psqlrc', ...args], { encoding: 'utf8' })
    expect(psql('--csv', '-c', 'select * from report.books').stdout).toBe('id,title\n1,Emma\n')
    expect(psql('-At', '-c', '\\dv report.*').stdout).toContain('report|books|view|')
    const refused = psql('-c', "insert into report.books values (3, 'Emma')")
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/read-only transaction|permission denied/)
    expect(execFileSync('psql', [biUrl, '-Atc', 'show statement_timeout'], { encoding: 'utf8' })).toBe(
      '30s\n',
    )
  },
)

test('a BI client finds its way: catalogue, columns, prepared statement, cursor', async () => {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: biUrl })
  await client.connect()
  onTestFinished(() => client.end())
  const tables = await client.query(
    "select table_schema, table_name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') order by 2",
  )
  expect(tables.rows.map(row => `${row.table_schema}.${row.table_name}`)).toEqual([
    'report.books',
    'report.titles',
  ])
  const columns = await client.query(
    "select column_name, data_type from information_schema.columns where table_name = 'books' order by ordinal_position",
  )
  expect(columns.rows).toEqual([
    { column_name: 'id', data_type: 'integer' },
    { column_name: 'title', data_type: 'text' },
  ])
  const prepared = { name: 'by-id', text: 'select title from report.books where id = $1' }
  expect((await client.query({ ...prepared, values: [1] })).rows).toEqual([{ title: 'Emma' }])
  await client.query('begin')
  await client.query('declare rows no scroll cursor for select * from report.books')
  expect((await client.query('fetch 1000 from rows')).rows).toHaveLength(1)
  await client.query('commit')
})

test('on a server of your own a user without rights over roles grants an existing one what it may read', async () => {
  const foreign = await openTestDatabase()
  const name = `shop_${Date.now()}`
  await foreign.sql.query(`create role ${name} login password '${PASSWORD}'`)
  await foreign.sql.query(`alter database ${new URL(foreign.url).pathname.slice(1)} owner to ${name}`)
  const address = new URL(foreign.url)
  address.username = name
  address.password = encodeURIComponent(PASSWORD)
  const own = createPgSql({ url: address.href })
  onTestFinished(async () => {
    await own.close()
    await foreign.sql.query(`reassign owned by ${name} to current_user`)
    await foreign.sql.query(`drop owned by ${name}`)
    await foreign.sql.query(`drop role ${name}`)
  })
  expect(await prepareReaderRole(own, { password: PASSWORD, resetPassword: true })).toEqual({
    isFullyRestricted: false,
  })
  await own.query('create table public.private as select 1 as id')
  await own.query('create view report.shown as select id from public.private')
  const reader = createPgSql({ url: readerUrl(foreign.url, PASSWORD), connections: 1 })
  onTestFinished(reader.close)
  expect(await reader.query('select * from shown')).toEqual([{ id: 1 }])
  expect(await stateOf(reader.query('select * from public.private'))).toBe('42501')
})

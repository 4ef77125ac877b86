import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { runCommand } from '../../../test/cli.ts'
import { temporaryFolder } from '../../../test/kit.ts'
import { waitUntil } from '../../../test/local.ts'
import { freePort, LOG_POSTGRES_CLIENT, startShopProcess } from '../../../test/shop-process.ts'
import { createPgSql } from '../../core/sql/pg.ts'
import { lockDataFolder } from '../data-folder.ts'
import { journalFolder, readersFolder } from '../journal/files.ts'
import { OWNER, postgresFolder, readOwnerPassword } from './cluster.ts'
import { postgresUrl } from './embedded.ts'
import { findRunningPostgres, readFailedStart } from './running.ts'
import { acquirePostgres } from './shared.ts'
import { createShopPostgres } from './shop.ts'

test('a shop with DATABASE_URL=embedded has a PostgreSQL once it serves, which commands share, and which ends with it', async () => {
  const dataDir = temporaryFolder()
  const folder = postgresFolder(dataDir)
  const port = await freePort()
  const env = { DATABASE_URL: 'embedded', POSTGRES_PORT: String(port) }
  const cli = (...args: string[]) => runCommand(dataDir, args, env)
  expect((await cli('pg', 'status')).stderr).toMatch(
    /there is no embedded PostgreSQL in .* yet: start the shop/,
  )

  const shop = await startShopProcess(dataDir, { ...env, NODE_OPTIONS: LOG_POSTGRES_CLIENT })
  await expect.poll(shop.output, { timeout: 20_000 }).toContain(`127.0.0.1:${port}/cloudshelf`)
  // Neither initdb nor the client come before the shop serves.
  expect(shop.output().indexOf('client loaded')).toBeGreaterThan(
    shop.output().indexOf('CloudShelf is running'),
  )
  expect(shop.output()).not.toContain(readOwnerPassword(folder))

  const owner = createPgSql({ url: postgresUrl(OWNER, readOwnerPassword(folder), port) })
  const reader = async () => JSON.parse((await cli('pg', 'status', '--json')).stdout).reader
  await expect
    .poll(reader, { timeout: 10_000 })
    .toMatchObject({ role: 'cloudshelf_reader', max_connections: 5 })
  expect(statSync(join(folder.path, 'reader-password')).mode & 0o777).toBe(0o600)
  await owner.query(
    'create view report.things as select 1 as id, \'a; "b"\' as name, 9007199254740993 as large, null as gap',
  )

  const status = await runCommand(dataDir, ['pg', 'status'], env)
  expect(status.stdout).toMatch(
    /^database +127\.0\.0\.1:\d+\/cloudshelf \(embedded\)\nserver +PostgreSQL 18\.4, since /,
  )
  const query = 'select * from things'
  expect((await cli('pg', 'query', query, '--csv')).stdout).toBe(
    'id,name,large,gap\n1,"a; ""b""",9007199254740993,\n',
  )
  expect(JSON.parse((await cli('pg', 'query', 'select id, name, gap from things', '--json')).stdout)).toEqual(
    [{ id: 1, name: 'a; "b"', gap: null }],
  )
  expect((await cli('pg', 'query', `${query} where false`)).stdout).toBe(
    'id  name  large  gap\n──  ────  ─────  ───\n',
  )
  const refused = await cli('pg', 'query', 'select 1; drop view things')
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('PostgreSQL: cannot insert multiple commands into a prepared statement')
  expect((await cli('pg', 'query', 'select * from pg_authid')).stderr).toContain(
    'reads the schema report alone',
  )
  const url = (await cli('pg', 'url')).stdout.trim()
  expect(url).toMatch(
    new RegExp(`^postgres://cloudshelf_reader:[A-Za-z0-9_-]{43}@127\\.0\\.0\\.1:${port}/cloudshelf$`),
  )
  expect((await cli('pg', 'drop', '--yes')).stderr).toContain(
    `the shop is running (pid ${shop.pid}): stop it first`,
  )

  // The shop fills it by itself, and follows.
  const filled = JSON.parse((await cli('pg', 'backfill', '--json')).stdout)
  expect(filled.items).toBeGreaterThan(20)
  const health = async () => (await (await fetch(`${shop.url}/api/health`)).json()).projection
  await expect
    .poll(health, { timeout: 10_000 })
    .toMatchObject({ state: 'following', lag_seconds: expect.any(Number) })
  // The shop compares by itself where changes may have been missed, as before its reader was known.
  await owner.query("delete from sync.runs where kind = 'verify'")
  expect((await cli('pg', 'use', 'search', 'postgres')).stderr).toMatch(
    /not verified within 24 hours: run .*verify/,
  )
  const verified = JSON.parse((await cli('pg', 'verify', '--json')).stdout)
  expect(verified).toMatchObject({
    missing: 0,
    differ: 0,
    extra: 0,
    parked: 0,
    tables: { books: { extra: 0 } },
  })
  const search = async () => {
    const { items } = await (
      await fetch(`${shop.url}/api/books?q=great%20gatsbi&limit=${++questions}`)
    ).json()
    return { ...(await (await fetch(`${shop.url}/api/health`)).json()).search, title: items[0]?.title }
  }
  let questions = 0
  expect(await search()).toMatchObject({ mode: 'memory', engine: 'memory', title: 'The Great Gatsby' })
  expect((await cli('pg', 'use', 'search', 'postgres')).stdout).toMatch(/^search: postgres, in every process/)
  await expect
    .poll(search, { timeout: 5_000 })
    .toMatchObject({ mode: 'postgres', engine: 'postgres', title: 'The Great Gatsby' })
  expect((await search()).fallbacks).toBe(0)
  expect((await cli('pg', 'rebuild', '--yes')).stderr).toMatch(/PostgreSQL answers searches: run .*pg back/)
  expect((await cli('pg', 'use', 'search', 'shadow', '--json')).stdout).toContain('"before": "postgres"')
  await expect
    .poll(search, { timeout: 5_000 })
    .toMatchObject({ mode: 'shadow', shadow: { agreed: 1, differed: 0 } })
  expect(JSON.parse((await cli('pg', 'back', '--json')).stdout)).toEqual({
    search: 'memory',
    before: 'shadow',
  })
  await expect.poll(search, { timeout: 5_000 }).toMatchObject({ mode: 'memory', engine: 'memory' })
  await owner.query('delete from shop.books where book_id = (select min(book_id) from shop.books)')
  const different = await cli('pg', 'verify')
  expect(different.code).toBe(1)
  expect(different.stdout).toMatch(/missing: cloudshelf-books .*\n.*NOT the same: run it with --mend/)
  expect((await cli('pg', 'use', 'search', 'postgres')).stderr).toMatch(
    /found differences: run .*verify --mend/,
  )
  expect((await cli('pg', 'verify', '--mend')).stdout).toMatch(/1 item applied again\n.*the same now/)
  const rehearsal = await runCommand(dataDir, ['pg', 'rehearse', '--kills', '1', '--json'], env)
  expect(rehearsal.code, rehearsal.stderr).toBe(0)
  expect(JSON.parse(rehearsal.stdout)).toMatchObject({
    kills: 1,
    missing: 0,
    differ: 0,
    extra: 0,
    items: filled.items,
  })
  expect(await owner.query("select datname from pg_database where datname like '%rehearsal%'")).toEqual([])
  expect(readdirSync(readersFolder(journalFolder(dataDir)))).toEqual(['projection'])
  expect((await cli('pg', 'rebuild')).stderr).toMatch(/repeat the command with --yes/)
  expect((await cli('pg', 'rebuild', '--yes')).stdout).toMatch(/^filled: \d+ items/)
  expect((await cli('pg', 'status', '--json')).stdout).toContain('"as_of"')

  process.kill(findRunningPostgres(folder)?.identity.pid ?? 0, 'SIGKILL')
  await expect.poll(shop.output, { timeout: 20_000 }).toContain('up again')
  expect((await cli('pg', 'query', 'select id from things', '--csv')).stdout).toBe('id\n1\n')
  await owner.close()
  expect(await shop.end()).toBe(0)
  expect(findRunningPostgres(folder)).toBeUndefined()

  // Without the shop a command has a server of its own, which is gone after it.
  expect((await cli('pg', 'verify')).stdout).toMatch(/the same \(/)
  expect((await cli('pg', 'query', 'select id from things', '--csv')).stdout).toBe('id\n1\n')
  expect(findRunningPostgres(folder)).toBeUndefined()
  expect((await cli('pg', 'drop')).stderr).toMatch(/this removes .*postgres: repeat the command with --yes/)
  expect((await cli('pg', 'drop', '--yes')).stdout).toBe(`removed ${folder.path}\n`)
  expect((await cli('pg', 'drop', '--yes')).stdout).toBe('there is nothing to remove\n')
}, 60_000)

test('a server of your own that hangs does not hold up the end of the shop', async () => {
  let isGivenUp = false
  const accepted: Socket[] = []
  const server = createServer(socket => {
    accepted.push(socket)
    socket.on('error', () => {})
    socket.resume().on('close', () => {
      isGivenUp = true
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const url = `postgres://shop:secret@127.0.0.1:${port}/shop`
  const log = { event: vi.fn(), failure: vi.fn() }
  const postgres = createShopPostgres(
    { dataDir: temporaryFolder(), postgres: { url, readUrl: undefined, port: 0 } },
    log,
  )
  postgres.start()
  await waitUntil(() => accepted.length > 0)
  await postgres.stop()
  expect(isGivenUp).toBe(false)
  for (const socket of accepted) socket.destroy()
  server.close()
})

test('a port that is taken at the start is tried again until it is free, and commands say so meanwhile', async () => {
  const dataDir = temporaryFolder()
  const folder = postgresFolder(dataDir)
  const lock = await lockDataFolder(dataDir)
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const { port } = other.address() as AddressInfo
  const log = { event: vi.fn(), failure: vi.fn() }
  const settings = { dataDir, postgres: { url: 'embedded', readUrl: undefined, port } }
  const postgres = createShopPostgres(settings, log, [100])
  postgres.start()
  await waitUntil(() => log.failure.mock.calls.length > 0)
  await expect(acquirePostgres(settings.postgres, dataDir)).rejects.toThrow(
    `the shop (pid ${process.pid}) runs without PostgreSQL, and tries again to start it: port ${port} is in use`,
  )
  other.close()
  await waitUntil(() => log.event.mock.calls.length > 0)
  expect(log.event).toHaveBeenCalledWith('postgres', `127.0.0.1:${port}/cloudshelf`)
  expect((await acquirePostgres(settings.postgres, dataDir)).url).toContain(`:${port}/`)
  expect(log.failure.mock.calls.map(([error]) => String(error))).toEqual([
    expect.stringContaining(`the shop runs without PostgreSQL, and tries again: port ${port} is in use`),
  ])
  await postgres.stop()
  // A shop that stops while it tries leaves no reason for the commands of a later one.
  await once(other.listen(port, '127.0.0.1'), 'listening')
  const again = createShopPostgres(settings, log, [60_000])
  again.start()
  await expect.poll(() => readFailedStart(folder)).toContain('in use')
  await again.stop()
  expect(readFailedStart(folder)).toBeUndefined()
  other.close()
  lock.release()
}, 20_000)

test('a server of your own that cannot be reached is reported once, without its password, and tried again', async () => {
  const event = vi.fn()
  const failure = vi.fn()
  const postgres = createShopPostgres(
    {
      dataDir: temporaryFolder(),
      postgres: { url: 'postgres://shop:secret@127.0.0.1:1/shop', readUrl: undefined, port: 0 },
    },
    { event, failure },
  )
  await expect(postgres.sql.reader.query('select 1')).rejects.toMatchObject({ kind: 'unavailable' })
  postgres.start()
  await waitUntil(() => event.mock.calls.length === 2)
  expect(event.mock.calls).toEqual([
    ['postgres', '127.0.0.1:1/shop'],
    ['postgres', expect.stringMatching(/^cannot be reached \(.*ECONNREFUSED.*\): trying again$/)],
  ])
  await postgres.stop()
  expect(failure).not.toHaveBeenCalled()
})

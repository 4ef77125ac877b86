import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { runProgram, tempFolder, waitUntil } from '../../../test/local.ts'
import { createPgSql } from '../../core/sql/pg.ts'
import { commandLine } from '../process-identity.ts'
import { StartError } from '../start-error.ts'
import { findPostgres } from './binary.ts'
import { postgresFolder, prepareCluster, readOwnerPassword } from './cluster.ts'
import { startPostgres } from './embedded.ts'
import { findRunningPostgres } from './running.ts'

/** One folder for the tests of this file, because creating one takes seconds. */
const dir = realpathSync(mkdtempSync(join(tmpdir(), 'cloudshelf-')))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const folder = postgresFolder(dir)

const HOLD = `
  import { startPostgres } from './postgres/embedded.ts'
  const postgres = await startPostgres({ dataDir: process.argv[1], port: 0 })
  console.log(postgres.url)
  console.log(postgres.pid)
  process.stdin.once('data', () => process.exit(0))`

/** Processes of PostgreSQL on the folder (Linux). */
const findServers = (dir: string): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => commandLine(pid).includes(`-D ${dir}/`))

test('a server is created, refuses whoever has no password, listens on loopback alone, and comes back with its data when it is killed', async () => {
  const onDown = vi.fn()
  const onUp = vi.fn()
  const postgres = await startPostgres({ dataDir: dir, port: 0, onDown, onUp })
  onTestFinished(postgres.stop)
  const sql = createPgSql({ url: postgres.url })
  onTestFinished(sql.close)
  expect(statSync(join(folder.path, 'password')).mode & 0o777).toBe(0o600)
  expect(statSync(folder.data).mode & 0o777).toBe(0o700)

  const rules = readFileSync(join(folder.data, 'pg_hba.conf'), 'utf8')
    .split('\n')
    .filter(line => /^\w/.test(line))
  expect(rules).toHaveLength(6)
  expect(rules.filter(line => !line.endsWith('scram-sha-256'))).toEqual([])
  const shown = await sql.query(
    `select current_setting('listen_addresses') as hosts, current_setting('unix_socket_directories') as sockets,
            current_setting('max_locks_per_transaction')::int as locks, current_setting('shared_buffers') as buffers, current_user as user`,
  )
  expect(shown).toEqual([
    { hosts: '127.0.0.1', sockets: '', locks: 256, buffers: '32MB', user: 'cloudshelf' },
  ])
  const [secret] = await sql.query<{ hash: string }>(
    'select rolpassword as hash from pg_authid where rolname = current_user',
  )
  expect(secret?.hash).toMatch(/^SCRAM-SHA-256\$/)
  const stranger = createPgSql({ url: postgres.url.replace(/:[^:@]+@/, ':guessed@') })
  onTestFinished(stranger.close)
  await expect(stranger.query('select 1')).rejects.toMatchObject({ kind: 'refused', state: '28P01' })

  await sql.query('create table kept as select 1 as id')
  {
    const { pid } = postgres
    process.kill(pid, 'SIGKILL')
    await waitUntil(() => !postgres.isUp)
    await waitUntil(() => postgres.isUp, 15_000)
    expect(postgres.pid).not.toBe(pid)
    expect(await sql.query('select id from kept')).toEqual([{ id: 1 }])
  }
  expect(onDown.mock.calls).toEqual([['killed by SIGKILL']])
  expect(onUp).toHaveBeenCalledOnce()

  await Promise.all([postgres.stop(), postgres.stop()])
  expect(findServers(dir)).toEqual([])
  expect(readOwnerPassword(folder)).toBe(new URL(postgres.url).password)
})

test('a server that a killed process left running is ended by the next start, which finds its data; none outlives a normal exit', async () => {
  const first = runProgram(HOLD, dir)
  const url = await first.line()
  const orphan = Number(await first.line())
  const sql = createPgSql({ url })
  await sql.query('update kept set id = 2')
  await sql.close()
  first.child.kill('SIGKILL')
  await first.exit
  const link = join(tempFolder(), 'link')
  symlinkSync(dir, link)
  for (const path of [dir, link]) expect(findRunningPostgres(postgresFolder(path))?.identity.pid).toBe(orphan)

  // What an interrupted start has left is replaced.
  const second = runProgram(HOLD, dir)
  const again = createPgSql({ url: await second.line() })
  expect(commandLine(orphan)).toBe('')
  expect(findRunningPostgres(folder)).toMatchObject({
    isReady: true,
    port: Number(new URL(url).port) === 0 ? 0 : expect.any(Number),
  })
  expect(await again.query('select id from kept')).toEqual([{ id: 2 }])
  await again.close()
  second.child.stdin?.write('exit\n')
  expect(await second.exit).toBe(0)
  await waitUntil(() => findServers(dir).length === 0)
  expect(findRunningPostgres(folder)).toBeUndefined()

  // The record of a server that is gone may name another process by now.
  writeFileSync(join(folder.data, 'postmaster.pid'), `${process.pid}\n`)
  expect(findRunningPostgres(folder)).toBeUndefined()
  rmSync(join(folder.data, 'postmaster.pid'))

  const stranger = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void stranger.close())
  await new Promise(done => stranger.once('listening', done))
  const address = stranger.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const taken = startPostgres({ dataDir: dir, port })
  await expect(taken).rejects.toThrow(StartError)
  await expect(taken).rejects.toThrow(
    `port ${port} is in use by another program: stop that program, or set POSTGRES_PORT`,
  )

  writeFileSync(join(folder.data, 'PG_VERSION'), '17\n')
  await expect(startPostgres({ dataDir: dir, port: 0 })).rejects.toThrow(
    /is from PostgreSQL 17, and version 18 is installed: `cloudshelf pg drop`/,
  )
  expect(findServers(dir)).toEqual([])
})

test('a first start that fails leaves nothing half made', async () => {
  const dir = tempFolder()
  const initdb = join(dir, 'initdb')
  writeFileSync(
    initdb,
    '#!/bin/sh\nmkdir "$2" && touch "$2/half" && echo "initdb: error: disk full" >&2; exit 1\n',
  )
  chmodSync(initdb, 0o755)
  const folder = postgresFolder(join(dir, 'shop'))
  const preparing = prepareCluster(folder, { ...findPostgres(), initdb })
  await expect(preparing).rejects.toThrow(/cannot create .* initdb: error: disk full/)
  expect(readdirSync(folder.path).filter(name => name.startsWith('data'))).toEqual([])
})

test('a start that is stopped leaves neither a process nor half a folder', async () => {
  const dir = tempFolder()
  const stopping = new AbortController()
  const start = startPostgres({ dataDir: dir, port: 0, signal: stopping.signal })
  await waitUntil(() => findServers(dir).length > 0 || readdirSync(dir).length > 0)
  stopping.abort()
  await expect(start).rejects.toThrow()
  expect(findServers(dir)).toEqual([])
})

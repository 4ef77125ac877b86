import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { runCli, runCommand } from '../../test/cli.ts'
import { callDynamo } from '../../test/engine-call.ts'
import { aBook, temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'
import { readSettings } from '../composition/settings.ts'
import { StartError } from '../local/start-error.ts'
import type { Finding } from './doctor-checks.ts'
import { checkDatabaseFile, checkDataFolder, checkDisk, checkEngine, checkNode } from './doctor-machine.ts'

const runDoctor = async (folder: string, args: string[] = [], env: Record<string, string> = {}) => {
  const { code, stdout } = await runCommand(folder, ['doctor', '--json', ...args], env)
  const list = JSON.parse(stdout) as Finding[]
  return { code, list, of: (what: string) => list.find(finding => finding.what === what) }
}

describe('Checks of this machine:', () => {
  test('Node must be 24 or newer', () => {
    expect(checkNode('24.21.0').state).toBe('ok')
    expect(checkNode('20.20.2')).toMatchObject({
      state: 'fail',
      mend: expect.stringContaining('npm install'),
    })
  })

  test('the embedded engine must be installed, unless DYNAMODB_ENDPOINT is set', () => {
    expect(checkEngine(readSettings({})).found).toMatch(/^dynoxide \d/)
    const missing = () => {
      throw new StartError('no engine')
    }
    expect(checkEngine(readSettings({}), missing)).toMatchObject({ state: 'fail', found: 'no engine' })
    expect(
      checkEngine(readSettings({ DYNAMODB_ENDPOINT: 'aws', AWS_REGION: 'eu-central-1' }), missing).state,
    ).toBe('ok')
  })

  test('the data folder must be writable, and its user is named', () => {
    const folder = temporaryFolder()
    const finding = () => checkDataFolder(readSettings({ CLOUDSHELF_DATA_DIR: folder }))
    expect(finding()).toMatchObject({ state: 'ok', found: `${folder} (not in use)` })
    rmSync(folder, { recursive: true })
    expect(finding().found).toContain('does not exist yet')
    expect(checkDataFolder(readSettings({ CLOUDSHELF_DATA_DIR: '/proc/1' })).state).not.toBe('ok')
  })

  test('a disk that is nearly full is a warning, and a full one fails', () => {
    const settings = readSettings({ CLOUDSHELF_DATA_DIR: temporaryFolder() })
    const state = (megabytes: number) => checkDisk(settings, megabytes * 1024 * 1024).state
    expect([5_000, 100, 1].map(state)).toEqual(['ok', 'warn', 'fail'])
    expect(checkDisk(settings).found).toMatch(/^\d+ MB free$/)
    expect(checkDisk(readSettings({ CLOUDSHELF_DATA_DIR: '/nowhere' })).state).toBe('ok')
  })

  test('every page of the database file is read, also while another process has it open', () => {
    const folder = temporaryFolder()
    const settings = readSettings({ CLOUDSHELF_DATA_DIR: folder })
    expect(checkDatabaseFile(settings)).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('not exist'),
    })
    const path = join(folder, 'dynamodb.sqlite')
    const open = new DatabaseSync(path)
    open.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (v TEXT)')
    for (let n = 0; n < 200; n++) open.prepare('INSERT INTO rows VALUES (?)').run('x'.repeat(500))
    expect(checkDatabaseFile(settings)).toMatchObject({ state: 'ok' })
    open.close()
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0xff, 8192, 12_288))
    expect(checkDatabaseFile(settings)).toMatchObject({
      state: 'fail',
      mend: expect.stringContaining('put a copy'),
    })
    writeFileSync(path, 'no database at all'.repeat(500))
    expect(checkDatabaseFile(settings)).toMatchObject({
      state: 'fail',
      found: expect.stringContaining('not a database'),
    })
  })
})

test('without tables doctor names the command to run; after a seed it finds no problem', async () => {
  const folder = temporaryFolder()
  const before = await runCli(folder, 'doctor')
  expect(before.code).toBe(1)
  expect(before.stdout).toContain(
    '✗ tables: cloudshelf-books status: no such table, expected: ACTIVE\n  → run `cloudshelf tables create`',
  )
  await runCli(folder, 'seed')
  const after = await runCli(folder, 'doctor')
  expect(after.stdout).not.toMatch(/^[✗!]/m)
  expect(after).toMatchObject({ code: 0, stderr: '' })
})

test('a database that does not respond is a finding, not an error', async () => {
  const env = { DYNAMODB_ENDPOINT: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' }
  const { code, of } = await runDoctor(temporaryFolder(), [], env)
  expect([code, of('database')?.state]).toEqual([1, 'fail'])
})

test('items that another program put into the tables are checked, and --reindex makes a running shop show them', async () => {
  const folder = temporaryFolder()
  const shop = await startShopProcess(folder)
  const env = { PORT: new URL(shop.url).port }
  const put = (item: object) =>
    callDynamo(shop.dynamodb, 'PutItem', { TableName: 'cloudshelf-books', Item: item })
  const { category, title, author, created_at } = aBook({ title: 'Put By Hand' })
  const words = Object.entries({ category, title, author, created_at }).map(([name, S]) => [name, { S }])
  const good = { ...Object.fromEntries(words), price: { N: '1.5' }, stock_quantity: { N: '1' } }
  await put({ ...good, book_id: { S: 'foreign' } })
  await put({ ...good, book_id: { S: 'bad' }, price: { S: 'cheap' } })

  const before = await runDoctor(folder, [], env)
  expect(before.code).toBe(1)
  expect(before.of('books')).toMatchObject({ state: 'fail', items: [{ book_id: 'bad' }] })
  expect(before.of('data folder')?.found).toContain(`in use by a shop (pid ${shop.pid})`)

  const repaired = await runDoctor(folder, ['--reindex'], env)
  expect(repaired.of('reindex')?.state).toBe('ok')
  expect(repaired.of('books without pointers')?.state).toBe('ok')
  const isListed = async () =>
    (await fetch(`${shop.url}/api/books?q=put+by+hand&limit=1`).then(answer => answer.json())).items.some(
      (book: { book_id: string }) => book.book_id === 'foreign',
    )
  for (let waited = 0; !(await isListed()) && waited < 10_000; waited += 100) await sleep(100)
  expect((await fetch(`${shop.url}/api/books/foreign`)).status).toBe(200)
  const running = await runDoctor(folder, [], env)
  expect(running.of('index')).toMatchObject({ state: 'ok' })
  expect(running.of('database calls')).toMatchObject({ state: 'ok' })
  expect(running.of('database file')).toMatchObject({ state: 'ok' })
  expect((await runDoctor(folder, [], { PORT: '9' })).of('index')).toMatchObject({
    state: 'warn',
    found: expect.stringContaining('does not respond'),
  })
  await shop.end()

  const stopped = await runDoctor(folder, ['--reindex'])
  expect(stopped.of('reindex')?.found).toContain('the next start rebuilds the index')
  expect(stopped.of('snapshot')?.found).toContain('none')
})

import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { runCli, startCommand } from '../../test/cli.ts'
import { aBook, temporaryFolder } from '../../test/kit.ts'
import { callDynamo } from '../../test/local.ts'
import { startShopProcess } from '../../test/shop-process.ts'
import { readSettings } from '../composition/settings.ts'
import { StartError } from '../local/start-error.ts'
import { engineFinding, type Finding, folderFinding, nodeFinding } from './findings.ts'

const findings = async (folder: string, args: string[] = [], env: Record<string, string> = {}) => {
  const { code, stdout } = await startCommand(folder, ['doctor', '--json', ...args], env).result
  const list = JSON.parse(stdout) as Finding[]
  return { code, list, of: (what: string) => list.find(finding => finding.what === what) }
}

describe('Each finding', () => {
  test('about Node wants 24', () => {
    expect(nodeFinding('24.21.0').state).toBe('ok')
    expect(nodeFinding('20.20.2')).toMatchObject({
      state: 'fail',
      mend: expect.stringContaining('npm install'),
    })
  })

  test('about the engine names what is missing', () => {
    expect(engineFinding(readSettings({})).found).toMatch(/^dynoxide \d/)
    const missing = () => {
      throw new StartError('no engine')
    }
    expect(engineFinding(readSettings({}), missing)).toMatchObject({ state: 'fail', found: 'no engine' })
    expect(engineFinding(readSettings({ DYNAMODB_ENDPOINT: 'aws' }), missing).state).toBe('ok')
  })

  test('about the data folder says who holds it, and whether it can be written', () => {
    const folder = temporaryFolder()
    const finding = () => folderFinding(readSettings({ CLOUDSHELF_DATA_DIR: folder }))
    expect(finding()).toMatchObject({ state: 'ok', found: `${folder}, held by nobody` })
    rmSync(folder, { recursive: true })
    expect(finding().found).toContain('not made yet')
    expect(folderFinding(readSettings({ CLOUDSHELF_DATA_DIR: '/proc/1' })).state).not.toBe('ok')
  })
})

test('A shop without tables is told what to run; one that was seeded is well', async () => {
  const folder = temporaryFolder()
  const before = await runCli(folder, 'doctor')
  expect(before.code).toBe(1)
  expect(before.stdout).toContain(
    '✗ tables: cloudshelf-books status: no such table, expected: ACTIVE\n  → run',
  )
  await runCli(folder, 'seed')
  const after = await runCli(folder, 'doctor')
  expect(after.stdout).not.toMatch(/^[✗!]/m)
  expect(after).toMatchObject({ code: 0, stderr: '' })
})

test('A store that does not answer is a finding, not an error', async () => {
  const env = { DYNAMODB_ENDPOINT: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' }
  const { code, of } = await findings(temporaryFolder(), [], env)
  expect([code, of('store')?.state]).toEqual([1, 'fail'])
})

test('Rows that others put into a running shop are named, and made to be found', async () => {
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

  const before = await findings(folder, [], env)
  expect(before.code).toBe(1)
  expect(before.of('rows')).toMatchObject({ state: 'fail', items: [{ book_id: 'bad' }] })
  expect(before.of('data folder')?.found).toContain(`held by a shop (pid ${shop.pid})`)

  const mended = await findings(folder, ['--reindex'], env)
  expect(mended.of('reindex')?.state).toBe('ok')
  expect(mended.of('books without pointers')?.state).toBe('ok')
  const inMemory = async () =>
    (await fetch(`${shop.url}/api/books?q=put+by+hand&limit=1`).then(answer => answer.json())).items.some(
      (book: { book_id: string }) => book.book_id === 'foreign',
    )
  for (let waited = 0; !(await inMemory()) && waited < 10_000; waited += 100) await sleep(100)
  expect((await fetch(`${shop.url}/api/books/foreign`)).status).toBe(200)
  expect((await findings(folder, [], env)).of('index')).toMatchObject({ state: 'ok' })
  expect((await findings(folder, [], { PORT: '9' })).of('index')).toMatchObject({
    state: 'warn',
    found: expect.stringContaining('does not answer'),
  })
  await shop.end()

  const alone = await findings(folder, ['--reindex'])
  expect(alone.of('reindex')?.found).toContain('the next start builds the index anew')
  expect(alone.of('snapshot')?.found).toContain('none')
})

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, runCommand, startCommand } from '../../test/cli.ts'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { createTestShop, getTestEngine, temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'
import { createTables } from '../tables/provision.ts'

test('tables are created once, verified point by point, and deleted', async () => {
  const folder = temporaryFolder()
  const before = await runCli(folder, 'tables', 'verify')
  expect(before.code).toBe(1)
  expect(before.stdout).toBe('✗ cloudshelf-books  status  found: no such table  expected: ACTIVE\n')

  expect(JSON.parse((await runCli(folder, 'tables', 'create', '--json')).stdout).made).toHaveLength(5)
  expect(JSON.parse((await runCli(folder, 'tables', 'create', '--json')).stdout).made).toEqual([])

  const after = await runCli(folder, 'tables', 'verify')
  expect(after.code).toBe(0)
  expect(after.stdout).toContain('✓ cloudshelf-books  keys  category HASH, book_id RANGE')
  expect(after.stdout).not.toContain('✗')
  const points = JSON.parse((await runCli(folder, 'tables', 'verify', '--json')).stdout)
  expect(points).toContainEqual({
    table: 'cloudshelf-carts',
    point: 'TTL',
    expected: 'expires_at',
    found: 'expires_at',
    ok: true,
  })

  expect((await runCli(folder, 'tables', 'delete', '--yes')).stdout).toContain('deleted cloudshelf-books')
  expect((await runCli(folder, 'tables', 'verify')).code).toBe(1)
  expect((await runCli(folder, 'tables', 'delete', '--yes')).stdout).toBe('there are no tables\n')
})

test('verify stops at the first difference, and prints what was found and what was expected', async () => {
  const { endpoint } = await getTestEngine()
  const { deps, names } = await createTestShop()
  await deps.db.admin('DeleteTable', { TableName: names.books })
  await deps.db.admin('CreateTable', {
    TableName: names.books,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'book_id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'book_id', AttributeType: 'S' }],
  })
  const env = {
    DYNAMODB_ENDPOINT: endpoint,
    BOOKS_TABLE_NAME: names.books,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
  }
  const { code, stdout } = await runCommand(temporaryFolder(), ['tables', 'verify'], env)
  expect(code).toBe(1)
  expect(stdout.trim().split('\n')).toEqual([
    `✓ ${names.books}  status  ACTIVE`,
    `✗ ${names.books}  keys  found: book_id HASH  expected: category HASH, book_id RANGE`,
  ])
})

test('put-back restores a table from its copy, and names a table or a copy that does not exist', async () => {
  const { endpoint } = await getTestEngine()
  const { deps, names } = await createTestShop()
  const { db } = deps
  const env = {
    DYNAMODB_ENDPOINT: endpoint,
    CARTS_TABLE_NAME: names.carts,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
  }
  const putBack = (...args: string[]) =>
    runCommand(temporaryFolder(), ['tables', 'put-back', ...args, '--yes'], env)
  expect(await putBack('shelves')).toMatchObject({
    code: 1,
    stderr: 'cloudshelf: unknown table shelves: it must be one of books, carts, users, orders, control\n',
  })
  expect(await putBack('carts')).toMatchObject({
    code: 1,
    stderr: `cloudshelf: there is no table ${names.carts}-back: restore the backup into it first, or set --suffix\n`,
  })
  await createTables(db, { ...names, carts: `${names.carts}-copy` })
  const item = { user_id: 'guest-1', cart_id: 'cart-1' }
  await db.write({ action: 'Put', table: `${names.carts}-copy`, item })
  expect(await putBack('carts', '--suffix', '-copy')).toEqual({
    code: 0,
    stdout: `${names.carts}  1 item restored, 0 deleted, 0 unchanged\n`,
    stderr: '',
  })
  expect(await db.get(names.carts, item)).toEqual(item)
})

test('put-back that is killed goes on with what is missing when it is repeated', async () => {
  const engine = await startFaultyEngine()
  const { deps, names } = await createTestShop()
  const from = `${names.carts}-back`
  await createTables(deps.db, { ...names, carts: from })
  const COUNT = 2_000
  const items = Array.from({ length: COUNT }, (_, i) => ({ user_id: `guest-${i}`, cart_id: 'cart-1' }))
  await Promise.all(items.map(item => deps.db.write({ action: 'Put', table: from, item })))
  const env = {
    DYNAMODB_ENDPOINT: engine.endpoint,
    CARTS_TABLE_NAME: names.carts,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
  }
  const putBack = () =>
    startCommand(temporaryFolder(), ['tables', 'put-back', 'carts', '--yes', '--json'], env)
  const first = putBack()
  let puts = 0
  engine.plan(operation => {
    if (operation !== 'PutItem' || ++puts <= COUNT / 2) return undefined
    first.kill('SIGKILL')
    return 'refuse'
  })
  expect((await first.result).code).toBe('SIGKILL')

  engine.plan(() => undefined)
  const { code, stdout } = await putBack().result
  expect(code).toBe(0)
  const { written, deleted, same } = JSON.parse(stdout)
  expect([written + same, deleted, same > 0, written > 0]).toEqual([COUNT, 0, true, true])
  expect(engine.calls.PutItem).toBeLessThan(COUNT * 1.1)
  let found = 0
  for await (const page of deps.db.scan(names.carts)) found += page.length
  expect(found).toBe(COUNT)
})

test('tables of a running shop are not deleted; deleting them later deletes the snapshot too', async () => {
  const folder = temporaryFolder()
  const shop = await startShopProcess(folder)
  const refused = await runCli(folder, 'tables', 'delete', '--yes')
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`the shop is running (pid ${shop.pid})`),
  })
  await shop.end()
  const snapshot = join(folder, 'blobs', 'index', 'books.snapshot')
  expect(existsSync(snapshot)).toBe(true)

  expect((await runCli(folder, 'tables', 'delete', '--yes')).code).toBe(0)
  expect(existsSync(snapshot)).toBe(false)
  const again = await startShopProcess(folder)
  const ask = async (path: string) => (await fetch(again.url + path)).json()
  // A list waits for the index, health does not.
  const books = await ask('/api/books?limit=1')
  const health = await ask('/api/health')
  expect(books.total).toBe(health.index.books)
  expect(books.total).toBeGreaterThan(100)
  await again.end()
})

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, startCommand } from '../../test/cli.ts'
import { createTestShop, getTestEngine, temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'

test('Tables are made once, verified point by point and deleted with everything in them', async () => {
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
  expect((await runCli(folder, 'tables', 'delete', '--yes')).stdout).toBe('there were no tables\n')
})

test('Verifying stops at the first difference and says what was found and what was expected', async () => {
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
  const { code, stdout } = await startCommand(temporaryFolder(), ['tables', 'verify'], env).result
  expect(code).toBe(1)
  expect(stdout.trim().split('\n')).toEqual([
    `✓ ${names.books}  status  ACTIVE`,
    `✗ ${names.books}  keys  found: book_id HASH  expected: category HASH, book_id RANGE`,
  ])
})

test('Tables are not deleted under a running shop, and afterwards no snapshot leads the next start astray', async () => {
  const folder = temporaryFolder()
  const shop = await startShopProcess(folder)
  const refused = await runCli(folder, 'tables', 'delete', '--yes')
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`the shop (pid ${shop.pid}) works on`),
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

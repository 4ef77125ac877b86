/** Tests of `npm start` as a user sees it: output, restart, and failures to start. */
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './kit.ts'
import { freePort, runFailingStart, startShopProcess } from './shop-process.ts'

const oneLine = (output: string) => output.trim().split('\n')

const taken = async (): Promise<{ port: number; close: () => void }> => {
  const port = await freePort()
  const server = createServer()
  await new Promise<void>(done => {
    server.listen(port, '127.0.0.1', done)
  })
  return { port, close: () => server.close() }
}

test('the first start creates tables and books, and a second one finds them unchanged', async () => {
  const dataDir = temporaryFolder()
  const first = await startShopProcess(dataDir)
  expect(first.output()).toMatch(
    /made cloudshelf-books, cloudshelf-carts, cloudshelf-users, cloudshelf-orders, cloudshelf-control/,
  )
  expect(first.output()).toMatch(/put 159 books/)
  const before = await fetch(`${first.url}/api/books?sort=title&limit=50`).then(answer => answer.json())
  expect(before.total).toBe(159)
  expect(await first.end('SIGTERM')).toBe(0)

  const second = await startShopProcess(dataDir)
  expect(second.output()).not.toMatch(/put \d+ books|made /)
  const after = await fetch(`${second.url}/api/books?sort=title&limit=50`).then(answer => answer.json())
  expect(after.items).toEqual(before.items)
  expect(await second.end('SIGINT')).toBe(0)
})

test('the secret is generated, readable only by its owner, and different in every shop', async () => {
  const [one, other] = [temporaryFolder(), temporaryFolder()]
  await (await startShopProcess(one)).end()
  await (await startShopProcess(other)).end()
  const { readFileSync } = await import('node:fs')
  for (const name of ['secret']) {
    expect(statSync(join(one, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(one, name), 'utf8')).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
    expect(readFileSync(join(one, name), 'utf8')).not.toBe(readFileSync(join(other, name), 'utf8'))
  }
})

test('a port in use is a one-line error that names the setting, and nothing is created', async () => {
  const busy = await taken()
  for (const setting of ['PORT', 'DYNAMODB_PORT']) {
    const dataDir = temporaryFolder()
    const { code, output } = await runFailingStart({
      CLOUDSHELF_DATA_DIR: dataDir,
      [setting]: String(busy.port),
    })
    expect(code).toBe(1)
    const error = oneLine(output).filter(line => line.startsWith('cloudshelf: '))
    expect(error).toHaveLength(1)
    expect(error[0]).toContain(String(busy.port))
    expect(error[0]).toContain(setting)
    expect(oneLine(output)).toEqual(error)
    // Neither a secret nor books, so that the next start is a first start.
    expect(readdirSync(dataDir)).not.toContain('secret')
    if (setting === 'PORT') expect(readdirSync(dataDir)).toEqual(['lock'])
  }
  busy.close()
})

test('a data folder that cannot be written is a one-line error', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  const { code, output } = await runFailingStart({ CLOUDSHELF_DATA_DIR: join(file, 'shop') })
  expect(code).toBe(1)
  expect(oneLine(output)).toHaveLength(1)
  expect(output).toContain('CLOUDSHELF_DATA_DIR')
})

test('a second shop on the same data folder is refused, and the first keeps running', async () => {
  const dataDir = temporaryFolder()
  const first = await startShopProcess(dataDir)
  const { code, output } = await runFailingStart({ CLOUDSHELF_DATA_DIR: dataDir })
  expect(code).toBe(1)
  expect(oneLine(output)).toHaveLength(1)
  expect(output).toContain(String(first.pid))
  expect((await fetch(`${first.url}/api/books`)).status).toBe(200)
})

test('invalid settings are all named in one line', async () => {
  const { code, output } = await runFailingStart({
    TAX_RATE: '8%',
    SHIPPING_FLAT: 'free',
    CART_TTL_DAYS: '0',
  })
  expect(code).toBe(1)
  expect(oneLine(output)).toHaveLength(1)
  for (const name of ['TAX_RATE', 'SHIPPING_FLAT', 'CART_TTL_DAYS']) expect(output).toContain(name)
})

test('a shop that would be reachable from other machines without https does not start', async () => {
  const { code, output } = await runFailingStart({ HOST: '0.0.0.0', CLOUDSHELF_DATA_DIR: temporaryFolder() })
  expect(code).toBe(1)
  expect(output).toContain('PUBLIC_URL')
})

test('with DYNAMODB_ENDPOINT no table is created automatically; the error names the command that does it', async () => {
  const engine = await startShopProcess(temporaryFolder())
  const { code, output } = await runFailingStart({
    CLOUDSHELF_DATA_DIR: temporaryFolder(),
    DYNAMODB_ENDPOINT: engine.dynamodb,
    BOOKS_TABLE_NAME: 'elsewhere-books',
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
  })
  expect(code).toBe(1)
  expect(oneLine(output)).toHaveLength(1)
  expect(output).toContain('npx cloudshelf tables create')
})

test('a database without credentials, or that cannot be reached, is a one-line error', async () => {
  const nobody = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/none',
    AWS_CONFIG_FILE: '/none',
  }
  const { output: locked } = await runFailingStart({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:9', ...nobody })
  expect(locked).toMatch(
    /^cloudshelf: the store at http:\/\/127\.0\.0\.1:9 cannot be used: there are no AWS credentials: [^\n]+\n?$/,
  )
  const keys = { AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' }
  const { output: gone } = await runFailingStart({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:9', ...keys })
  expect(gone).toMatch(
    /^cloudshelf: the store at http:\/\/127\.0\.0\.1:9 cannot be used: The shop cannot reach[^\n]+\n?$/,
  )
})

test('a shop on another endpoint serves its data with signed requests', async () => {
  const engine = await startShopProcess(temporaryFolder())
  const other = await startShopProcess(temporaryFolder(), {
    DYNAMODB_ENDPOINT: engine.dynamodb,
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
  })
  expect(other.output()).not.toMatch(/made |put \d+ books/)
  const { total } = await fetch(`${other.url}/api/books`).then(answer => answer.json())
  expect(total).toBe(159)
})

test('an engine crash is logged, requests get 503, and the engine is restarted', async () => {
  const shop = await startShopProcess(temporaryFolder())
  const [engine] = enginesOf(shop.pid)
  process.kill(Number(engine), 'SIGKILL')
  const answer = await fetch(`${shop.url}/api/cart/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ book_id: 'tech-001' }),
  })
  expect([200, 503]).toContain(answer.status)
  for (let i = 0; i < 200 && !shop.output().includes('"back"'); i++)
    await new Promise(done => setTimeout(done, 25))
  expect(shop.output()).toMatch(/"message":"down .*"topic":"engine"}\n(.*\n)*.*"message":"back"/)
  expect((await fetch(`${shop.url}/api/health`)).status).toBe(200)
})

test('after kill -9 of the shop the next start succeeds, and only one engine is running', async () => {
  const dataDir = temporaryFolder()
  const shop = await startShopProcess(dataDir)
  const [orphan] = enginesOf(shop.pid)
  expect(orphan).toBeDefined()
  await shop.end('SIGKILL')
  const next = await startShopProcess(dataDir)
  expect((await fetch(`${next.url}/api/books/tech-001`)).status).toBe(200)
  // Without a process that reaps orphans, a zombie is left.
  expect(spawnSync('ps', ['-o', 'stat=', '-p', String(orphan)], { encoding: 'utf8' }).stdout.trim()).toMatch(
    /^(Z.*)?$/,
  )
})

/** Process ids of the engines that a shop has started. */
const enginesOf = (shopPid: number): string[] =>
  spawnSync('pgrep', ['-P', String(shopPid), '-f', 'dynoxide'], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .filter(Boolean)

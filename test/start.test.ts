/** Tests of `npm start` from the outside: its output, its data after a restart, and its failures. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from './cli.ts'
import { temporaryFolder } from './kit.ts'
import { freePort, LOG_POSTGRES_CLIENT, runFailingStart, startShopProcess } from './shop-process.ts'

const linesOf = (output: string) => output.trim().split('\n')

const occupyPort = async (): Promise<{ port: number; close: () => void }> => {
  const port = await freePort()
  const server = createServer()
  await new Promise<void>(done => {
    server.listen(port, '127.0.0.1', done)
  })
  return { port, close: () => server.close() }
}

test('the first start creates the tables and the sample books; the second changes nothing', async () => {
  const dataDir = temporaryFolder()
  const first = await startShopProcess(dataDir)
  expect(first.output()).toMatch(
    /created cloudshelf-books, cloudshelf-carts, cloudshelf-users, cloudshelf-orders, cloudshelf-control/,
  )
  expect(first.output()).toMatch(/added 159 sample books/)
  await expect
    .poll(first.output)
    .toContain(`CloudShelf is running at http://localhost:${new URL(first.url).port}`)
  const before = await fetch(`${first.url}/api/books?sort=title&limit=50`).then(answer => answer.json())
  expect(before.total).toBe(159)
  expect(await fetch(`${first.url}/dev/pay`).then(answer => answer.text())).toContain('No payments yet.')
  expect(await first.end('SIGTERM')).toBe(0)

  const second = await startShopProcess(dataDir, { NODE_OPTIONS: LOG_POSTGRES_CLIENT })
  expect(second.output()).not.toMatch(/added \d+ sample books|created /)
  const after = await fetch(`${second.url}/api/books?sort=title&limit=50`).then(answer => answer.json())
  expect(after.items).toEqual(before.items)
  expect(await second.end('SIGINT')).toBe(0)
  // Without DATABASE_URL there is no PostgreSQL, and its client is not loaded.
  expect(second.output()).not.toMatch(/client loaded|postgres/i)
  expect(readdirSync(dataDir)).not.toContain('postgres')
})

test('the secret is generated, readable by its owner only, and differs from shop to shop', async () => {
  const [one, other] = [temporaryFolder(), temporaryFolder()]
  await (await startShopProcess(one)).end()
  await (await startShopProcess(other)).end()
  for (const name of ['secret']) {
    expect(statSync(join(one, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(one, name), 'utf8')).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
    expect(readFileSync(join(one, name), 'utf8')).not.toBe(readFileSync(join(other, name), 'utf8'))
  }
})

test('a damaged or emptied database is a one-line error with the file and the way out, and doctor finds the damage', async () => {
  const dataDir = temporaryFolder()
  await (await startShopProcess(dataDir)).end()
  const database = join(dataDir, 'dynamodb.sqlite')
  writeFileSync(`${database}.before-0.2.0`, 'a copy')
  const bytes = readFileSync(database)
  // The first pages have the schema: with the others damaged, the engine starts, and its calls fail.
  for (let page = 60; page * 4096 < bytes.length; page++) bytes.fill(0xff, page * 4096, page * 4096 + 200)
  writeFileSync(database, bytes)
  const damaged = await runFailingStart({ CLOUDSHELF_DATA_DIR: dataDir })
  expect(linesOf(damaged.output).at(-1)).toMatch(
    /^cloudshelf: .*dynamodb\.sqlite.*malformed.*put a copy .*there is dynamodb\.sqlite\.before-0\.2\.0/,
  )
  expect(damaged.output).not.toMatch(/^ +at /m)
  const doctor = await runCli(dataDir, 'doctor')
  expect(doctor.stdout).toMatch(/✗ database file: .*dynamodb\.sqlite (is damaged|cannot be read)/)

  writeFileSync(database, '')
  const emptied = await runFailingStart({ CLOUDSHELF_DATA_DIR: dataDir })
  expect(linesOf(emptied.output)).toEqual([
    expect.stringMatching(/^cloudshelf: .*dynamodb\.sqlite is empty, but .* has had a shop .*put a copy/),
  ])
  expect(statSync(database).size).toBe(0)
})

test('a port in use is a one-line error that names the setting, and nothing is created', async () => {
  const busy = await occupyPort()
  for (const setting of ['PORT', 'DYNAMODB_PORT']) {
    const dataDir = temporaryFolder()
    const { code, output } = await runFailingStart({
      CLOUDSHELF_DATA_DIR: dataDir,
      [setting]: String(busy.port),
    })
    expect(code).toBe(1)
    const error = linesOf(output).filter(line => line.startsWith('cloudshelf: '))
    expect(error).toHaveLength(1)
    expect(error[0]).toContain(String(busy.port))
    expect(error[0]).toContain(setting)
    expect(linesOf(output)).toEqual(error)
    // Neither a secret nor books: the next start is a first start.
    expect(readdirSync(dataDir)).not.toContain('secret')
    if (setting === 'PORT') expect(readdirSync(dataDir)).toEqual(['lock'])
  }
  busy.close()
})

test('a data folder that is not writable is a one-line error', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  const { code, output } = await runFailingStart({ CLOUDSHELF_DATA_DIR: join(file, 'shop') })
  expect(code).toBe(1)
  expect(linesOf(output)).toHaveLength(1)
  expect(output).toContain('CLOUDSHELF_DATA_DIR')
})

test('a second shop on the same data folder is refused, and the first keeps running', async () => {
  const dataDir = temporaryFolder()
  const first = await startShopProcess(dataDir)
  const { code, output } = await runFailingStart({ CLOUDSHELF_DATA_DIR: dataDir })
  expect(code).toBe(1)
  expect(linesOf(output)).toHaveLength(1)
  expect(output).toContain(String(first.pid))
  expect((await fetch(`${first.url}/api/books`)).status).toBe(200)
})

test('all invalid settings are named in one line', async () => {
  const { code, output } = await runFailingStart({
    TAX_RATE: '8%',
    SHIPPING_FLAT: 'free',
    CART_TTL_DAYS: '0',
  })
  expect(code).toBe(1)
  expect(linesOf(output)).toHaveLength(1)
  for (const name of ['TAX_RATE', 'SHIPPING_FLAT', 'CART_TTL_DAYS']) expect(output).toContain(name)
})

test('a shop keeps the currency that it began with: another one is refused, by commands too', async () => {
  const dataDir = temporaryFolder()
  const shop = await startShopProcess(dataDir, { CURRENCY: 'EUR' })
  expect(await shop.end()).toBe(0)
  const { code, output } = await runFailingStart({ CLOUDSHELF_DATA_DIR: dataDir, CURRENCY: 'JPY' })
  expect(code).toBe(1)
  expect(linesOf(output).at(-1)).toMatch(/^cloudshelf: CURRENCY is JPY, .* set CURRENCY=EUR/)
  const command = await runCli(dataDir, 'export')
  expect(command).toMatchObject({ code: 1, stdout: '' })
  expect(command.stderr).toContain('set CURRENCY=EUR')
})

test('a shop that other machines could reach without https does not start', async () => {
  const { code, output } = await runFailingStart({ HOST: '0.0.0.0', CLOUDSHELF_DATA_DIR: temporaryFolder() })
  expect(code).toBe(1)
  expect(output).toContain('PUBLIC_URL')
})

test('with DYNAMODB_ENDPOINT no table is created: the error names the command that creates the tables', async () => {
  const engine = await startShopProcess(temporaryFolder())
  const { code, output } = await runFailingStart({
    CLOUDSHELF_DATA_DIR: temporaryFolder(),
    DYNAMODB_ENDPOINT: engine.dynamodb,
    BOOKS_TABLE_NAME: 'elsewhere-books',
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
  })
  expect(code).toBe(1)
  expect(linesOf(output)).toHaveLength(1)
  expect(output).toContain('npx cloudshelf tables create')
})

test('a database without credentials, or that is not reachable, is a one-line error', async () => {
  const noCredentials = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/none',
    AWS_CONFIG_FILE: '/none',
  }
  const { output: unauthorized } = await runFailingStart({
    DYNAMODB_ENDPOINT: 'http://127.0.0.1:9',
    ...noCredentials,
  })
  expect(unauthorized).toMatch(
    /^cloudshelf: cannot use the database at http:\/\/127\.0\.0\.1:9: no AWS credentials found: [^\n]+\n?$/m,
  )
  const keys = { AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' }
  const { output: unreachable } = await runFailingStart({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:9', ...keys })
  expect(unreachable).toMatch(
    /^cloudshelf: cannot use the database at http:\/\/127\.0\.0\.1:9: the database does not respond[^\n]+ECONNREFUSED[^\n]+\n?$/m,
  )
})

test('a shop with DYNAMODB_ENDPOINT signs its requests and serves the books of that database', async () => {
  const engine = await startShopProcess(temporaryFolder())
  const other = await startShopProcess(temporaryFolder(), {
    DYNAMODB_ENDPOINT: engine.dynamodb,
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
  })
  expect(other.output()).not.toMatch(/created |added \d+ sample books/)
  const { total } = await fetch(`${other.url}/api/books`).then(answer => answer.json())
  expect(total).toBe(159)
})

test('an engine that dies is logged as down, requests get 503, and it is restarted', async () => {
  const shop = await startShopProcess(temporaryFolder())
  const [engine] = enginesOf(shop.pid)
  process.kill(Number(engine), 'SIGKILL')
  const answer = await fetch(`${shop.url}/api/cart/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ book_id: 'tech-001' }),
  })
  expect([200, 503]).toContain(answer.status)
  for (let i = 0; i < 200 && !shop.output().includes('"up again"'); i++)
    await new Promise(done => setTimeout(done, 25))
  expect(shop.output()).toMatch(/"message":"down .*"topic":"engine"}\n(.*\n)*.*"message":"up again"/)
  expect((await fetch(`${shop.url}/api/health`)).status).toBe(200)
})

test('an error that nothing handled is logged, and the same process starts the shop again', async () => {
  const reject = 'process.on("SIGUSR2",()=>{Promise.reject(new Error("nobody handles this"))})'
  const shop = await startShopProcess(temporaryFolder(), {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(reject)}`,
  })
  process.kill(shop.pid, 'SIGUSR2')
  await expect.poll(() => shop.output().split('CloudShelf is running at').length, { timeout: 20_000 }).toBe(3)
  expect(shop.output()).toMatch(/nobody handles this[\s\S]*restarting after an error/)
  // Lines that nobody can read any more are lost, and are no error of the shop.
  shop.closeOutput()
  process.kill(shop.pid, 'SIGUSR2')
  const isHealthy = () =>
    fetch(`${shop.url}/api/health`).then(
      answer => answer.ok,
      () => false,
    )
  await expect.poll(isHealthy, { interval: 500, timeout: 10_000 }).toBe(true)
  expect(await shop.end()).toBe(0)
})

test('after kill -9 of the shop, the next start works and ends the orphaned engine', async () => {
  const dataDir = temporaryFolder()
  const shop = await startShopProcess(dataDir)
  const [orphan] = enginesOf(shop.pid)
  expect(orphan).toBeDefined()
  await shop.end('SIGKILL')
  const next = await startShopProcess(dataDir)
  expect((await fetch(`${next.url}/api/books/tech-001`)).status).toBe(200)
  // Terminated; in a container without an init process it stays as a zombie.
  expect(spawnSync('ps', ['-o', 'stat=', '-p', String(orphan)], { encoding: 'utf8' }).stdout.trim()).toMatch(
    /^(Z.*)?$/,
  )
})

/** Pids of the engines that a shop has started. */
const enginesOf = (shopPid: number): string[] =>
  spawnSync('pgrep', ['-P', String(shopPid), '-f', 'dynoxide'], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .filter(Boolean)

test('a shop whose data folder is deleted under it says so and ends, with its engine, and leaves nothing there', async () => {
  const dataDir = join(temporaryFolder(), 'data')
  const shop = await startShopProcess(dataDir)
  const record = JSON.parse(readFileSync(join(dataDir, 'lock.json'), 'utf8'))
  rmSync(dataDir, { recursive: true })
  expect(await shop.ended()).toBe(1)
  expect(shop.output()).toContain(
    `the data folder ${realpathSync(dirname(dataDir))}/data was deleted or replaced: the shop ends`,
  )
  expect(() => process.kill(record.engine.pid, 0)).toThrow('ESRCH')
  expect(existsSync(dataDir) ? readdirSync(dataDir, { recursive: true }) : []).toEqual([])
})

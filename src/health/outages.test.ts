/** What the operator is told when writes fail: an engine that may not let its files grow stands for a full disk. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, createTestShop, temporaryFolder } from '../../test/kit.ts'
import { createDatabase } from '../composition/clients.ts'
import { lockDataFolder } from '../local/data-folder.ts'
import { startEngine } from '../local/engine.ts'
import { findEngineBinary } from '../local/engine-binary.ts'

/**
 * An engine whose files may have 4 MB, until `free` restarts it: `ulimit` counts blocks of 512 bytes, and writes beyond it fail as on a
 * bad disk.
 */
const startLimitedEngine = async () => {
  const dir = temporaryFolder()
  const binary = join(dir, 'dynoxide')
  const limit = join(dir, 'limit')
  writeFileSync(limit, '')
  writeFileSync(
    binary,
    `#!/bin/sh\ntrap '' XFSZ\n[ -e ${limit} ] && ulimit -f 8192\nexec ${findEngineBinary()} "$@"\n`,
  )
  chmodSync(binary, 0o755)
  const folder = await lockDataFolder(dir)
  onTestFinished(folder.release)
  const engine = await startEngine({ folder, binary })
  onTestFinished(engine.stop)
  const free = async () => {
    rmSync(limit)
    const { pid } = engine
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => engine.isUp && engine.pid !== pid, { timeout: 10_000 }).toBe(true)
  }
  return { endpoint: engine.endpoint, free }
}

test('writes that fail are in the log with the words of the engine, and in the health until one succeeds', async () => {
  const engine = await startLimitedEngine()
  const shop = await createTestShop({ books: [aBook()], endpoint: engine.endpoint })
  const health = async () => (await shop.visitor().get('/api/health')).body
  expect(await health()).toMatchObject({ status: 'ok', outages: [] })

  const logged: unknown[] = []
  const log = {
    event: (topic: string, text: string) => logged.push(`${topic} ${text}`),
    failure: logged.push.bind(logged),
  }
  const logging = createDatabase(shop.deps.settings, () => engine.endpoint, undefined, log)
  onTestFinished(logging.close)
  const item = { pk: 'fill', body: 'x'.repeat(300_000) }
  const fill = (db = logging) =>
    db.write({ action: 'Put', table: shop.names.control, item: { ...item, sk: crypto.randomUUID() } })
  for (let n = 0; n < 40 && logged.length === 0; n++) await fill().catch(() => {})
  for (let n = 0; n < 3; n++) await expect(fill()).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(logged.map(String)).toEqual([
    expect.stringMatching(/writes fail: the disk does not take .*disk I\/O error/),
  ])

  await expect(fill(shop.deps.db)).rejects.toMatchObject({ code: 'store_unavailable' })
  const seen = await health()
  expect(seen).toMatchObject({
    status: 'degraded',
    store: 'up',
    outages: [{ calls: 'writes', cause: 'disk_error' }],
  })
  expect(JSON.stringify(seen)).not.toMatch(/backend|sqlite|\.db|\//)
  // Reads go on.
  expect((await shop.visitor().get('/api/books/tech-001')).status).toBe(200)
  expect((await health()).status).toBe('degraded')

  await engine.free()
  await fill()
  await fill(shop.deps.db)
  expect(await health()).toMatchObject({ status: 'ok', outages: [] })
  expect(logged).toEqual([
    expect.anything(),
    expect.stringMatching(/^database writes succeed again, after \d+ s$/),
  ])
})

test('an order that a full disk refuses is a 503, and the health says why', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ books: [aBook()], endpoint: engine.endpoint })
  const full = {
    __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    message: 'commit failed (backend: database or disk is full)',
  }
  engine.plan(operation =>
    /^(Put|Update|TransactWrite)/.test(operation) ? { status: 500, body: full } : undefined,
  )
  const refused = await shop.visitor().post('/api/cart/items', { book_id: 'tech-001' })
  expect(refused).toMatchObject({ status: 503, body: { code: 'store_unavailable' } })
  expect(JSON.stringify(refused.body)).not.toContain('disk')
  const told = (await shop.visitor().get('/api/health')).body
  expect(told).toMatchObject({ status: 'degraded', outages: [{ calls: 'writes', cause: 'disk_full' }] })
  engine.plan(() => undefined)
  await shop.visitor().post('/api/cart/items', { book_id: 'tech-001' })
  expect((await shop.visitor().get('/api/health')).body).toMatchObject({ status: 'ok', outages: [] })
})

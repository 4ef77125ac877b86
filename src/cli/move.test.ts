/** The command `move` with a shop process: it follows its database to another server, and its commands say where it is. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'
import { lockDataFolder } from '../local/data-folder.ts'
import { startEngine } from '../local/engine.ts'
import { SHORTEST_PAUSE_MS } from '../move/copier.ts'

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' }

const addToCart = (url: string): Promise<Response> =>
  fetch(`${url}/api/cart/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ book_id: 'tech-001', quantity: 1 }),
  })

test('a running shop goes on at the server to which it was moved, and its old database is closed for good', async () => {
  const dataDir = temporaryFolder()
  const server = await startEngine({ folder: await lockDataFolder(temporaryFolder()) })
  onTestFinished(server.stop)
  const shop = await startShopProcess(dataDir, CREDENTIALS)
  const cli = (args: string[]) => runCommand(dataDir, args, CREDENTIALS)
  const to = ['--from', 'embedded', '--to', server.endpoint]

  const counted = await cli(['move', ...to, '--dry-run', '--json'])
  expect(JSON.parse(counted.stdout)).toMatchObject({
    source: { books: expect.any(Number), orders: 0 },
    pauseMs: SHORTEST_PAUSE_MS,
  })
  const moved = await cli(['move', ...to, '--json'])
  expect(moved).toMatchObject({ code: 0 })
  expect(JSON.parse(moved.stdout)).toMatchObject({
    step: 'done',
    differences: { missing: 0, differing: 0, extra: 0 },
  })
  await expect
    .poll(
      () =>
        addToCart(shop.url).then(
          one => one.status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(200)
  expect(shop.output()).toContain('Restarting with it')

  // A backup of that server, while the shop runs on it.
  const there = { ...CREDENTIALS, DYNAMODB_ENDPOINT: server.endpoint }
  const file = join(temporaryFolder(), 'shop.tar')
  const backup = await runCommand(dataDir, ['backup', file, '--json'], there)
  expect(JSON.parse(backup.stdout)).toMatchObject({ head: { method: 'capture' }, items: { carts: 1 } })
  expect(readdirSync(join(file, '..'))).toEqual(['shop.tar'])

  await shop.end()
  const here = await cli(['orders', 'list'])
  expect(here).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`DYNAMODB_ENDPOINT=${server.endpoint}`),
  })
  // The way back, with the cart that was filled there.
  const back = await cli(['move', '--back', '--json'])
  expect(JSON.parse(back.stdout)).toMatchObject({ to: 'embedded', step: 'done' })
  expect(await cli(['orders', 'list'])).toMatchObject({ code: 0 })

  // The place that it has left takes no writes, until it is opened on purpose.
  expect(await cli(['move', '--open', server.endpoint])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('repeat the command with --yes'),
  })
  for (const opened of [true, false]) {
    const answer = await cli(['move', '--open', server.endpoint, '--yes', '--json'])
    expect(JSON.parse(answer.stdout)).toEqual({ place: server.endpoint, opened })
  }
}, 120_000)

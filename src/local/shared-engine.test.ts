import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { callDynamo } from '../../test/engine-call.ts'
import { createTable, findEngines, runProgram, tempFolder, waitUntil } from '../../test/local.ts'
import { lockDataFolder } from './data-folder.ts'
import { startEngine } from './engine.ts'
import { acquireEngine } from './shared-engine.ts'
import { StartError } from './start-error.ts'

const COMMAND = `
  import { acquireEngine } from './shared-engine.ts'
  const engine = await acquireEngine(process.argv[1])
  if (process.argv[2] === 'graceful')
    process.on('SIGINT', () => engine.close().then(() => process.exit(7)))
  console.log(engine.endpoint)
  setInterval(() => {}, 1000)`

const startShopEngine = async (dir: string) => {
  const folder = await lockDataFolder(dir)
  onTestFinished(folder.release)
  const engine = await startEngine({ folder })
  onTestFinished(engine.stop)
  return { folder, engine }
}

test('A command on an unlocked folder gets an engine of its own, which close() stops, and the folder is unlocked again', async () => {
  const dir = tempFolder()
  const acquired = await acquireEngine(dir)
  await createTable(acquired.endpoint)
  expect(findEngines(dir)).toHaveLength(1)
  await Promise.all([acquired.close(), acquired.close()])
  expect(findEngines(dir)).toEqual([])
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    expect(process.listeners(signal as NodeJS.Signals).filter(({ name }) => name === 'exitOnSignal')).toEqual(
      [],
    )
  const { engine } = await startShopEngine(dir)
  expect(await callDynamo(engine.endpoint, 'ListTables', {})).toEqual({ TableNames: ['things'] })
})

test('A command next to a running shop uses the engine of the shop and leaves it running', async () => {
  const dir = tempFolder()
  const { engine } = await startShopEngine(dir)
  const acquired = await acquireEngine(dir)
  expect(acquired.endpoint).toBe(engine.endpoint)
  await acquired.close()
  expect(findEngines(dir)).toEqual([engine.pid])
})

test('A command started while the shop is starting waits for its engine', async () => {
  const dir = tempFolder()
  const folder = await lockDataFolder(dir)
  onTestFinished(folder.release)
  const acquiring = acquireEngine(dir)
  await new Promise(resolve => setTimeout(resolve, 100))
  const engine = await startEngine({ folder })
  onTestFinished(engine.stop)
  expect((await acquiring).endpoint).toBe(engine.endpoint)
})

test('A second command waits until the first is done, so that its engine is not stopped while in use', async () => {
  const dir = tempFolder()
  const first = await acquireEngine(dir)
  let done = false
  const waiting = acquireEngine(dir).then(second => {
    expect(done).toBe(true)
    return second
  })
  await new Promise(resolve => setTimeout(resolve, 150))
  done = true
  await first.close()
  const second = await waiting
  expect(await callDynamo(second.endpoint, 'ListTables', {})).toEqual({ TableNames: [] })
  await second.close()
})

test('A second command that waited too long fails with the pid of the command to wait for', async () => {
  const dir = tempFolder()
  const first = runProgram(COMMAND, dir)
  await first.line()
  const refused = acquireEngine(dir, { waitMs: 100 })
  await expect(refused).rejects.toThrow(StartError)
  await expect(refused).rejects.toThrow(
    `another command (pid ${first.child.pid}) is using the data folder ${dir}`,
  )
  await expect(lockDataFolder(dir, { waitMs: 0 })).rejects.toThrow(
    `a cloudshelf command (pid ${first.child.pid})`,
  )
  first.child.kill('SIGTERM')
  await first.exit
})

test('An error names the shop whose engine does not respond', async () => {
  const dir = tempFolder()
  const folder = await lockDataFolder(dir)
  onTestFinished(folder.release)
  folder.recordEngine({ pid: 4194000, started: 'x', endpoint: 'http://127.0.0.1:9' })
  await expect(acquireEngine(dir, { waitMs: 100 })).rejects.toThrow(
    `the shop (pid ${process.pid}) uses the data folder ${dir}, but its engine does not respond`,
  )
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('A command ended by %s stops its engine', async (signal, code) => {
  const dir = tempFolder()
  const command = runProgram(COMMAND, dir)
  await command.line()
  expect(findEngines(dir)).toHaveLength(1)
  command.child.kill(signal)
  expect(await command.exit).toBe(code)
  await waitUntil(() => findEngines(dir).length === 0)
})

test('A command with a signal handler of its own shuts down gracefully', async () => {
  const dir = tempFolder()
  const command = runProgram(COMMAND, dir, 'graceful')
  await command.line()
  command.child.kill('SIGINT')
  expect(await command.exit).toBe(7)
  expect(findEngines(dir)).toEqual([])
})

test('If the engine does not start, the folder is unlocked', async () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'dynamodb.sqlite'), 'not a database'.repeat(300))
  await expect(acquireEngine(dir)).rejects.toThrow(/not a valid SQLite database/)
  ;(await lockDataFolder(dir, { waitMs: 0 })).release()
})

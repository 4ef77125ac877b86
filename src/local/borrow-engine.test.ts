import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { callDynamo, createTable, findEngines, runProgram, tempFolder, waitUntil } from '../../test/local.ts'
import { borrowEngine } from './borrow-engine.ts'
import { openDataFolder } from './data-folder.ts'
import { startEngine } from './engine.ts'
import { StartError } from './start-error.ts'

const COMMAND = `
  import { borrowEngine } from './borrow-engine.ts'
  const engine = await borrowEngine(process.argv[1])
  if (process.argv[2] === 'in order')
    process.on('SIGINT', () => engine.close().then(() => process.exit(7)))
  console.log(engine.endpoint)
  setInterval(() => {}, 1000)`

const shopOn = async (dir: string) => {
  const folder = await openDataFolder(dir)
  onTestFinished(folder.release)
  const engine = await startEngine({ folder })
  onTestFinished(engine.stop)
  return { folder, engine }
}

test('A command on a free folder gets an engine of its own, which ends with close and leaves the folder free', async () => {
  const dir = tempFolder()
  const borrowed = await borrowEngine(dir)
  await createTable(borrowed.endpoint)
  expect(findEngines(dir)).toHaveLength(1)
  await Promise.all([borrowed.close(), borrowed.close()])
  expect(findEngines(dir)).toEqual([])
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    expect(process.listeners(signal as NodeJS.Signals).filter(({ name }) => name === 'endBySignal')).toEqual(
      [],
    )
  const { engine } = await shopOn(dir)
  expect(await callDynamo(engine.endpoint, 'ListTables', {})).toEqual({ TableNames: ['things'] })
})

test("A command beside a shop gets the shop's engine and leaves it running", async () => {
  const dir = tempFolder()
  const { engine } = await shopOn(dir)
  const borrowed = await borrowEngine(dir)
  expect(borrowed.endpoint).toBe(engine.endpoint)
  await borrowed.close()
  expect(findEngines(dir)).toEqual([engine.pid])
})

test('A command that comes while the shop is starting waits for its engine', async () => {
  const dir = tempFolder()
  const folder = await openDataFolder(dir)
  onTestFinished(folder.release)
  const borrowing = borrowEngine(dir)
  await new Promise(resolve => setTimeout(resolve, 100))
  const engine = await startEngine({ folder })
  onTestFinished(engine.stop)
  expect((await borrowing).endpoint).toBe(engine.endpoint)
})

test('A second command waits until the first is done, so that no engine is ended under its hands', async () => {
  const dir = tempFolder()
  const first = await borrowEngine(dir)
  let done = false
  const waiting = borrowEngine(dir).then(second => {
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

test('A second command that waited too long is told which command to wait for', async () => {
  const dir = tempFolder()
  const first = runProgram(COMMAND, dir)
  await first.line()
  const refused = borrowEngine(dir, { waitMs: 100 })
  await expect(refused).rejects.toThrow(StartError)
  await expect(refused).rejects.toThrow(
    `another command (pid ${first.child.pid}) works on the data folder ${dir}`,
  )
  await expect(openDataFolder(dir, { waitMs: 0 })).rejects.toThrow(
    `a cloudshelf command (pid ${first.child.pid})`,
  )
  first.child.kill('SIGTERM')
  await first.exit
})

test('A shop whose engine does not answer is named', async () => {
  const dir = tempFolder()
  const folder = await openDataFolder(dir)
  onTestFinished(folder.release)
  folder.recordEngine({ pid: 4194000, started: 'x', endpoint: 'http://127.0.0.1:9' })
  await expect(borrowEngine(dir, { waitMs: 100 })).rejects.toThrow(
    `the shop (pid ${process.pid}) holds the data folder ${dir} but its engine does not answer`,
  )
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('A command ended by %s takes its engine along', async (signal, code) => {
  const dir = tempFolder()
  const command = runProgram(COMMAND, dir)
  await command.line()
  expect(findEngines(dir)).toHaveLength(1)
  command.child.kill(signal)
  expect(await command.exit).toBe(code)
  await waitUntil(() => findEngines(dir).length === 0)
})

test('A command with a signal handler of its own ends in its own order', async () => {
  const dir = tempFolder()
  const command = runProgram(COMMAND, dir, 'in order')
  await command.line()
  command.child.kill('SIGINT')
  expect(await command.exit).toBe(7)
  expect(findEngines(dir)).toEqual([])
})

test('When no engine starts the folder is given up', async () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'dynamodb.sqlite'), 'this is no database'.repeat(300))
  await expect(borrowEngine(dir)).rejects.toThrow(/not a valid SQLite database/)
  ;(await openDataFolder(dir, { waitMs: 0 })).release()
})

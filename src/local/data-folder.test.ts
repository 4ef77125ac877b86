import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram, tempFolder } from '../../test/local.ts'
import { lockDataFolder, readLockOwner, tryLockDataFolder } from './data-folder.ts'
import { StartError } from './start-error.ts'

const LOCK_ON_INPUT = `
  import { tryLockDataFolder } from './data-folder.ts'
  console.log('ready')
  process.stdin.once('data', () => {
    console.log(tryLockDataFolder(process.argv[1], 'shop') ? 'won' : 'lost')
  })
  setInterval(() => {}, 1000)`

const LOCK = `
  import { lockDataFolder } from './data-folder.ts'
  const folder = await lockDataFolder(process.argv[1], { kind: process.argv[2] })
  folder.recordEngine({ pid: 4194000, started: 'long ago', endpoint: 'http://127.0.0.1:1' })
  console.log('locked')
  setInterval(() => {}, 1000)`

test('The folder is created accessible to its owner only, and can be locked again after its release', async () => {
  const dir = join(tempFolder(), 'deep', 'data')
  const folder = await lockDataFolder(dir)
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  expect(statSync(join(dir, 'lock.json')).mode & 0o777).toBe(0o600)
  expect(folder.path).toBe(dir)
  expect(folder.databasePath).toBe(join(dir, 'dynamodb.sqlite'))
  folder.release()
  folder.release()
  expect(existsSync(join(dir, 'lock.json'))).toBe(false)
  ;(await lockDataFolder(dir, { waitMs: 0 })).release()
})

test('Two paths to the same folder share one lock', () => {
  const dir = tempFolder()
  mkdirSync(join(dir, 'data'))
  symlinkSync(join(dir, 'data'), join(dir, 'link'))
  const folder = tryLockDataFolder(join(dir, 'link'), 'shop')
  expect(tryLockDataFolder(join(dir, 'data'), 'shop')).toBeUndefined()
  expect(folder?.path).toBe(join(dir, 'data'))
  folder?.release()
})

test.each([
  ['shop', 'another shop'],
  ['command', 'a cloudshelf command'],
])('A folder locked by a %s is refused with a one-line error that names the owner', async (kind, name) => {
  const dir = tempFolder()
  const owner = runProgram(LOCK, dir, kind)
  expect(await owner.line()).toBe('locked')
  const refused = lockDataFolder(dir, { waitMs: 50 })
  await expect(refused).rejects.toThrow(StartError)
  await expect(refused).rejects.toThrow(`${dir} is in use by ${name} (pid ${owner.child.pid})`)
  expect(readLockOwner(dir)).toMatchObject({ kind, pid: owner.child.pid, endpoint: 'http://127.0.0.1:1' })
})

test('A folder whose owner was killed is unlocked at once, and reports the orphaned engine without its endpoint', async () => {
  const dir = tempFolder()
  const owner = runProgram(LOCK, dir, 'shop')
  await owner.line()
  owner.child.kill('SIGKILL')
  await owner.exit
  expect(readLockOwner(dir)).toBeUndefined()
  expect(readdirSync(dir).toSorted()).toEqual(['lock', 'lock.json'])
  const folder = await lockDataFolder(dir, { waitMs: 0 })
  expect(folder.orphanedEngine).toEqual({ pid: 4194000, started: 'long ago' })
  // If this owner dies before it has stopped that engine, the next one must still find it.
  expect(JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8')).engine).toEqual(folder.orphanedEngine)
  folder.release()
})

test('An owner that is shutting down is waited for', async () => {
  const dir = tempFolder()
  const first = await lockDataFolder(dir)
  const second = lockDataFolder(dir, { waitMs: 5000 })
  setTimeout(first.release, 100)
  ;(await second).release()
})

test('Exactly one of ten simultaneous starts gets the lock, on a new folder and on one whose owner was killed', async () => {
  const dir = tempFolder()
  for (const round of ['new', 'dead owner']) {
    const programs = Array.from({ length: 10 }, () => runProgram(LOCK_ON_INPUT, dir))
    await Promise.all(programs.map(({ line }) => line()))
    for (const { child } of programs) child.stdin?.write('go\n')
    const results = await Promise.all(programs.map(({ line }) => line()))
    expect(results.toSorted(), round).toEqual([...Array(9).fill('lost'), 'won'])
    for (const { child } of programs) child.kill('SIGKILL')
    await Promise.all(programs.map(({ exit }) => exit))
  }
}, 30_000)

test('A malformed lock record is ignored', () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'lock.json'), '{"holder": 7}')
  expect(readLockOwner(dir)).toBeUndefined()
  const folder = tryLockDataFolder(dir, 'command')
  expect(folder?.orphanedEngine).toBeUndefined()
  folder?.release()
})

test('A folder that cannot be created or written is a one-line error that names the setting', async () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'file'), '')
  mkdirSync(join(dir, 'junk'))
  writeFileSync(join(dir, 'junk', 'lock'), 'x'.repeat(5000))
  for (const path of [
    join(dir, 'file', 'x'),
    join(dir, 'file'),
    '/proc/cloudshelf',
    '/proc/self/fd',
    join(dir, 'junk'),
  ]) {
    const refused = lockDataFolder(path)
    await expect(refused, path).rejects.toThrow(StartError)
    await expect(refused, path).rejects.toThrow(
      /^cannot write to the data folder .*: set CLOUDSHELF_DATA_DIR to [^\n]*$/,
    )
  }
})

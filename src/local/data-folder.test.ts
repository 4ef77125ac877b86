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
import { openDataFolder, readHolder, tryDataFolder } from './data-folder.ts'
import { StartError } from './start-error.ts'

const TAKE_ON_WORD = `
  import { tryDataFolder } from './data-folder.ts'
  console.log('ready')
  process.stdin.once('data', () => {
    console.log(tryDataFolder(process.argv[1], 'shop') ? 'won' : 'lost')
  })
  setInterval(() => {}, 1000)`

const TAKE = `
  import { openDataFolder } from './data-folder.ts'
  const folder = await openDataFolder(process.argv[1], { kind: process.argv[2] })
  folder.recordEngine({ pid: 4194000, started: 'long ago', endpoint: 'http://127.0.0.1:1' })
  console.log('taken')
  setInterval(() => {}, 1000)`

test('The folder is made for its owner alone, and given up it can be taken again', async () => {
  const dir = join(tempFolder(), 'deep', 'data')
  const folder = await openDataFolder(dir)
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  expect(statSync(join(dir, 'lock.json')).mode & 0o777).toBe(0o600)
  expect(folder.path).toBe(dir)
  expect(folder.databasePath).toBe(join(dir, 'dynamodb.sqlite'))
  folder.release()
  folder.release()
  expect(existsSync(join(dir, 'lock.json'))).toBe(false)
  ;(await openDataFolder(dir, { waitMs: 0 })).release()
})

test('Two names of one folder are one folder', () => {
  const dir = tempFolder()
  mkdirSync(join(dir, 'data'))
  symlinkSync(join(dir, 'data'), join(dir, 'link'))
  const folder = tryDataFolder(join(dir, 'link'), 'shop')
  expect(tryDataFolder(join(dir, 'data'), 'shop')).toBeUndefined()
  expect(folder?.path).toBe(join(dir, 'data'))
  folder?.release()
})

test.each([
  ['shop', 'another shop'],
  ['command', 'a cloudshelf command'],
])('A folder held by a %s is refused in one line that names it', async (kind, name) => {
  const dir = tempFolder()
  const holder = runProgram(TAKE, dir, kind)
  expect(await holder.line()).toBe('taken')
  const refused = openDataFolder(dir, { waitMs: 50 })
  await expect(refused).rejects.toThrow(StartError)
  await expect(refused).rejects.toThrow(`${dir} is in use by ${name} (pid ${holder.child.pid})`)
  expect(readHolder(dir)).toMatchObject({ kind, pid: holder.child.pid, endpoint: 'http://127.0.0.1:1' })
})

test('A folder whose holder was killed is free at once, and names the engine left in it without its endpoint', async () => {
  const dir = tempFolder()
  const holder = runProgram(TAKE, dir, 'shop')
  await holder.line()
  holder.child.kill('SIGKILL')
  await holder.exit
  expect(readHolder(dir)).toBeUndefined()
  expect(readdirSync(dir).toSorted()).toEqual(['lock', 'lock.json'])
  const folder = await openDataFolder(dir, { waitMs: 0 })
  expect(folder.leftEngine).toEqual({ pid: 4194000, started: 'long ago' })
  // Should this holder die before it has ended that engine, the next one must still know of it.
  expect(JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8')).engine).toEqual(folder.leftEngine)
  folder.release()
})

test('A holder that is just ending is waited for', async () => {
  const dir = tempFolder()
  const first = await openDataFolder(dir)
  const second = openDataFolder(dir, { waitMs: 5000 })
  setTimeout(first.release, 100)
  ;(await second).release()
})

test('Of ten starts in the same instant exactly one wins, on a new folder and on one with a dead holder', async () => {
  const dir = tempFolder()
  for (const round of ['new', 'dead holder']) {
    const programs = Array.from({ length: 10 }, () => runProgram(TAKE_ON_WORD, dir))
    await Promise.all(programs.map(({ line }) => line()))
    for (const { child } of programs) child.stdin?.write('go\n')
    const results = await Promise.all(programs.map(({ line }) => line()))
    expect(results.toSorted(), round).toEqual([...Array(9).fill('lost'), 'won'])
    for (const { child } of programs) child.kill('SIGKILL')
    await Promise.all(programs.map(({ exit }) => exit))
  }
}, 30_000)

test('A record that is no record is ignored', () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'lock.json'), '{"holder": 7}')
  expect(readHolder(dir)).toBeUndefined()
  const folder = tryDataFolder(dir, 'command')
  expect(folder?.leftEngine).toBeUndefined()
  folder?.release()
})

test('A folder that cannot be made or written is refused in one line that says what to set', async () => {
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
    const refused = openDataFolder(path)
    await expect(refused, path).rejects.toThrow(StartError)
    await expect(refused, path).rejects.toThrow(
      /^cannot write to the data folder .*: set CLOUDSHELF_DATA_DIR to [^\n]*$/,
    )
  }
})

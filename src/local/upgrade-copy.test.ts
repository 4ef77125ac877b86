import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { StartError } from './start-error.ts'
import { copyBeforeUpgrade, DATA_VERSION, recordVersion } from './upgrade-copy.ts'

const disk = vi.hoisted(() => ({ freeBlocks: undefined as number | undefined }))
vi.mock('node:fs', async original => {
  const fs = await original<typeof import('node:fs')>()
  return {
    ...fs,
    statfsSync: (path: string) => ({
      ...fs.statfsSync(path),
      ...(disk.freeBlocks === undefined ? {} : { bavail: disk.freeBlocks }),
    }),
  }
})

const createFolder = () => {
  const path = temporaryFolder()
  return { path, databasePath: join(path, 'dynamodb.sqlite') }
}

/** A database with one row, whose last change is still in its journal, as a killed engine leaves it. */
const writeDatabase = ({ databasePath }: { databasePath: string }, value: string): DatabaseSync => {
  const database = new DatabaseSync(databasePath)
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE IF NOT EXISTS rows (v TEXT)',
  )
  database.prepare('INSERT INTO rows VALUES (?)').run(value)
  return database
}

const rowsOf = (file: string): unknown[] => {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare('SELECT v FROM rows').all()
  database.close()
  return rows.map(row => row.v)
}

const copiesIn = ({ path }: { path: string }) =>
  readdirSync(path)
    .filter(name => name.includes('.before-'))
    .sort()

test('a database without a version is copied once, with what is only in its journal', async () => {
  const folder = createFolder()
  const killed = writeDatabase(folder, 'old')
  expect(statSync(`${folder.databasePath}-wal`).size).toBeGreaterThan(0)
  const copy = await copyBeforeUpgrade(folder)
  expect(copy).toBe(`${folder.databasePath}.before-${DATA_VERSION}`)
  expect(rowsOf(copy ?? '')).toEqual(['old'])
  expect(readFileSync(join(folder.path, 'data-version'), 'utf8')).toBe(`${DATA_VERSION}\n`)
  killed.close()
  writeDatabase(folder, 'new').close()
  expect(await copyBeforeUpgrade(folder)).toBeUndefined()
  expect(rowsOf(copy ?? '')).toEqual(['old'])
})

test('a new folder is not copied, and neither is one of a later release', async () => {
  const folder = createFolder()
  expect(await copyBeforeUpgrade(folder)).toBeUndefined()
  expect(readdirSync(folder.path)).toEqual([])
  writeDatabase(folder, 'x').close()
  recordVersion(folder)
  expect(await copyBeforeUpgrade(folder)).toBeUndefined()
  expect(await copyBeforeUpgrade(folder, '0.1.9')).toBeUndefined()
  expect(copiesIn(folder)).toEqual([])
})

test('each release that changes rows makes a copy, and the latest two are kept', async () => {
  const folder = createFolder()
  writeDatabase(folder, 'x').close()
  for (const version of ['0.9.0', '0.10.0', '1.0.0', '1.0.1']) await copyBeforeUpgrade(folder, version)
  expect(copiesIn(folder)).toEqual(['dynamodb.sqlite.before-1.0.0', 'dynamodb.sqlite.before-1.0.1'])
  expect(readFileSync(join(folder.path, 'data-version'), 'utf8')).toBe('1.0.1\n')
})

test('on a full disk the start is refused with what is needed, and nothing is changed', async () => {
  const folder = createFolder()
  writeDatabase(folder, 'x').close()
  const before = readFileSync(folder.databasePath)
  disk.freeBlocks = 1
  try {
    const refused = copyBeforeUpgrade(folder)
    await expect(refused).rejects.toThrow(StartError)
    await expect(refused).rejects.toThrow(
      /copies the database to .*\.before-.* but the disk has only 1 MB free/,
    )
  } finally {
    disk.freeBlocks = undefined
  }
  expect(readFileSync(folder.databasePath)).toEqual(before)
  expect(copiesIn(folder)).toEqual([])
  expect(await copyBeforeUpgrade(folder)).toContain('.before-')
})

test('a file that is no database is left to the engine, which refuses it', async () => {
  const folder = createFolder()
  writeFileSync(folder.databasePath, 'not a database, but more than nothing')
  expect(await copyBeforeUpgrade(folder)).toBeUndefined()
  expect(readdirSync(folder.path)).toEqual(['dynamodb.sqlite'])
})

test('a damaged database is not taken for a full disk: the error names the file and the way out', async () => {
  const folder = createFolder()
  writeDatabase(folder, 'x'.repeat(20_000)).close()
  const bytes = readFileSync(folder.databasePath)
  writeFileSync(folder.databasePath, bytes.subarray(0, 8192))
  const refused = copyBeforeUpgrade(folder)
  await expect(refused).rejects.toThrow(StartError)
  await expect(refused).rejects.toThrow(/dynamodb\.sqlite is damaged .*: .*doctor.*put a copy/)
  expect(copiesIn(folder)).toEqual([])
})

import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../../../test/cli.ts'
import { callDynamo } from '../../../test/engine-call.ts'
import { getTestEngine } from '../../../test/kit.ts'
import { runProgram, tempFolder } from '../../../test/local.ts'
import { createDatabase } from '../../composition/clients.ts'
import { readSettings } from '../../composition/settings.ts'
import { DEFAULT_TABLE_NAMES } from '../../tables/definitions.ts'
import { createTables } from '../../tables/provision.ts'
import { startForwarder } from '../forwarder.ts'
import {
  endJournalReader,
  endOwnJournalReader,
  isReaderRegistered,
  journalFolder,
  listSegments,
  readersFolder,
  trimJournal,
  writeRegistration,
} from './files.ts'
import { createJournal } from './journal.ts'
import { type Changes, openJournalReader } from './reader.ts'

const USERS = DEFAULT_TABLE_NAMES.users
const aKey = (id: string) => ({ table: USERS, key: { user_id: id } })
const ids = ({ keys }: Changes) => keys.map(({ key }) => key.user_id)
const read = { settleMs: 0 }
const journalOf = (dir: string, segmentBytes?: number) =>
  createJournal(dir, DEFAULT_TABLE_NAMES, segmentBytes === undefined ? {} : { segmentBytes })

test('without a reader nothing is written, and the last reader leaves capture off', async () => {
  const dir = tempFolder()
  const journal = journalOf(dir)
  expect(journal.isOn()).toBe(false)
  expect(readdirSync(dir)).toEqual([])
  const one = await openJournalReader(dir, 'one', read)
  const two = await openJournalReader(dir, 'two', read)
  expect(journal.isOn()).toBe(true)
  one.unregister()
  expect(journal.isOn()).toBe(true)
  two.unregister()
  expect(journal.isOn()).toBe(false)
})

test('a key is given when its write has ended, once for many writes, and again after a restart until committed', async () => {
  const dir = tempFolder()
  const reader = await openJournalReader(dir, 'one', read)
  expect(reader.isNew).toBe(true)
  const journal = journalOf(dir)
  const end = journal.begin({ keys: [aKey('slow')] })
  for (let i = 0; i < 3; i++) journal.begin({ keys: [aKey('a'), aKey('b')] })()
  const first = reader.read()
  expect(ids(first)).toEqual(['a', 'b'])
  expect(first.openSince).toBeGreaterThan(Date.now() - 5_000)
  expect(reader.openKeys()).toEqual([aKey('slow')])
  reader.commit(first.position)
  end()
  expect(ids(reader.read())).toEqual(['slow'])

  // The saved position was before the slow write, so another process gets all that may have been lost with this one.
  const restarted = await openJournalReader(dir, 'one', read)
  expect(restarted.isNew).toBe(false)
  const again = restarted.read()
  expect(ids(again).sort()).toEqual(['a', 'b', 'slow'])
  restarted.commit(again.position)
  expect(ids((await openJournalReader(dir, 'one', read)).read())).toEqual([])
  expect(ids((await openJournalReader(dir, 'one', { ...read, from: first.position })).read())).toContain(
    'slow',
  )
})

test('a write without an end is given after ten seconds, and once more after a minute', async () => {
  const dir = tempFolder()
  let clock = Date.now()
  const reader = await openJournalReader(dir, 'one', { ...read, now: () => clock })
  journalOf(dir).begin({ keys: [aKey('lost')], unknown: 'ExecuteStatement' })
  const given = [0, 9_000, 2_000, 1_000, 50_000, 1_000, 60_000].map(ms => {
    clock += ms
    const { keys, unknown, openSince } = reader.read()
    return [keys.length, unknown.length, openSince !== undefined]
  })
  expect(given).toEqual([
    [0, 0, true],
    [0, 0, true],
    [1, 1, false],
    [0, 0, false],
    [1, 1, false],
    [0, 0, false],
    [0, 0, false],
  ])
})

test('the write of a killed process is given a second later, and what was read is deleted', async () => {
  const dir = tempFolder()
  let late = 0
  const reader = await openJournalReader(dir, 'one', { ...read, now: () => Date.now() + late })
  const program = runProgram(
    `import { createJournal } from './journal/journal.ts'
     const journal = createJournal(process.argv[1], ${JSON.stringify(DEFAULT_TABLE_NAMES)})
     journal.begin({ keys: [${JSON.stringify(aKey('ended'))}] })()
     journal.begin({ keys: [${JSON.stringify(aKey('cut off'))}] })
     console.log('written')
     setInterval(() => {}, 1000)`,
    dir,
  )
  await program.line()
  expect(ids(reader.read())).toEqual(['ended'])
  program.child.kill('SIGKILL')
  await program.exit
  late = 1_000
  const left = reader.read()
  expect(ids(left)).toEqual(['cut off'])
  reader.commit(left.position)
  expect(listSegments(journalFolder(dir))).toHaveLength(1)
  const later = await openJournalReader(dir, 'one', { ...read, now: () => Date.now() + 61_000 })
  later.commit(later.read().position)
  expect(listSegments(journalFolder(dir))).toEqual([])
})

test('segments are deleted when every reader has read them, never the one being written', async () => {
  const dir = tempFolder()
  const fast = await openJournalReader(dir, 'fast', read)
  const slow = await openJournalReader(dir, 'slow', read)
  const journal = journalOf(dir, 200)
  const writeKeys = (from: number, to: number) => {
    for (let i = from; i < to; i++) journal.begin({ keys: [aKey(`u-${i}`)] })()
  }
  writeKeys(0, 20)
  const segments = () => listSegments(journalFolder(dir)).length
  const before = segments()
  expect(before).toBeGreaterThan(5)
  expect(ids(fast.read(5)).length).toBeLessThan(20)
  while (!fast.read(5).isAtEnd);
  fast.commit(fast.read().position)
  expect(segments()).toBe(before)
  const changes = slow.read()
  expect(ids(changes)).toHaveLength(20)
  slow.commit(changes.position)
  expect(segments()).toBe(1)
  writeKeys(20, 22)
  expect([ids(fast.read()), ids(slow.read())]).toEqual([
    ['u-20', 'u-21'],
    ['u-20', 'u-21'],
  ])
})

test('what was read ten minutes ago is deleted with the next write, because keys may be email addresses', async () => {
  const dir = tempFolder()
  let clock = Date.now()
  const reader = await openJournalReader(dir, 'one', read)
  const journal = createJournal(dir, DEFAULT_TABLE_NAMES, { now: () => clock })
  journal.begin({ keys: [aKey('email#a@example.com')] })()
  reader.commit(reader.read().position)
  clock += 600_000
  journal.begin({ keys: [aKey('b')] })()
  reader.commit(reader.read().position)
  expect(listSegments(journalFolder(dir)).map(({ number }) => number)).toEqual([2])
})

test('a reader that stays away too long does not fill the disk, and learns that changes are missing', async () => {
  const dir = tempFolder()
  const reader = await openJournalReader(dir, 'one', read)
  const journal = journalOf(dir, 200)
  journal.begin({ keys: [aKey('first')] })()
  reader.commit(reader.read().position)
  for (let i = 0; i < 30; i++) journal.begin({ keys: [aKey(`u-${i}`)] })()
  trimJournal(journalFolder(dir), 500)
  const bytes = listSegments(journalFolder(dir)).reduce((sum, { path }) => sum + statSync(path).size, 0)
  expect(bytes).toBeLessThan(900)
  const { unknown, keys } = (await openJournalReader(dir, 'one', read)).read()
  expect(unknown).toEqual(['the journal was trimmed before it was read'])
  expect(keys.length).toBeGreaterThan(0)
})

test('a reader that ends with its process is forgotten once that has ended', async () => {
  const dir = tempFolder()
  const own = await openJournalReader(dir, 'own', { ...read, endsWithProcess: true })
  own.commit({})
  expect(journalOf(dir).isOn()).toBe(true)
  own.unregister()
  writeRegistration(journalFolder(dir), 'gone', { position: {}, process: { pid: 1, started: 'long ago' } })
  trimJournal(journalFolder(dir))
  expect(existsSync(readersFolder(journalFolder(dir)))).toBe(false)
})

test('a registration whose process has ended is none, and that of the shop replaces the one of a command', async () => {
  const dir = tempFolder()
  const folder = journalFolder(dir)
  writeRegistration(folder, 'one', { position: {}, process: { pid: 1, started: 'long ago' } })
  const shop = await openJournalReader(dir, 'one', read)
  expect(shop.isNew).toBe(true)
  shop.commit(shop.read().position)
  expect(isReaderRegistered(dir, 'one')).toBe(true)
  const command = await openJournalReader(dir, 'one', { ...read, endsWithProcess: true })
  expect(command.isNew).toBe(false)
  command.commit({})
  endOwnJournalReader(dir, 'one')
  expect(isReaderRegistered(dir, 'one')).toBe(true)
  shop.unregister()

  const alone = await openJournalReader(dir, 'one', { ...read, endsWithProcess: true })
  expect([alone.isNew, isReaderRegistered(dir, 'one')]).toEqual([true, false])
  alone.commit({})
  const restarted = await openJournalReader(dir, 'one', read)
  expect([restarted.isNew, isReaderRegistered(dir, 'one')]).toEqual([false, true])
  alone.commit({})
  expect(isReaderRegistered(dir, 'one')).toBe(true)
  restarted.unregister()
  await openJournalReader(dir, 'one', { ...read, endsWithProcess: true })
  endOwnJournalReader(dir, 'one')
  expect(existsSync(readersFolder(folder))).toBe(false)
})

test('a reader that was killed before its first commit is new again, and waits for what is left of its time', async () => {
  const dir = tempFolder()
  let clock = Date.now()
  const settle = { settleMs: 60_000, now: () => clock }
  await openJournalReader(dir, 'one', { ...settle, settleMs: 0 })
  clock += 59_999
  const restarted = await openJournalReader(dir, 'one', settle)
  expect(restarted.isNew).toBe(true)
  restarted.commit(restarted.read().position)
  expect((await openJournalReader(dir, 'one', settle)).isNew).toBe(false)
})

test('a segment that is ended is deleted once it is read, without another write', async () => {
  const dir = tempFolder()
  const reader = await openJournalReader(dir, 'one', read)
  const journal = journalOf(dir)
  journal.beginSegment()
  const end = journal.begin({ keys: [aKey('erased@example.com')] })
  journal.beginSegment()
  reader.commit(reader.read().position)
  const contents = () =>
    listSegments(journalFolder(dir))
      .map(({ path }) => readFileSync(path, 'utf8'))
      .join('')
  expect(contents()).toContain('erased@example.com')
  end()
  const { keys, position } = reader.read()
  expect(keys).toHaveLength(1)
  reader.commit(position)
  expect(contents()).not.toContain('erased@example.com')
  journal.begin({ keys: [aKey('next')] })()
  expect(ids(reader.read())).toEqual(['next'])
  journal.close()
})

test('a reader whose registration was removed registers again, and says that changes may be missing', async () => {
  const dir = tempFolder()
  const reader = await openJournalReader(dir, 'one', read)
  endJournalReader(dir, 'one')
  reader.commit(reader.read().position)
  expect(isReaderRegistered(dir, 'one')).toBe(true)
  expect([reader.read().unknown, reader.read().unknown]).toEqual([['the journal was not kept'], []])
})

test('the end of a write that was held up for long gives its keys again, also after a restart', async () => {
  const dir = tempFolder()
  let clock = Date.now()
  const now = () => clock
  const reader = await openJournalReader(dir, 'one', { ...read, now })
  const end = createJournal(dir, DEFAULT_TABLE_NAMES, { now }).begin({ keys: [aKey('asleep')] })
  clock += 3_600_000
  const { keys, position } = reader.read()
  expect(keys).toHaveLength(1)
  const restarted = await openJournalReader(dir, 'one', { ...read, now, from: position })
  end()
  expect([ids(reader.read()), ids(restarted.read())]).toEqual([['asleep'], ['asleep']])
  expect(reader.openKeys()).toEqual([])
})

test('a segment that is deleted while it is partly read is reported, and so is the beginning of a later writer', async () => {
  const dir = tempFolder()
  const reader = await openJournalReader(dir, 'one', read)
  const journal = journalOf(dir, 200)
  journal.begin({ keys: [aKey('first')] })()
  expect(reader.read().unknown).toEqual([])
  journal.begin({ keys: [aKey('missed')] })()
  journal.begin({ keys: [aKey('x'.repeat(200))] })()
  journal.begin({ keys: [aKey('last')] })()
  const [partly] = listSegments(journalFolder(dir))
  rmSync(partly?.path ?? '')
  const changes = reader.read()
  expect(ids(changes)).toContain('last')
  expect(ids(changes)).not.toContain('missed')
  expect(changes.unknown).toEqual(['the journal was trimmed before it was read'])

  const later = journalOf(dir, 10)
  for (const id of ['a', 'b']) later.begin({ keys: [aKey(id)] })()
  const found = listSegments(journalFolder(dir)).find(
    ({ writer, number }) => writer !== partly?.writer && number === 1,
  )
  rmSync(found?.path ?? '')
  expect(reader.read().unknown).toEqual(['the journal was trimmed before it was read'])
  // What was trimmed before a reader was registered is not missing.
  expect((await openJournalReader(dir, 'two', read)).read().unknown).toEqual([])
})

test('lines that were cut off, and files that are not of the journal, are passed over', async () => {
  const dir = tempFolder()
  const reader = await openJournalReader(dir, 'one', read)
  const journal = journalOf(dir)
  journal.begin({ keys: [aKey('a')] })()
  const [segment] = listSegments(journalFolder(dir))
  appendFileSync(segment?.path ?? '', '["begin",7,17000000\n')
  journal.begin({ keys: [aKey('é'.repeat(100))] })()
  appendFileSync(join(journalFolder(dir), 'notes.txt'), 'something else')
  appendFileSync(segment?.path ?? '', '["begin",9')
  expect(ids(reader.read())).toEqual(['a', 'é'.repeat(100)])
  rmSync(journalFolder(dir), { recursive: true })
  expect(ids(reader.read())).toEqual([])
})

test('AWS clients are captured: keys of writes, and unknown for statements; their requests pass unchanged', async () => {
  const dir = tempFolder()
  const engine = await getTestEngine()
  const names = DEFAULT_TABLE_NAMES
  const db = createDatabase(readSettings({}), () => engine.endpoint)
  await createTables(db, names)
  const journal = journalOf(dir)
  const forwarder = await startForwarder({ port: 0, target: () => engine.endpoint, capture: journal })
  const call = (operation: string, input: object) =>
    callDynamo(`http://127.0.0.1:${forwarder.port}`, operation, input)
  const user = (id: string) => ({ user_id: { S: id }, email: { S: `${id}@example.com` } })
  await call('PutItem', { TableName: names.users, Item: user('before') })
  const reader = await openJournalReader(dir, 'one', read)
  const changed = async (operation: string, input: object) => {
    await call(operation, input)
    // The end mark is made when the response has passed.
    for (let i = 0; i < 200; i++) {
      const changes = reader.read()
      if (changes.keys.length > 0 || changes.unknown.length > 0) return [...ids(changes), ...changes.unknown]
      if (i > 20 && /Get|Scan/.test(operation)) break
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    return []
  }
  const put = (id: string) => ({ PutRequest: { Item: user(id) } })
  const users = names.users
  expect(await changed('PutItem', { TableName: users, Item: user('a') })).toEqual(['a'])
  expect(await changed('BatchWriteItem', { RequestItems: { [users]: [put('b'), put('c')] } })).toEqual([
    'b',
    'c',
  ])
  const TransactItems = [{ Put: { TableName: users, Item: user('d') } }]
  expect(await changed('TransactWriteItems', { TransactItems })).toEqual(['d'])
  expect(await changed('DeleteItem', { TableName: users, Key: { user_id: { S: 'd' } } })).toEqual(['d'])
  const Statement = `DELETE FROM "${users}" WHERE user_id = 'c'`
  expect(await changed('ExecuteStatement', { Statement })).toEqual(['ExecuteStatement'])
  expect(await changed('GetItem', { TableName: users, Key: { user_id: { S: 'a' } } })).toEqual([])
  expect((await db.get(users, { user_id: 'b' }))?.email).toBe('b@example.com')
  await expect(call('PutItem', { TableName: users, Item: { wrong: { S: 'key' } } })).rejects.toThrow('400')
  await forwarder.close()
  await db.close()
})

test('a command captures what it writes, with or without a running shop', async () => {
  const dir = tempFolder()
  const reader = await openJournalReader(dir, 'one', read)
  const { code, stderr } = await runCli(dir, 'seed')
  expect(code, stderr).toBe(0)
  const { keys, openSince } = reader.read()
  const books = keys.filter(({ table }) => table === DEFAULT_TABLE_NAMES.books)
  expect(books.length).toBeGreaterThan(20)
  expect(books.map(({ key }) => Object.keys(key).join())).toContain('category,book_id')
  expect(openSince).toBeUndefined()
})

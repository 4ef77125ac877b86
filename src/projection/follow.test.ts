import { expect, onTestFinished, test } from 'vitest'
import { aBook, createTestShop, getTestEngine, temporaryFolder } from '../../test/kit.ts'
import { createTestProjection } from '../../test/projection.ts'
import { createDatabase } from '../composition/clients.ts'
import { type Sql, SqlError } from '../core/sql/sql.ts'
import type { Position } from '../local/journal/files.ts'
import { createJournal } from '../local/journal/journal.ts'
import { openJournalReader } from '../local/journal/reader.ts'
import { createApply } from './apply.ts'
import { startFollower } from './follow.ts'
import type { Follower } from './follower.ts'
import { emptyProjection } from './rebuild.ts'
import { checkSearch, isSearchCurrent } from './search-check.ts'
import { isClean, verify } from './verify.ts'

const shop = await createTestShop({ books: [aBook(), aBook({ book_id: 'two', title: 'Two' })] })
const { names, deps } = shop
const dataDir = temporaryFolder()
const journal = createJournal(dataDir, names)
/** A client whose writes are captured, as the shop's are. */
const { endpoint } = await getTestEngine()
const db = createDatabase(deps.settings, () => endpoint, undefined, undefined, journal)
const projection = await createTestProjection(shop)
const events: string[] = []
const PATIENT = { timeout: 10_000 }

let isDown = false
const orDown = <T>(call: () => Promise<T>): Promise<T> =>
  isDown ? Promise.reject(new SqlError('unavailable', 'connection refused')) : call()
const sql: Sql = {
  ...projection.sql,
  query: (...call) => orDown(() => projection.sql.query(...call)),
  transaction: work => orDown(() => projection.sql.transaction(work)),
}

type FollowOptions = {
  readonly machineRun?: string
  readonly pollMs?: number
  readonly afterApply?: (keys: number) => Promise<void>
}

const follow = ({ afterApply = async () => {}, ...options }: FollowOptions = {}): Follower => {
  const parts = { ...projection, sql, db }
  const apply = createApply(parts)
  const follower = startFollower<Position>({
    ...parts,
    apply: async (keys, within) => {
      const applied = await apply(keys, within)
      await afterApply(keys.length)
      return applied
    },
    controlTable: names.control,
    machineRun: 'this run',
    retryMs: [1_000, 200],
    ...options,
    openReader: from => openJournalReader(dataDir, 'projection', { settleMs: 0, ...(from && { from }) }),
    log: { event: (_, text) => void events.push(text), failure: error => void events.push(String(error)) },
  })
  onTestFinished(follower.stop)
  return follower
}

const setStock = (stock: number) =>
  db.write({
    action: 'Update',
    table: names.books,
    key: { category: 'Technology', book_id: 'tech-001' },
    set: 'SET stock_quantity = :stock',
    values: { ':stock': stock },
  })
const stock = async () =>
  (await projection.sql.query("select stock from shop.books where book_id = 'tech-001'"))[0]?.stock
const seesAll = async (follower: Follower): Promise<void> => {
  expect(await follower.settled(new Date())).toBe(true)
}

test('an empty database is filled, then changes follow; after a stop it goes on where it was', async () => {
  const first = follow()
  await seesAll(first)
  expect(await stock()).toBe(25)
  await setStock(24)
  await seesAll(first)
  expect(await stock()).toBe(24)
  await expect.poll(first.status).toMatchObject({ state: 'following', items: undefined })
  await first.stop()
  await setStock(23)
  const second = follow()
  await seesAll(second)
  expect(await stock()).toBe(23)
  await second.stop()
  expect(events.filter(text => text.includes('comparing'))).toEqual([])
})

test('a stop applies nothing unseen: what is captured then is applied after the next start', async () => {
  const marker = async () => (await deps.db.get(names.control, { pk: 'projection', sk: 'marker' }))?.value
  const first = follow({ pollMs: 60_000 })
  await expect.poll(first.status, PATIENT).toMatchObject({ state: 'following', asOf: expect.any(Date) })
  const [before] = await projection.sql.query("select position from sync.positions where source = 'journal'")
  await setStock(22)
  journal.begin({ keys: [], unknown: 'BatchExecuteStatement' })()
  await first.stop()
  const [after] = await projection.sql.query("select position from sync.positions where source = 'journal'")
  const readerOf = (row = before) => (JSON.parse(String(row?.position)) as { reader: unknown }).reader
  expect(readerOf(after)).toEqual(readerOf(before))
  expect(await stock()).toBe(23)
  events.splice(0)
  const second = follow()
  await expect.poll(stock, PATIENT).toBe(22)
  await expect.poll(() => events, PATIENT).toContain('comparing every item: BatchExecuteStatement')
  await expect.poll(second.status, PATIENT).toMatchObject({ state: 'following', items: undefined })
  // Within a minute of the last marker there is no new one, until the stop.
  const followed = await marker()
  await setStock(21)
  await seesAll(second)
  expect(await marker()).toBe(followed)
  await second.stop()
  expect(await marker()).not.toBe(followed)
})

test('a comparison that a stop has ended is made by the next start', async () => {
  const reasons = '"reasons":["a test"]'
  await projection.sql.query(
    `update sync.positions set position = replace(position, '"reasons":[]', '${reasons}') where source = 'journal'`,
  )
  events.splice(0)
  const cut = follow({ pollMs: 60_000 })
  await expect.poll(() => events, PATIENT).toContain('comparing every item: a test')
  await cut.stop()
  expect(events.filter(text => text.startsWith('compared'))).toEqual([])
  const next = follow()
  await expect.poll(() => events.filter(text => text.startsWith('compared')), PATIENT).toHaveLength(1)
  await expect
    .poll(
      async () =>
        (await projection.sql.query("select position from sync.positions where source = 'journal'"))[0]
          ?.position,
    )
    .toContain('"reasons":[]')
  await next.stop()
})

test('while PostgreSQL is down the journal waits, and nothing is lost', async () => {
  const follower = follow()
  await seesAll(follower)
  isDown = true
  await setStock(10)
  expect(await follower.settled(new Date(), 1_200)).toBe(false)
  expect(follower.status().state).toBe('waiting')
  isDown = false
  await seesAll(follower)
  expect(await stock()).toBe(10)
  expect(events.filter(text => text.includes('waiting: '))).toEqual(['waiting: connection refused'])
  await follower.stop()
})

test('where changes may have been missed, everything is compared and mended', async () => {
  const changeUnseen = (stock: number) =>
    deps.db.write({
      action: 'Update',
      table: names.books,
      key: { category: 'Technology', book_id: 'two' },
      set: 'SET stock_quantity = :stock',
      values: { ':stock': stock },
    })
  const isSame = async () => isClean(await verify(projection))
  const compared = () => events.splice(0).filter(text => text.startsWith('comparing'))
  compared()
  await changeUnseen(7)
  expect(await isSame()).toBe(false)
  // A statement that names no keys.
  const follower = follow()
  await seesAll(follower)
  journal.begin({ keys: [], unknown: 'ExecuteStatement' })()
  await seesAll(follower)
  await expect.poll(isSame, PATIENT).toBe(true)
  expect(compared()).toEqual(['comparing every item: ExecuteStatement'])

  // Tables that were put back from a copy, which has another marker.
  await expect.poll(follower.status, PATIENT).toMatchObject({ state: 'following', items: undefined })
  await follower.stop()
  await changeUnseen(8)
  const marker = { pk: 'projection', sk: 'marker' }
  await deps.db.transact([{ action: 'Put', table: names.control, item: { ...marker, value: 'older' } }])
  const restored = follow()
  await expect.poll(isSame, PATIENT).toBe(true)
  expect(compared()).toEqual([
    'comparing every item: the tables are not those that were followed: were they restored?',
  ])
  // A loss of power: the machine was restarted, and nobody had stopped the shop.
  await expect.poll(restored.status, PATIENT).toMatchObject({ state: 'following', items: undefined })
  await restored.stop()
  await changeUnseen(9)
  await projection.sql.query(
    `update sync.positions set position = replace(position, '"isStopped":true', '"isStopped":false') where source = 'journal'`,
  )
  const rebooted = follow({ machineRun: 'another run' })
  await expect.poll(isSame, PATIENT).toBe(true)
  expect(compared()).toEqual(['comparing every item: the machine was restarted while the shop ran'])
  await rebooted.stop()
})

test('the documents of search of another release are written again', async () => {
  await projection.sql.query("delete from sync.positions where source = 'search'")
  for (const table of ['books', 'terms', 'pairs']) await projection.sql.query(`delete from search.${table}`)
  const follower = follow()
  await expect.poll(() => isSearchCurrent(projection.sql), PATIENT).toBe(true)
  expect(await projection.sql.query('select count(*) as n from search.books')).toEqual([{ n: 2 }])
  expect(await checkSearch(projection.sql)).toMatchObject({ missing: 0, differ: 0, extra: 0 })
  await follower.stop()
})

test('verification finds nothing while a whole category is renamed', async () => {
  const ids = Array.from({ length: 120 }, (_, i) => `moved-${i}`)
  const item = (category: string, book_id: string) => ({ ...aBook({ category, book_id }), price: 9.99 })
  for (const id of ids) await db.write({ action: 'Put', table: names.books, item: item('Sci-Fi', id) })
  const follower = follow()
  await seesAll(follower)
  const left = [...ids]
  const move = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      await db.transact([
        { action: 'Delete', table: names.books, key: { category: 'Sci-Fi', book_id: id } },
        { action: 'Put', table: names.books, item: item('Science Fiction', id) },
      ])
  }
  let isMoving = true
  const moving = Promise.all([move(), move()]).finally(() => {
    isMoving = false
  })
  const verifying = { ...projection, settled: (since: Date) => follower.settled(since) }
  do expect(await verify(verifying)).toMatchObject({ missing: 0, differ: 0, extra: 0 })
  while (isMoving)
  await moving
  await seesAll(follower)
  expect(await verify(verifying)).toMatchObject({ missing: 0, differ: 0, extra: 0 })
  const [count] = await projection.sql.query(
    "select count(*) as all, count(*) filter (where category = 'Science Fiction' and gone_at is null) as moved from report.books where book_id like 'moved-%'",
  )
  expect(count).toEqual({ all: ids.length, moved: ids.length })
  await follower.stop()
})

test('a projection that is emptied while it is filled is filled again', async () => {
  let isEmptied = false
  const follower = follow({
    afterApply: async keys => {
      if (isEmptied || keys === 0) return
      isEmptied = true
      await emptyProjection(projection.sql, projection.pseudonyms)
    },
  })
  await emptyProjection(projection.sql, projection.pseudonyms)
  await seesAll(follower)
  expect(isEmptied).toBe(true)
  expect(await stock()).toBe(10)
  expect(isClean(await verify(projection))).toBe(true)
  expect(events.splice(0).filter(text => text.includes('Rebuilt'))).toEqual([])
  await follower.stop()
})

test('a database that another shop filled is refused, with what to do', async () => {
  await projection.sql.query("update sync.positions set position = 'another' where source = 'secret'")
  const follower = follow()
  await expect.poll(() => follower.status().state).toBe('refused')
  expect(events.at(-1)).toMatch(/pg rebuild/)
  await emptyProjection(projection.sql, projection.pseudonyms)
  await seesAll(follower)
  await expect.poll(() => follower.status().state, PATIENT).toBe('following')
  expect(events.filter(text => text.includes('pg rebuild'))).toHaveLength(1)
})

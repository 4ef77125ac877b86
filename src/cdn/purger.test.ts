/** Purges over the tables of the real engine, with a clock of the test and a stand-in of CloudFront. */
import { expect, test } from 'vitest'
import { createTestShop } from '../../test/kit.ts'
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import { BRIEF_SECONDS, LONG_SECONDS } from '../http/shared-caching.ts'
import type { CloudFront } from './cloudfront.ts'
import { runPurges } from './purger.ts'
import type { Change } from './scope.ts'
import { createCdnSharing } from './sharing.ts'
import { createPurgeTable } from './table.ts'

const LISTS: Change = { lists: true, books: [], isUrgent: false }
const SOLD_OUT: Change = { ...LISTS, isUrgent: true }
const FEW_LEFT: Change = { lists: false, books: ['tech-001'], isUrgent: true }
const PATHS_OF_LISTS = 6

type Sent = { readonly reference: string; readonly paths: readonly string[]; readonly at: number }

const shop = await createTestShop({ books: [] })
const { db, names } = shop.deps

const clearRows = async () => {
  for await (const rows of db.pages(partition(names.control, CONTROL_ROWS.cdnPurge.pk)))
    for (const { pk, sk } of rows)
      await db.write({ action: 'Delete', table: names.control, key: { pk: String(pk), sk: String(sk) } })
}

const listRows = async (): Promise<Item[]> => {
  const found: Item[] = []
  for await (const rows of db.pages(partition(names.control, CONTROL_ROWS.cdnPurge.pk))) found.push(...rows)
  return found
}

/** A shop whose clock runs only while a purger sleeps. `takesMs`: how long CloudFront takes for an invalidation. */
const open = async ({ limit: first = 1_000, takesMs = 5_000, start = '2026-11-10T12:00:00Z' } = {}) => {
  await clearRows()
  let time = Date.parse(start)
  const now = () => new Date(time)
  const pass = (ms: number) => {
    time += ms
  }
  const sent: Sent[] = []
  const state = { takesMs, failures: 0 }
  const cloudFront: CloudFront = {
    invalidate: async (reference, paths) => {
      if (state.failures-- > 0) throw new Error('CloudFront responded with 503: try later')
      sent.push({ reference, paths, at: time })
      return String(sent.length - 1)
    },
    isCompleted: async id => time - (sent[Number(id)]?.at ?? time) >= state.takesMs,
  }
  const table = createPurgeTable(db, names)
  const durations: (number | undefined)[] = []
  const purge = (limit = first) =>
    runPurges(
      {
        table,
        cloudFront,
        limit,
        now,
        sleep: async ms => pass(ms),
        onPurge: (_, ms) => durations.push(ms),
      },
      () => false,
    )
  const change = (...changes: readonly Change[]) => table.enqueue(changes, now())
  const spent = async () =>
    (await listRows()).flatMap(({ sk, spent }) => (String(sk).startsWith('month#') ? [[sk, spent]] : []))
  const seconds = async () => {
    const sharing = createCdnSharing({
      table,
      currentAt: () => time,
      now,
      report: error => expect.fail(String(error)),
    })
    await sharing.follow()
    return sharing.sharedSeconds()
  }
  return { table, sent, state, durations, purge, change, spent, seconds, pass, now }
}

test('responses are shared briefly before the purger has run once, then for long, and briefly again when it stops', async () => {
  const { purge, seconds, pass } = await open()
  expect(await seconds()).toBe(BRIEF_SECONDS)
  await purge()
  expect(await seconds()).toBe(LONG_SECONDS)
  pass(11 * 60_000)
  expect(await seconds()).toBe(LONG_SECONDS)
  pass(2 * 60_000)
  expect(await seconds()).toBe(BRIEF_SECONDS)
})

test('a sold-out book is purged as soon as every function knows of it, a price with what else is changed in 20 s', async () => {
  const { purge, change, sent, now, pass, spent, durations } = await open()
  const start = now().getTime()
  await change(LISTS)
  pass(8_000)
  await change(LISTS, FEW_LEFT)
  await purge()
  expect(sent.map(({ paths, at }) => [paths.length, at - start])).toEqual([[PATHS_OF_LISTS, 14_000]])
  const later = now().getTime()
  await change(LISTS)
  pass(1_000)
  await change(SOLD_OUT)
  pass(5_000)
  await change(LISTS)
  await purge()
  // The last of the three is not settled when the sold-out book is due: it is purged later.
  expect(sent.slice(1).map(({ at }) => at - later)).toEqual([7_000, 32_000])
  expect(await spent()).toEqual([['month#2026-11', 3 * PATHS_OF_LISTS]])
  expect(durations).toEqual([5_000, 5_000, 5_000])
  expect((await listRows()).map(({ sk }) => sk)).toEqual(['month#2026-11', 'state'])
})

test('the last path of a month purges everything, after which responses are shared briefly until the next month', async () => {
  const { purge, change, sent, seconds, spent, pass, now } = await open({ limit: 2 * PATHS_OF_LISTS })
  await change(SOLD_OUT)
  await purge()
  expect(await seconds()).toBe(LONG_SECONDS)
  // Six of the remaining six paths would leave none for the last purge.
  await change(SOLD_OUT)
  const start = now().getTime()
  await purge()
  expect(sent.at(-1)?.paths).toEqual(['/*'])
  // Functions hear of it before the last purge.
  expect((sent.at(-1)?.at ?? 0) - start).toBeGreaterThanOrEqual(2 * 6_000)
  expect(await seconds()).toBe(BRIEF_SECONDS)
  for (const _ of [1, 2]) {
    await change(SOLD_OUT)
    await purge()
  }
  expect(sent).toHaveLength(2)
  expect(await spent()).toEqual([['month#2026-11', PATHS_OF_LISTS + 1]])
  expect(await seconds()).toBe(BRIEF_SECONDS)
  pass(21 * 86_400_000)
  await purge()
  expect(await seconds()).toBe(LONG_SECONDS)
  await change(FEW_LEFT)
  await purge()
  expect(await spent()).toEqual([
    ['month#2026-11', PATHS_OF_LISTS + 1],
    ['month#2026-12', 2],
  ])
})

test('a limit that is lowered below what is spent is kept: nothing more is purged or shared for long in this month', async () => {
  const { purge, change, sent, seconds, spent, pass } = await open()
  for (const _ of [1, 2]) {
    await change(SOLD_OUT)
    await purge()
  }
  const lowered = 2 * PATHS_OF_LISTS
  pass(15 * 60_000)
  await purge(lowered)
  expect(await seconds()).toBe(BRIEF_SECONDS)
  await purge()
  expect(await seconds()).toBe(LONG_SECONDS)
  await change(SOLD_OUT)
  await purge(lowered - 1)
  expect(await seconds()).toBe(BRIEF_SECONDS)
  await change(SOLD_OUT)
  await purge(lowered - 1)
  expect(sent).toHaveLength(2)
  expect(await spent()).toEqual([['month#2026-11', 2 * PATHS_OF_LISTS]])
  expect((await listRows()).map(({ sk }) => sk)).toEqual(['month#2026-11', 'state'])
  pass(21 * 86_400_000)
  await purge(lowered)
  expect(await seconds()).toBe(LONG_SECONDS)
})

test('a purge that CloudFront refuses is sent again and paid for once; until then nothing is shared for long', async () => {
  const { purge, change, sent, state, seconds, spent, pass } = await open()
  await purge()
  await change(SOLD_OUT)
  state.failures = 2
  await expect(purge()).rejects.toThrow('CloudFront responded with 503')
  expect(await seconds()).toBe(BRIEF_SECONDS)
  // Another one that finds nothing to do does not take this for well.
  await purge()
  expect(await seconds()).toBe(BRIEF_SECONDS)
  pass(61_000)
  await expect(purge()).rejects.toThrow('CloudFront responded with 503')
  await purge()
  expect(sent).toHaveLength(1)
  expect(await spent()).toEqual([['month#2026-11', PATHS_OF_LISTS]])
  expect(await seconds()).toBe(LONG_SECONDS)
})

test('a purge that takes longer than the shop can promise counts for an hour, or until one is in time', async () => {
  const { purge, change, state, seconds, pass, durations } = await open({ takesMs: 60_000 })
  await change(SOLD_OUT)
  await purge()
  expect(durations).toEqual([undefined])
  expect(await seconds()).toBe(BRIEF_SECONDS)
  pass(30 * 60_000)
  await purge()
  expect(await seconds()).toBe(BRIEF_SECONDS)
  pass(31 * 60_000)
  await purge()
  expect(await seconds()).toBe(LONG_SECONDS)
  await change(SOLD_OUT)
  await purge()
  expect(await seconds()).toBe(BRIEF_SECONDS)
  state.takesMs = 5_000
  await change(SOLD_OUT)
  await purge()
  expect(await seconds()).toBe(LONG_SECONDS)
})

test('a response of data that may be old is not shared for long', async () => {
  const { purge, table, now, pass } = await open()
  await purge()
  let currentAt = now().getTime()
  const sharing = createCdnSharing({ table, currentAt: () => currentAt, now, report: () => {} })
  await sharing.follow()
  expect(sharing.sharedSeconds()).toBe(LONG_SECONDS)
  pass(3_001)
  await sharing.follow()
  expect(sharing.sharedSeconds()).toBe(BRIEF_SECONDS)
  currentAt = now().getTime()
  expect(sharing.sharedSeconds()).toBe(LONG_SECONDS)
  // The state cannot be read: what was read of it grows old.
  const failing = createCdnSharing({
    table: { readState: () => Promise.reject(new Error('no connection')) },
    currentAt: () => currentAt,
    now,
    report: () => {},
  })
  await failing.follow()
  expect(failing.sharedSeconds()).toBe(BRIEF_SECONDS)
})

const MONTH = CONTROL_ROWS.cdnPurge.key('month#2026-11')

/** Counts by reading first, as one would at first: used by the test of races to show that it can fail. */
const naiveDb: Pick<Dynamo, 'pages' | 'get' | 'write' | 'transact'> = {
  ...db,
  transact: async writes => {
    const [counting, ...others] = writes
    if (counting?.action !== 'Update') return db.transact(writes)
    const row = await db.get(names.control, MONTH)
    const before = Number(row?.spent ?? 0)
    const { ':paths': paths = 0, ':most': most = 0, ':last': isLast } = counting.values ?? {}
    if (row?.is_used_up === true || before > Number(most)) return db.transact(writes)
    await db.write({
      action: 'Put',
      table: names.control,
      item: { ...MONTH, spent: before + Number(paths), is_used_up: isLast },
    })
    return db.transact(others)
  },
}

const race = async (database: typeof naiveDb, limit: number) => {
  const { now } = await open()
  const table = createPurgeTable(database, names)
  // Each process has changes of its own: those of one are taken by one anyway.
  const waiting = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const own = await table.enqueue([SOLD_OUT], now())
      return own ? [own] : []
    }),
  )
  const purges = await Promise.all(waiting.map(changes => table.claim(changes, limit, now())))
  const paths = purges.reduce((sum, purge) => sum + (purge?.paths.length ?? 0), 0)
  const counted = Number((await db.get(names.control, MONTH))?.spent)
  return { paths, counted, everything: purges.filter(purge => purge?.paths[0] === '/*').length }
}

test('no path is counted twice or not at all, and no more than the limit, however many purge at once', async () => {
  const limit = 4 * PATHS_OF_LISTS
  expect(await race(db, limit)).toEqual({
    paths: 3 * PATHS_OF_LISTS + 1,
    counted: 3 * PATHS_OF_LISTS + 1,
    everything: 1,
  })
  const naive = await race(naiveDb, limit)
  expect(naive.paths).toBeGreaterThan(naive.counted)
})

test('of several purgers one purges a change', async () => {
  const { table, change, now, spent } = await open()
  await change(SOLD_OUT)
  const { changes } = await table.read()
  const purges = await Promise.all(Array.from({ length: 8 }, () => table.claim(changes, 1_000, now())))
  expect(purges.filter(purge => purge !== undefined)).toHaveLength(1)
  expect(await spent()).toEqual([['month#2026-11', PATHS_OF_LISTS]])
})

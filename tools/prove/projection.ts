/** Guarantee of the projection: killed at any moment and begun again, PostgreSQL says what the tables say. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openJournalReader } from '#src/local/journal/reader.ts'
import { PROJECTION_READER } from '#src/local/postgres/load.ts'
import { emptyProjection } from '#src/projection/rebuild.ts'
import { writeRows } from '#src/projection/rows.ts'
import { readAsOf } from '#src/projection/saved-position.ts'
import { isClean, type Verification, verify } from '#src/projection/verify.ts'
import { primaryKey } from '#src/tables/definitions.ts'
import { createTestShop, getTestEngine, TEST_SECRET, temporaryFolder } from '../../test/kit.ts'
import { createTestProjection } from '../../test/projection.ts'
import { type CaptureMode, createCapturedDatabase, writeRandomItem } from './captured-writes.ts'
import { type Guarantee, type Run, randomInteger, runConcurrently } from './guarantee.ts'

/** Items of each table. */
const ITEMS = 60
/** A network so slow that a follower is always faster (ms). */
const SLOW_MS = 80
const SETTLE_MS = 60_000

/** A shop without books, its projection, and a data folder with a journal. */
const startProjection = async () => {
  const shop = await createTestShop({ withStaff: false, indexLoaded: false })
  const { endpoint } = await getTestEngine()
  return { shop, endpoint, dataDir: temporaryFolder(), projection: await createTestProjection(shop) }
}
type Started = Awaited<ReturnType<typeof startProjection>>

const startProcess = async (file: string, args: readonly string[]): Promise<ChildProcess> => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return child
}

const kill = async (child: ChildProcess | undefined): Promise<void> => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

const startWriter = ({ shop, endpoint, dataDir }: Started, mode: CaptureMode, seed: number) =>
  startProcess('captured-writer-process.ts', [
    endpoint,
    JSON.stringify(shop.names),
    dataDir,
    mode,
    String(seed),
    String(ITEMS),
  ])

const startFollower = ({ shop, endpoint, dataDir, projection }: Started) =>
  startProcess('follower-process.ts', [
    endpoint,
    JSON.stringify(shop.names),
    dataDir,
    projection.url,
    TEST_SECRET,
  ])

const countDifferences = ({ missing, differ, extra }: Verification): number => missing + differ + extra

const settledBy =
  ({ projection }: Started) =>
  async (since: Date): Promise<boolean> => {
    const deadline = performance.now() + SETTLE_MS
    while (performance.now() < deadline) {
      const asOf = await readAsOf(projection.sql)
      if (asOf && asOf > since) return true
      await sleep(50)
    }
    return false
  }

type Kills = { writer: number; follower: number; backfill: number; differences: number; items: number }

/** Kills writers and followers at random moments; compares everything after each round. */
const killAll = async ({ random }: Run, rounds: number): Promise<Kills & { readonly settled: boolean }> => {
  const started = await startProjection()
  const { projection } = started
  const settled = settledBy(started)
  const kills: Kills = { writer: 0, follower: 0, backfill: 0, differences: 0, items: 0 }
  let follower = await startFollower(started)
  let isSettled = true
  for (let round = 0; round < rounds; round++) {
    const isBackfill = round % 4 === 1
    const writer = await startWriter(started, 'both', randomInteger(random, 1, 1e9))
    await sleep(randomInteger(random, 50, 400))
    if (isBackfill) await emptyProjection(projection.sql, projection.pseudonyms)
    if (isBackfill || random() < 0.6) {
      await sleep(randomInteger(random, 0, 150))
      await kill(follower)
      kills[isBackfill ? 'backfill' : 'follower']++
      const [next] = await Promise.all([startFollower(started), sleep(randomInteger(random, 0, 300))])
      follower = next
    }
    await kill(writer)
    kills.writer++
    isSettled &&= await settled(new Date())
    const result = await verify({ ...projection, settled })
    kills.differences += countDifferences(result)
    kills.items += Object.values(result.tables).reduce((total, { items }) => total + items, 0)
    if (!isClean(result)) break
  }
  await kill(follower)
  return { ...kills, settled: isSettled }
}

/** Follows in this process, without rests, while `write` runs; then compares. */
const followWhile = async (started: Started, write: () => Promise<unknown>): Promise<Verification> => {
  const { projection, dataDir } = started
  const reader = await openJournalReader(dataDir, PROJECTION_READER, { settleMs: 0 })
  let isWriting = true
  const follow = async (): Promise<void> => {
    while (isWriting) {
      await projection.apply(reader.read().keys)
      await sleep(2)
    }
    await projection.apply(reader.read().keys)
  }
  const following = follow()
  await write()
  isWriting = false
  await following
  return verify(projection)
}

/** Writes in this process with these marks: each item a few times, so that most writes are the last ones of their item. */
const writeWith = async (run: Run, mode: CaptureMode): Promise<number> => {
  const started = await startProjection()
  const { shop, endpoint, dataDir } = started
  const random = run.random
  const result = await followWhile(started, async () => {
    const db = createCapturedDatabase(endpoint, dataDir, shop.names, mode, random, SLOW_MS)
    await runConcurrently(300, 20, () => writeRandomItem(db, shop.names, random, 4 * ITEMS))
    await db.close()
  })
  return countDifferences(result)
}

/** Kills a writer that marks after its writes only. */
const killNaiveWriter = async ({ random }: Run): Promise<number> => {
  const started = await startProjection()
  const result = await followWhile(started, async () => {
    const writer = await startWriter(started, 'after', randomInteger(random, 1, 1e9))
    await sleep(randomInteger(random, 200, 400))
    await kill(writer)
  })
  return countDifferences(result)
}

/** A backfill that writes what it has scanned, without locks, while items are deleted: some come back. */
const copyImages = async ({ random }: Run): Promise<number> => {
  const started = await startProjection()
  const { shop, endpoint, dataDir, projection } = started
  const db = createCapturedDatabase(endpoint, dataDir, shop.names, 'both', random)
  const table = projection.tables.find(({ id }) => id === 'orders')
  if (!table) throw new Error('there is no table of orders')
  const orders = Array.from({ length: ITEMS }, (_, i) => ({
    user_id: `user-${i}`,
    order_id: `order-${i}`,
    order_date: '2026-01-01',
    items: [],
    total: 1,
  }))
  await runConcurrently(ITEMS, 12, i =>
    db.write({ action: 'Put', table: table.source, item: orders[i] ?? {} }),
  )
  const copy = async (): Promise<void> => {
    for await (const page of db.scan(table.source, { pageSize: ITEMS })) {
      await sleep(400)
      const rows = page.map(item => {
        const key = { user_id: String(item.user_id), order_id: String(item.order_id) }
        return {
          source_key: projection.pseudonyms.keyOf(table.id, key),
          source_hash: projection.pseudonyms.checksum(item),
          sealed_key: projection.pseudonyms.seal({ table: table.source, key }),
          ...table.map(item, projection),
        }
      })
      await projection.sql.transaction(transaction => writeRows(transaction, table, rows))
    }
  }
  const remove = (i: number) =>
    db.write({ action: 'Delete', table: table.source, key: primaryKey('orders', orders[i] ?? {}) })
  const result = await followWhile(started, () =>
    Promise.all([copy(), sleep(15).then(() => runConcurrently(ITEMS / 2, 12, remove))]),
  )
  await db.close()
  return countDifferences(result)
}

const followsThroughKills: Guarantee = {
  number: 37,
  title: 'PostgreSQL says what the tables say, whatever is killed',
  criterion:
    'after kills of backfill, follower and writer, checksum verification finds no missing, different or extra item',
  prove: async run => {
    const rounds = run.quick ? 2 : 50
    const kills = await killAll(run, rounds)
    run.log(`   ${kills.items} items compared`)
    const marked = await writeWith(run, 'both')
    const [before, after, images] = [
      await writeWith(run, 'before'),
      await killNaiveWriter(run),
      await copyImages(run),
    ]
    return {
      method: `${rounds} rounds of kill -9: writer ${kills.writer} ×, follower ${kills.follower} ×, backfill ${kills.backfill} ×, then every item compared`,
      result: `${kills.items} items compared, ${kills.differences + marked} differences${kills.settled ? '' : ', and the follower did not catch up'}`,
      holds: kills.differences === 0 && marked === 0 && kills.items > 0 && kills.settled,
      control: {
        result: `${before} differences with marks before writes only, ${after} with marks after them only, ${images} with copied images without locks`,
        failed: before > 0 && after > 0 && images > 0,
      },
      figures: { ...kills, settled: Number(kills.settled), before, after, images },
    }
  },
}

export const projectionGuarantees = [followsThroughKills]

/** Backups of a database that cannot be copied as a file, while customers buy and transactions are held up. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { BETWEEN_MS, contradictions, startCheckouts } from '../../test/contradictions.ts'
import { aBook, createTestShop, getTestEngine, type TestShop, temporaryFolder } from '../../test/kit.ts'
import { callEngine } from '../../test/table-contents.ts'
import { engineSigner } from '../core/aws/sign.ts'
import { createDynamo, type Dynamo } from '../core/dynamo/dynamo.ts'
import { type RawItem, scanRaw } from '../core/dynamo/raw-items.ts'
import { createWire } from '../core/dynamo/wire.ts'
import { ShopError } from '../core/errors.ts'
import { readFence } from '../core/fence/fence.ts'
import { createJournal } from '../local/journal/journal.ts'
import { openJournalReader } from '../local/journal/reader.ts'
import { type CollectOptions, collectShop } from './captured.ts'
import { createItemStore, type ItemStore } from './item-store.ts'
import { verifyArchive } from './read.ts'
import { restoreArchive } from './restore.ts'
import { type Source, writeArchive } from './write.ts'

const STOCK = 1_000
const DATA_VERSION = '0.2.0'

/** A shop whose writes are captured, and what a backup reads it by; `after` is called with each of its calls. */
const createCapturedShop = async (after: (operation: string) => Promise<unknown> = async () => {}) => {
  const dataDir = temporaryFolder()
  const shop = await createTestShop({
    books: [aBook({ stock_quantity: STOCK })],
    journalIn: dataDir,
    withStaff: false,
  })
  const { endpoint } = await getTestEngine()
  const plain = createDynamo(createWire(() => endpoint, engineSigner))
  onTestFinished(plain.close)
  const db: Dynamo = {
    ...plain,
    admin: async (...call) => {
      const answer = await plain.admin(...call)
      await after(call[0])
      return answer
    },
  }
  const captured = await openJournalReader(dataDir, 'backup', { endsWithProcess: true, settleMs: 0 })
  onTestFinished(captured.unregister)
  const file = join(dataDir, 'items')
  const store = createItemStore(file)
  onTestFinished(store.close)
  const collect = (options: CollectOptions = {}) =>
    collectShop({ db, names: shop.names, captured }, store, { maxTries: 1, ...options })
  return { shop, dataDir, db, store, collect }
}

const restoredFrom = async (items: Source['items'], asOf: Date): Promise<TestShop> => {
  const file = join(temporaryFolder(), 'shop.tar')
  const head: Source['head'] = {
    release: DATA_VERSION,
    data_version: DATA_VERSION,
    as_of: asOf.toISOString(),
    method: 'capture',
    currency: 'USD',
    public_url: 'http://localhost:3000',
  }
  const source = { head, items, cover: async () => undefined, settings: [], secrets: [] }
  await writeArchive(file, source, { passphrase: undefined, now: () => new Date() })
  const target = await createTestShop({ withStaff: false })
  const verified = await verifyArchive(file, { passphrase: undefined, dataVersion: DATA_VERSION })
  await restoreArchive(target.deps, file, verified.head, { passphrase: undefined, keep: () => {} })
  return target
}

async function* pagesOf(store: ItemStore, id: Parameters<Source['items']>[0]) {
  yield* store.pages(id)
}

test('a copy made under 20 checkouts a second is the shop at one moment, and a plain scan is not', async () => {
  // Each table takes as long as that of a larger shop.
  const slowly = (operation: string) => (operation === 'Scan' ? sleep(3 * BETWEEN_MS) : Promise.resolve())
  const { shop, db, store, collect } = await createCapturedShop(slowly)
  const checkouts = await startCheckouts(shop, 90)
  const scanned = new Map<string, (readonly RawItem[])[]>()
  for (const [id, name] of Object.entries(shop.names)) {
    const pages: (readonly RawItem[])[] = []
    scanned.set(id, pages)
    for await (const page of scanRaw(db, name)) pages.push(page)
  }
  const asOf = await collect({ maxTries: 3 })
  expect((await readFence(shop.deps.db, shop.names.control)).state).toBe('open')
  expect(await checkouts.stop()).toBeGreaterThan(5)
  expect(await contradictions(await restoredFrom(id => pagesOf(store, id), asOf), STOCK)).toEqual([])
  const torn = await restoredFrom(async function* (id) {
    yield* scanned.get(id) ?? []
  }, asOf)
  expect(await contradictions(torn, STOCK)).not.toEqual([])
})

const row = (pk: string, text: string) => ({ pk: { S: pk }, sk: { S: 'x' }, text: { S: text } })

test('a transaction that is held up and arrives in the pause is in the copy as a whole, or not at all', async () => {
  for (const arrives of ['before', 'after'] as const) {
    let arrive = async () => {}
    let isRead = false
    const { shop, dataDir, store, collect } = await createCapturedShop(async operation => {
      if (operation === 'TransactGetItems') isRead = true
      // The last read before the one that takes all of it at one moment.
      if (arrives === 'after' ? isRead : operation === 'BatchGetItem') await arrive()
    })
    const { control } = shop.names
    const put = (text: string) =>
      callEngine('TransactWriteItems', {
        TransactItems: ['a', 'b'].map(pk => ({ Put: { TableName: control, Item: row(pk, text) } })),
      })
    await put('old')
    const journal = createJournal(dataDir, shop.names)
    journal.begin({ keys: ['a', 'b'].map(pk => ({ table: control, key: { pk, sk: 'x' } })) })
    await collect({
      begin: what => {
        if (what !== 'pause') return
        // So that the pause reads something else too.
        journal.begin({ keys: [{ table: control, key: { pk: 'c', sk: 'x' } }] })()
        arrive = async () => {
          arrive = async () => {}
          await put('new')
        }
      },
    })
    const texts = [...store.pages('control')].flat().flatMap(item => item.text?.S ?? [])
    expect(texts).toEqual(arrives === 'before' ? ['new', 'new'] : ['old', 'old'])
  }
})

test('what another program writes is found, and a pause that is too short ends, with nothing written', async () => {
  let delay = 0
  const { shop, dataDir, collect } = await createCapturedShop(operation =>
    operation === 'TransactGetItems' ? sleep(delay) : Promise.resolve(),
  )
  const foreign = (text: string) =>
    callEngine('PutItem', { TableName: shop.names.control, Item: row('a', text) })
  await foreign('one')
  let written: Promise<unknown> = Promise.resolve()
  await expect(
    collect({
      begin: what => {
        if (what === 'pause') written = foreign('two')
      },
    }),
  ).rejects.toThrow(/another program writes to this database \(control changed\)/)
  await written
  delay = 900
  const heldUp = { table: shop.names.control, key: { pk: 'a', sk: 'x' } }
  createJournal(dataDir, shop.names).begin({ keys: [heldUp] })
  const buyer = shop.visitor()
  const adding = { book_id: 'tech-001', quantity: 1 }
  let adds: Promise<unknown> = Promise.resolve()
  await expect(
    collect({
      begin: () => {
        adds = buyer.post('/api/cart/items', adding)
      },
    }),
  ).rejects.toThrow(/in a write pause of 2 s/)
  await adds
  expect((await readFence(shop.deps.db, shop.names.control)).state).toBe('open')
  await expect.poll(async () => (await buyer.post('/api/cart/items', adding)).status).toBe(200)
})

test('keys that were captured, and whose items could not be read in a pause, are read in the next one', async () => {
  let fails = false
  const { shop, dataDir, store, collect } = await createCapturedShop(async operation => {
    if (operation !== 'BatchGetItem' || !fails) return
    fails = false
    throw new ShopError('store_busy', 'too slow')
  })
  const { control } = shop.names
  const put = (text: string) => callEngine('PutItem', { TableName: control, Item: row('a', text) })
  await put('old')
  const journal = createJournal(dataDir, shop.names)
  const writes: Promise<unknown>[] = []
  await collect({
    maxTries: 3,
    betweenTriesMs: 0,
    begin: what => {
      if (what !== 'pause' || writes.length > 0) return
      const end = journal.begin({ keys: [{ table: control, key: { pk: 'a', sk: 'x' } }] })
      const written = put('new').then(() => {
        fails = true
        end()
      })
      writes.push(written)
    },
  })
  await Promise.all(writes)
  expect([...store.pages('control')].flat().flatMap(item => item.text?.S ?? [])).toEqual(['new'])
})

test('a store holds items on the disk until it is closed', () => {
  const file = join(temporaryFolder(), 'items')
  const store = createItemStore(file)
  const items = Array.from({ length: 1_200 }, (_, i) => row(`row-${i}`, 'x'))
  store.put('control', items)
  store.put('control', [row('row-7', 'y')])
  store.remove('control', '["row-8","x"]')
  expect([...store.pages('control')].flat()).toHaveLength(1_199)
  expect([...store.pages('books')]).toEqual([])
  expect(store.compare('control', [...items.slice(0, 1_190), row('more', 'x')])).toEqual([
    '["row-7","x"]',
    '["row-8","x"]',
    '["more","x"]',
  ])
  expect(store.notFound('control')).toHaveLength(10)
  store.close()
  expect(existsSync(file)).toBe(false)
})

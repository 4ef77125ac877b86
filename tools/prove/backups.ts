/** Guarantees 39 and 40: a backup made while customers buy is the shop at one moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import { collectShop } from '#src/backup/captured.ts'
import { createItemStore } from '#src/backup/item-store.ts'
import { verifyArchive } from '#src/backup/read.ts'
import { restoreArchive } from '#src/backup/restore.ts'
import { type Source, writeArchive } from '#src/backup/write.ts'
import { createDatabase, createUnfencedWire } from '#src/composition/clients.ts'
import { createDynamo, type Dynamo } from '#src/core/dynamo/dynamo.ts'
import { scanRaw } from '#src/core/dynamo/raw-items.ts'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { takeSnapshot } from '#src/local/database-snapshot.ts'
import { startEngine } from '#src/local/engine.ts'
import { openJournalReader } from '#src/local/journal/reader.ts'
import { BETWEEN_MS, contradictions, startCheckouts } from '../../test/contradictions.ts'
import { aBook, createTestShop, type TestShop, temporaryFolder } from '../../test/kit.ts'
import type { Guarantee, Proof, Run } from './guarantee.ts'

const STOCK = 1_000
const SEALED_NOT = { passphrase: undefined }

const headOf = (asOf: Date): Source['head'] => ({
  release: '0.2.0',
  data_version: '0.2.0',
  as_of: asOf.toISOString(),
  method: 'snapshot',
  currency: 'USD',
  public_url: 'http://localhost:3000',
})

const archive = async (file: string, asOf: Date, items: Source['items']): Promise<void> => {
  const source = { head: headOf(asOf), items, cover: async () => undefined, settings: [], secrets: [] }
  await writeArchive(file, source, { ...SEALED_NOT, now: () => new Date() })
}

const restored = async (file: string): Promise<TestShop> => {
  const shop = await createTestShop({ withStaff: false })
  const { head } = await verifyArchive(file, { ...SEALED_NOT, dataVersion: '0.2.0' })
  await restoreArchive(shop.deps, file, head, { ...SEALED_NOT, keep: () => {} })
  return shop
}

/** A copy of a shop on an engine of its own, until `close`. */
type Copy = Pick<Source, 'items'> & { readonly asOf: Date; readonly close: () => Promise<void> }
type OpenCopy = (shop: TestShop, dataDir: string, endpoint: string) => Promise<Copy>

const openSnapshot: OpenCopy = async (shop, dataDir) => {
  const snapshot = await takeSnapshot(dataDir)
  const db = createDatabase(shop.deps.settings, () => snapshot.endpoint)
  return {
    asOf: snapshot.asOf,
    items: id => scanRaw(db, shop.names[id]),
    close: async () => {
      await db.close()
      await snapshot.close()
    },
  }
}

/** As of a server that is not ours: by its API, and the captured keys of the shop's writes. */
const openCaptured: OpenCopy = async ({ deps, names }, dataDir, endpoint) => {
  const db = createDynamo(createUnfencedWire(deps.settings, () => endpoint))
  const captured = await openJournalReader(dataDir, 'backup', { endsWithProcess: true })
  const store = createItemStore(`${dataDir}/items`)
  try {
    const asOf = await collectShop({ db: slowly(db), names, captured }, store)
    return {
      asOf,
      items: async function* (id) {
        yield* store.pages(id)
      },
      close: async () => store.close(),
    }
  } finally {
    captured.unregister()
    await db.close()
  }
}

/** Each table takes as long as that of a larger shop. */
const slowly = (db: Dynamo): Dynamo => ({
  ...db,
  admin: async (operation, ...call) => {
    const answer = await db.admin(operation, ...call)
    if (operation === 'Scan') await sleep(3 * BETWEEN_MS)
    return answer
  },
})

/** Copies of a shop that sells, each restored; and as many plain scans. */
const proveCopies = async (run: Run, openCopy: OpenCopy): Promise<Proof> => {
  const rounds = run.quick ? 1 : 20
  const wrong: string[] = []
  let [sold, naiveFailed] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const dataDir = temporaryFolder()
    const folder = await lockDataFolder(dataDir)
    const engine = await startEngine({ folder })
    try {
      const shop = await createTestShop({
        books: [aBook({ stock_quantity: STOCK })],
        endpoint: engine.endpoint,
        journalIn: dataDir,
        withStaff: false,
      })
      const checkouts = await startCheckouts(shop, openCopy === openSnapshot ? 60 : 200)
      await sleep(200 + 400 * run.random())
      const file = `${dataDir}/good.tar`
      const copy = await openCopy(shop, dataDir, engine.endpoint)
      try {
        await archive(file, copy.asOf, copy.items)
      } finally {
        await copy.close()
      }
      const naive = `${dataDir}/naive.tar`
      await archive(naive, new Date(), id => scanRaw(slowly(shop.deps.db), shop.names[id]))
      sold += await checkouts.stop()
      wrong.push(...(await contradictions(await restored(file), STOCK)))
      if ((await contradictions(await restored(naive), STOCK)).length > 0) naiveFailed++
    } finally {
      await engine.stop()
      folder.release()
    }
  }
  return {
    method: `${rounds} backups while 20 checkouts a second went on (${sold} orders), each restored into an empty shop`,
    result: `${wrong.length} contradictions${wrong[0] ? `: ${wrong[0]}` : ''}`,
    holds: wrong.length === 0 && sold > 0,
    control: {
      result: `a scan of the tables contradicts itself in ${naiveFailed} of ${rounds}`,
      failed: naiveFailed === rounds,
    },
    figures: { rounds, sold, wrong: wrong.length, naiveFailed },
  }
}

const CRITERION =
  'in a shop restored from a backup that was made under 20 checkouts a second, stock + sold is the initial stock, orders, carts and pointers agree, and the checks of doctor find nothing'

export const backupGuarantees: readonly Guarantee[] = [
  {
    number: 39,
    title: 'A backup is the shop at one moment',
    criterion: CRITERION,
    prove: run => proveCopies(run, openSnapshot),
  },
  {
    number: 40,
    inSuite: true,
    title: 'A backup of a database that is not a file of ours is the shop at one moment too',
    criterion: CRITERION,
    prove: run => proveCopies(run, openCaptured),
  },
]

/** Guarantee 39: a backup made while customers buy is the shop at one moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import { checkAccounts } from '#src/accounts/check.ts'
import { verifyArchive } from '#src/backup/read.ts'
import { restoreArchive } from '#src/backup/restore.ts'
import { type Source, writeArchive } from '#src/backup/write.ts'
import { checkCatalog } from '#src/catalog/check.ts'
import { accountFindings, catalogFindings, orderFindings } from '#src/cli/doctor-checks.ts'
import { createDatabase } from '#src/composition/clients.ts'
import { scanRaw } from '#src/core/dynamo/raw-items.ts'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { takeSnapshot } from '#src/local/database-snapshot.ts'
import { startEngine } from '#src/local/engine.ts'
import { checkOrders } from '#src/orders/check.ts'
import { countSold, createBuyers, placeOrder } from '../../test/buyers.ts'
import { aBook, createTestShop, type TestShop, temporaryFolder } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import type { Guarantee } from './guarantee.ts'

const STOCK = 1_000
/** 20 a second. */
const BETWEEN_MS = 50
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

/** Checkouts at 20 a second until `stop`, which resolves to how many succeeded. */
const startCheckouts = async (shop: TestShop, count: number) => {
  const buyers = await createBuyers(shop, count, 'tech-001')
  let isStopped = false
  const run = async (): Promise<number> => {
    const orders: Promise<{ status: number }>[] = []
    for (const buyer of buyers) {
      if (isStopped) break
      orders.push(placeOrder(buyer))
      await sleep(BETWEEN_MS)
    }
    return (await Promise.all(orders)).filter(({ status }) => status === 201).length
  }
  const running = run()
  return {
    stop: async () => {
      isStopped = true
      return running
    },
  }
}

/** What a shop that was restored contradicts itself in. */
const contradictions = async (shop: TestShop): Promise<string[]> => {
  const { deps } = shop
  const findings = [
    ...catalogFindings(await checkCatalog(deps)),
    ...accountFindings(await checkAccounts(deps)),
    ...orderFindings(await checkOrders(deps)),
  ]
  const wrong = findings.filter(({ state }) => state !== 'ok').map(({ what, found }) => `${what}: ${found}`)
  const [stock = 0, sold] = [await readStock(shop, 'tech-001'), await countSold(shop, 'tech-001')]
  if (stock + sold !== STOCK) wrong.push(`${stock} in stock and ${sold} sold of ${STOCK}`)
  const [orders, carts, control] = [
    await readItems(shop, 'orders'),
    await readItems(shop, 'carts'),
    await readItems(shop, 'control'),
  ]
  const inCarts = new Set(carts.map(({ user_id }) => user_id))
  const numbered = new Set(
    control.filter(({ pk }) => pk.startsWith('order-number#')).map(({ order_id }) => order_id),
  )
  const inBoth = orders.filter(({ user_id }) => inCarts.has(user_id)).length
  const pointers = [...numbered].filter(id => !orders.some(({ order_id }) => order_id === id)).length
  const without = orders.filter(({ order_id }) => !numbered.has(order_id)).length
  if (inBoth > 0) wrong.push(`${inBoth} orders whose cart is still there`)
  if (pointers + without > 0)
    wrong.push(`${pointers} numbers without an order, ${without} orders without one`)
  return wrong
}

const restored = async (file: string): Promise<TestShop> => {
  const shop = await createTestShop({ withStaff: false })
  const { head } = await verifyArchive(file, { ...SEALED_NOT, dataVersion: '0.2.0' })
  await restoreArchive(shop.deps, file, head, { ...SEALED_NOT, keep: () => {} })
  return shop
}

const consistentBackup: Guarantee = {
  number: 39,
  title: 'A backup is the shop at one moment',
  criterion:
    'in a shop restored from a backup that was made under 20 checkouts a second, stock + sold is the initial stock, orders, carts and pointers agree, and the checks of doctor find nothing',
  prove: async run => {
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
          withStaff: false,
        })
        const checkouts = await startCheckouts(shop, 60)
        await sleep(200 + 400 * run.random())
        const snapshot = await takeSnapshot(dataDir)
        const db = createDatabase(shop.deps.settings, () => snapshot.endpoint)
        const file = `${dataDir}/good.tar`
        try {
          await archive(file, snapshot.asOf, id => scanRaw(db, shop.names[id]))
        } finally {
          await db.close()
          await snapshot.close()
        }
        // A scan of the tables one after the other, each of which takes as long as that of a larger shop.
        const naive = `${dataDir}/naive.tar`
        await archive(naive, new Date(), async function* (id) {
          for await (const page of scanRaw(shop.deps.db, shop.names[id])) yield page
          await sleep(3 * BETWEEN_MS)
        })
        sold += await checkouts.stop()
        wrong.push(...(await contradictions(await restored(file))))
        if ((await contradictions(await restored(naive))).length > 0) naiveFailed++
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
  },
}

export const backupGuarantees = [consistentBackup]

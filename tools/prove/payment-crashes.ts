/** Kills of a shop that takes test payments, and of its engine, while buyers pay by card. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createDatabase } from '#src/composition/clients.ts'
import { blobFolder, readSettings } from '#src/composition/settings.ts'
import { createDeps } from '#src/composition/shop.ts'
import { createFolderBlobs } from '#src/core/blobs.ts'
import type { Dynamo } from '#src/core/dynamo/dynamo.ts'
import type { Item } from '#src/core/dynamo/write.ts'
import { createLinesLog } from '#src/core/log/log.ts'
import { testProviderOptions } from '#src/local/test-payments/test-payments.ts'
import { createStripeProvider } from '#src/payments/stripe/provider.ts'
import { sweepPayments } from '#src/payments/sweep.ts'
import { DEFAULT_TABLE_NAMES } from '#src/tables/definitions.ts'
import { TEST_SECRET, temporaryFolder } from '../../test/kit.ts'
import { freePort, type ShopProcess, startShopProcess } from '../../test/shop-process.ts'
import { CARDS } from '../../test/stripe.ts'
import type { Random } from '../bench/random.ts'
import {
  createAgent,
  fillCart,
  findEnginePid,
  PROXY_SETTINGS,
  randomPause,
  START_STOCK,
  sendRequest,
  setStartStock,
  TITLES,
  waitUntilHealthy,
} from './external-client.ts'
import type { Run } from './guarantee.ts'
import { auditMoney, type MoneyAudit, readPages } from './money-audit.ts'

const BUYERS = 4
const TWO_HOURS = 7_200_000
const MAX_TRIES = 100

/** Submits a payment page until there is an answer. */
const pay = async (url: string, ref: string, random: Random): Promise<boolean> => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const body = new URLSearchParams({ method: 'card', number: CARDS.pays, expiry: '12 / 49', cvc: '123' })
    const status = await fetch(`${url}/dev/pay/${ref}`, { method: 'POST', body, redirect: 'manual' }).then(
      async response => {
        await response.body?.cancel()
        return response.status
      },
      () => 0,
    )
    if (status > 0 && status < 500) return status === 303
    await randomPause(random, 50, 150)
  }
  return false
}

/** Buyers that check out by card, whatever fails, until they are stopped; most of them pay, and half of these return to the shop. */
const startBuyers = (url: string, random: Random) => {
  const agent = createAgent(2 * BUYERS)
  let [paid, done] = [0, false]
  const buy = async (): Promise<void> => {
    const { cart } = await fillCart(agent, url, random)
    if (!cart) return randomPause(random, 20, 60)
    const { cookie, order } = cart
    const request = { cookie, body: { ...order, payment_method: 'stripe' }, key: crypto.randomUUID() }
    let said = await sendRequest(agent, `${url}/api/orders`, random, request)
    for (let tries = 0; (said.status === 0 || said.status >= 500) && tries < MAX_TRIES; tries++) {
      await randomPause(random, 50, 150)
      said = await sendRequest(agent, `${url}/api/orders`, random, request)
    }
    if (said.status !== 202 || random() < 0.15) return
    if (await pay(url, String(said.body.payment_url).split('/').at(-1) ?? '', random)) paid++
    if (random() < 0.5)
      await sendRequest(agent, `${url}/api/checkouts/${said.body.checkout_id}`, random, { cookie })
  }
  const buying = Array.from({ length: BUYERS }, async () => {
    while (!done) await buy()
  })
  return {
    /** Resolves after the next payment, so that each kill interrupts something. */
    paidOnce: async () => {
      const before = paid
      for (let i = 0; i < 600 && paid === before; i++) await sleep(25)
    },
    stop: async () => {
      done = true
      await Promise.all(buying)
      await agent.close()
    },
  }
}

const readAll = async (db: Dynamo, table: string): Promise<Item[]> => {
  const all: Item[] = []
  for await (const page of db.scan(table)) all.push(...page)
  return all
}

/** Ends what is still held, as the sweeper does two hours later, and audits the shop. */
const auditShop = async (shop: ShopProcess, dataDir: string): Promise<MoneyAudit> => {
  const settings = readSettings({
    DYNAMODB_ENDPOINT: shop.dynamodb,
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
  })
  const db = createDatabase(settings)
  const now = () => new Date()
  const provider = createStripeProvider({ ...testProviderOptions(dataDir, () => shop.url), now })
  const deps = createDeps(settings, {
    db,
    blobs: createFolderBlobs(blobFolder(temporaryFolder())),
    secret: TEST_SECRET,
    log: createLinesLog('errors', () => {}),
    now: () => new Date(Date.now() + TWO_HOURS),
    providers: [provider],
  })
  for (let runs = 0; runs < 100 && (await deps.checkouts.listDue(deps.now(), 1)).length > 0; runs++)
    await sweepPayments(deps)
  const { orders, control, books } = DEFAULT_TABLE_NAMES
  const tables = {
    orders: await readAll(db, orders),
    control: await readAll(db, control),
    books: await readAll(db, books),
  }
  await db.close()
  const startStock = new Map(TITLES.map(title => [title, START_STOCK]))
  return auditMoney(tables, await readPages(provider), startStock)
}

/** Kills the engine and the shop `kills` times each. */
export const killPayingShop = async ({ random, log }: Run, kills: number): Promise<MoneyAudit> => {
  const dataDir = temporaryFolder()
  const settings = {
    PORT: String(await freePort()),
    DYNAMODB_PORT: String(await freePort()),
    ...PROXY_SETTINGS,
  }
  const start = () => startShopProcess(dataDir, settings)
  let shop = await start()
  await setStartStock(shop)
  const { paidOnce, stop } = startBuyers(shop.url, random)
  for (let done = 0; done < 2 * kills; done++) {
    await paidOnce()
    await randomPause(random, 0, 300)
    const pid = done % 2 === 0 ? findEnginePid(shop) : undefined
    if (pid === undefined) {
      await shop.end('SIGKILL')
      shop = await start()
    } else process.kill(pid, 'SIGKILL')
  }
  await paidOnce()
  await stop()
  const isBack = await waitUntilHealthy(shop, 20)
  const audit = await auditShop(shop, dataDir)
  await shop.end()
  log(`   ${2 * kills} kills: ${audit.paid} paid, ${audit.orders} orders`)
  return isBack ? audit : { ...audit, wrong: ['it did not come back', ...audit.wrong] }
}

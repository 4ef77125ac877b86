/** Guarantee 6: orders survive `kill -9` of the shop and of its engine, completely or not at all. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { aBook, createTestShop, getTestEngine, temporaryFolder } from '../../test/kit.ts'
import { freePort, startShopProcess } from '../../test/shop-process.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import type { Random } from '../bench/random.ts'
import {
  checkOutCart,
  createAgent,
  fillCart,
  findEnginePid,
  findInconsistencies,
  PROXY_SETTINGS,
  randomPause,
  setStartStock,
  waitUntilHealthy,
} from './external-client.ts'
import type { Guarantee, Run } from './guarantee.ts'

const BUYERS = 4

/** Starts customers that buy until they are stopped, whatever fails, and collects the acknowledged orders. */
const startBuyers = (url: string, random: Random) => {
  const agent = createAgent(2 * BUYERS)
  const acknowledged: string[] = []
  let done = false
  const buying = Array.from({ length: BUYERS }, async () => {
    while (!done) {
      const { cart } = await fillCart(agent, url, random)
      const said = cart && (await checkOutCart(agent, url, random, cart))
      if (said?.status === 201) acknowledged.push(said.body.order_id)
      // Failures are expected: the shop is down at times.
      else await randomPause(random, 10, 30)
    }
  })
  const stop = async (): Promise<readonly string[]> => {
    done = true
    await Promise.all(buying)
    await agent.close()
    return acknowledged
  }
  /** Resolves after the next acknowledged order, so that each kill interrupts something. */
  const bought = async (): Promise<void> => {
    const before = acknowledged.length
    for (let i = 0; i < 400 && acknowledged.length === before; i++) await randomPause(random, 20, 30)
  }
  return { stop, bought }
}

const startStockedShop = async () => {
  const dataDir = temporaryFolder()
  const settings = {
    PORT: String(await freePort()),
    DYNAMODB_PORT: String(await freePort()),
    ...PROXY_SETTINGS,
  }
  const start = () => startShopProcess(dataDir, settings)
  const shop = await start()
  await setStartStock(shop)
  return { shop, start }
}

const killEngine = async ({ random }: Run, kills: number) => {
  const { shop } = await startStockedShop()
  const { stop, bought } = startBuyers(shop.url, random)
  for (let done = 0; done < kills; ) {
    await bought()
    await randomPause(random, 0, 400)
    const pid = findEnginePid(shop)
    if (pid === undefined) continue
    process.kill(pid, 'SIGKILL')
    done++
  }
  const acknowledged = await stop()
  const serves = await waitUntilHealthy(shop, 20)
  const { wrong, orders } = await findInconsistencies(shop, acknowledged)
  await shop.end()
  return {
    wrong: serves ? wrong : ['it did not come back', ...wrong],
    orders,
    acknowledged: acknowledged.length,
  }
}

const killShop = async ({ random }: Run, kills: number) => {
  let { shop, start } = await startStockedShop()
  const { stop, bought } = startBuyers(shop.url, random)
  for (let done = 0; done < kills; done++) {
    await bought()
    await randomPause(random, 0, 400)
    await shop.end('SIGKILL')
    shop = await start()
  }
  const acknowledged = await stop()
  const { wrong, orders } = await findInconsistencies(shop, acknowledged)
  await shop.end()
  return { wrong, orders, acknowledged: acknowledged.length }
}

/** Maximum number of kills of the naive program. */
const NAIVE_KILLS = 60

/** Kills a program that writes order, stock and mail in separate steps; returns the number of differences between them. */
const killNaive = async ({ random }: Run, kills: number): Promise<number> => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 100_000 })] })
  const { endpoint } = await getTestEngine()
  const at = fileURLToPath(new URL('naive-buyer-process.ts', import.meta.url))
  const halves = async (): Promise<number> => {
    const [orders, control] = [await readItems(shop, 'orders'), await readItems(shop, 'control')]
    const mails = control.filter(({ pk }) => pk === 'naive-outbox').length
    const sold = 100_000 - ((await readStock(shop, 'tech-001')) ?? 0)
    return Math.abs(orders.length - mails) + Math.abs(orders.length - sold)
  }
  // A kill may fall between two orders, so it is repeated until one interrupts an order.
  for (let done = 0; done < kills || (done < NAIVE_KILLS && (await halves()) === 0); done++) {
    const child: ChildProcess = fork(at, [endpoint, JSON.stringify(shop.names)], { stdio: 'ignore' })
    await once(child, 'message')
    await randomPause(random, 20, 120)
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return halves()
}

const throughCrashes: Guarantee = {
  number: 6,
  title: 'Orders survive crashes completely or not at all',
  criterion:
    'no acknowledged order is lost; orders, stock, mails, idempotency records, pointers and carts are consistent',
  prove: async run => {
    const kills = run.quick ? 4 : 50
    const engine = await killEngine(run, kills)
    run.log(`   ${kills} kills of the engine: ${engine.acknowledged} orders acknowledged`)
    const shop = await killShop(run, kills)
    const halves = await killNaive(run, run.quick ? 4 : 10)
    const wrong = [...engine.wrong, ...shop.wrong]
    const acknowledged = engine.acknowledged + shop.acknowledged
    return {
      method: `kill -9 of the engine ${kills} times and of the shop ${kills} times with ${BUYERS} active buyers`,
      result: `${acknowledged} orders acknowledged, ${engine.orders + shop.orders} stored, ${wrong.length} inconsistencies${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds: wrong.length === 0 && Math.min(engine.acknowledged, shop.acknowledged) >= kills,
      control: { result: `${halves} incomplete orders when written step by step`, failed: halves > 0 },
      figures: { kills: 2 * kills, acknowledged, wrong: wrong.length, naiveHalves: halves },
    }
  },
}

export const crashGuarantees = [throughCrashes]

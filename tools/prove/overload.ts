/** Guarantees 25 and 31: load shedding under overload, and no leaks under sustained load. */
import { readdirSync } from 'node:fs'
import type { Agent } from 'undici'
import { temporaryFolder } from '../../test/kit.ts'
import { type ShopProcess, startShopProcess } from '../../test/shop-process.ts'
import { median, memoryMegabytes } from '../bench/measure.ts'
import type { Random } from '../bench/random.ts'
import {
  createAgent,
  findEnginePid,
  findInconsistencies,
  PROXY_SETTINGS,
  sendRequest,
  setStartStock,
} from './external-client.ts'
import type { Guarantee } from './guarantee.ts'
import { type Customer, closedLoop, createShoppers, openLoop, p99, type Tally } from './load-generator.ts'

const startStockedShop = async (): Promise<ShopProcess> => {
  const shop = await startShopProcess(temporaryFolder(), PROXY_SETTINGS)
  await setStartStock(shop)
  return shop
}

const medianPerSecond = (tally: Tally): number => median(tally.seconds.slice(0, -1).map(({ good }) => good))

/**
 * Compares the throughput of the shop after the overload with a second shop that served as many requests without overload,
 * because larger tables make orders slower in any case. Measured alternately, because the machine's speed varies.
 */
const compareWithUnloadedShop = async (customer: Customer, answers: number, random: Random) => {
  const shop = await startStockedShop()
  const agent = createAgent(512)
  const other = createShoppers(agent, shop.url)
  let served = 0
  while (served < answers) served += (await closedLoop(other, random, 32, 2)).good.length
  const normal: number[] = []
  const again: number[] = []
  const orders: string[] = []
  for (let turn = 0; turn < 4; turn++) {
    normal.push(medianPerSecond(await closedLoop(other, random, 8, 4)))
    const tally = await closedLoop(customer, random, 8, 4)
    again.push(medianPerSecond(tally))
    orders.push(...tally.orders)
  }
  await agent.close()
  await shop.end()
  return { normal: median(normal), again: median(again), orders }
}

const overload: Guarantee = {
  number: 25,
  title: 'Overload is handled by load shedding',
  criterion:
    'at 4 times its capacity, at least 70 % of capacity is still served, with p99 under 2 s for successes and under 100 ms for refusals; within 10 s after the overload it is back at 90 % of its later rate, which is at least 90 % of the rate of a shop, measured alternately, that served as many requests without overload; no inconsistent orders',
  prove: async ({ quick, random, log }) => {
    const shop = await startStockedShop()
    const agent = createAgent(512)
    const customer = createShoppers(agent, shop.url)
    await closedLoop(customer, random, 8, quick ? 2 : 5)
    const before = await closedLoop(customer, random, 8, quick ? 4 : 15)
    const capacity = medianPerSecond(before)
    log(`   ${capacity} requests per second are what it can do`)
    const during = await openLoop(customer, random, 4 * capacity, quick ? 6 : 60)
    const afterwards = quick ? 5 : 12
    const after = await closedLoop(customer, random, 8, afterwards)
    const goodput = median(during.seconds.slice(1, quick ? 6 : 60).map(({ good }) => good)) / capacity
    const [goodMs, refusedMs] = [p99(during.good), p99(during.refused)]
    const failed = [...before.failures, ...during.failures, ...after.failures]
    const served = before.good.length + during.good.length + after.good.length
    const settled = quick ? undefined : await compareWithUnloadedShop(customer, served, random)
    const acknowledged = [
      ...[before, during, after].flatMap(({ orders }) => orders),
      ...(settled?.orders ?? []),
    ]
    await agent.close()
    const { wrong, orders } = await findInconsistencies(shop, acknowledged)
    await shop.end()
    const { normal, again } = settled ?? { normal: capacity, again: capacity }
    const recovered = after.seconds.findIndex(({ good }) => good >= 0.9 * again)
    return {
      method: `8 customers (${capacity} responses per second, carts and checkouts), then ${4 * capacity} requests per second for ${quick ? 6 : 60} s, then 8 customers again${quick ? '' : `, then alternating with a second shop that served as many requests without overload`}`,
      result: `${(100 * goodput).toFixed(0)} % of capacity served, p99 ${goodMs.toFixed(0)} ms; ${during.refused.length} refused, p99 ${refusedMs.toFixed(0)} ms; recovered after ${recovered < 0 ? `more than ${afterwards}` : recovered + 1} s${quick ? '' : `, ${again} per second compared to ${normal}`}; ${failed.length} other failures ${JSON.stringify(failed)}; ${orders} orders, ${wrong.length} inconsistencies${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds:
        goodput >= 0.7 &&
        goodMs < 2_000 &&
        refusedMs < 100 &&
        recovered >= 0 &&
        recovered < 10 &&
        again >= 0.9 * normal &&
        failed.length === 0 &&
        wrong.length === 0,
      figures: {
        capacity,
        normal,
        again,
        goodput,
        goodMs,
        refusedMs,
        goodPerSecond: [before, during, after].flatMap(({ seconds }) => seconds.map(({ good }) => good)),
        refusedPerSecond: [before, during, after].flatMap(({ seconds }) =>
          seconds.map(({ refused }) => refused),
        ),
      },
    }
  },
}

/** Mixed traffic: 90 % browsing, 8 % carts, 2 % checkouts. */
const createVisitors = (url: string, agent: Agent): Customer => {
  const buying = createShoppers(agent, url)
  const pages = [
    '/api/books?limit=24',
    '/api/books?q=code',
    '/api/books/search?q=software',
    '/api/books/tech-001',
    '/api/categories',
    '/api/books/suggest?q=cl',
  ]
  return random => {
    if (random() < 0.1) return buying(random)
    const page = pages[Math.floor(random() * pages.length)] ?? ''
    // Some queries are new, so that not everything is answered from a cache.
    const fresh = random() < 0.1 ? `/api/books/search?q=${Math.floor(random() * 1e6).toString(36)}` : page
    return sendRequest(agent, url + fresh, random)
  }
}

const countDescriptors = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return 0
  }
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length)

const SOAK_PER_SECOND = 150
/** Growth from the second quarter, when caches are filled, to the last. */
const MAX_GROWTH = 1.15
const MAX_DESCRIPTORS = 20

const soak: Guarantee = {
  number: 31,
  title: 'No leaks under sustained load',
  criterion:
    'under mixed traffic, memory of shop and engine grows by less than 15 % from the second to the last quarter, file descriptors by less than 20; no failed request, no inconsistent orders',
  prove: async ({ soakMinutes, random }) => {
    const shop = await startStockedShop()
    const agent = createAgent(64)
    const customer = createVisitors(shop.url, agent)
    const memory: number[] = []
    const ofEngine: number[] = []
    const engines = new Set<number>()
    const files: number[] = []
    const look = () => {
      const engine = findEnginePid(shop)
      if (engine !== undefined) engines.add(engine)
      const pids = [shop.pid, ...(engine === undefined ? [] : [engine])]
      ofEngine.push(engine === undefined ? 0 : (memoryMegabytes([engine]) ?? 0))
      memory.push(memoryMegabytes(pids) ?? 0)
      files.push(pids.reduce((sum, pid) => sum + countDescriptors(pid), 0))
    }
    const every = setInterval(look, Math.max(1_000, (soakMinutes * 60_000) / 120))
    const tally = await openLoop(customer, random, SOAK_PER_SECOND, soakMinutes * 60)
    clearInterval(every)
    look()
    await agent.close()
    const quarter = (values: readonly number[], n: number) =>
      average(values.slice(Math.floor((values.length * n) / 4), Math.ceil((values.length * (n + 1)) / 4)))
    const growth = quarter(memory, 3) / quarter(memory, 1)
    const opened = quarter(files, 3) - quarter(files, 1)
    const { wrong, orders } = await findInconsistencies(shop, tally.orders)
    await shop.end()
    const failed = tally.refused.length + [...tally.failures.values()].reduce((sum, one) => sum + one, 0)
    const asked = tally.good.length + failed
    return {
      method: `${soakMinutes} minutes of ${SOAK_PER_SECOND} requests per second (browse 90, cart 8, checkout 2): ${asked} in total`,
      result: `${[1, 2, 3].map(n => quarter(memory, n).toFixed(0)).join(', then ')} MB in the last three quarters, ${[1, 2, 3].map(n => quarter(files, n).toFixed(0)).join(', ')} file descriptors, ${engines.size === 1 ? 'one engine' : `${engines.size} engines, restarted`}; p99 ${p99(tally.good).toFixed(0)} ms; ${failed} failed; ${orders} orders, ${wrong.length} inconsistencies${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds: growth < MAX_GROWTH && opened < MAX_DESCRIPTORS && failed === 0 && wrong.length === 0,
      figures: {
        minutes: soakMinutes,
        memory,
        ofEngine,
        descriptors: files,
        asked,
        failed,
        p99: p99(tally.good),
      },
    }
  },
}

export const overloadGuarantees = [overload, soak]

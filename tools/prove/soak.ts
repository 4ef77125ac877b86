/** Guarantee 31: no leaks under sustained load. */
import { readdirSync } from 'node:fs'
import type { Agent } from 'undici'
import { memoryMegabytes } from '../bench/measure.ts'
import {
  createAgent,
  findEnginePid,
  findInconsistencies,
  sendRequest,
  startStockedShop,
} from './external-client.ts'
import type { Guarantee } from './guarantee.ts'
import { type Customer, createShoppers, openLoop, p99 } from './load-generator.ts'

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

export const soakGuarantees = [soak]

/** Guarantee 26: an unreachable, slow or throttling database does not block requests. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createBuyers, placeOrder, times } from '../../test/buyers.ts'
import { type FaultPlan, type FaultyEngine, startFaultyEngine } from '../../test/faulty-engine.ts'
import { type Answer, aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { median } from '../bench/measure.ts'
import { countWhere, type Guarantee, runConcurrently } from './guarantee.ts'
import { p99 } from './load-generator.ts'
import { watchOtherWork } from './other-work.ts'

/** The deadline of a request and the longest database call that it may still be waiting for. */
const DEADLINE_MS = 8_000
/** What a request may take beyond its deadline, as a multiple of the median of the same requests a moment before, in all at most 2 s. */
const MAX_DELAY_RATIO = 20
const MAX_DELAY_MS = 2_000
const MAX_CALL_RATIO = 2.2

type FailureMode = { readonly name: string; readonly plan: (random: () => number) => FaultPlan }

const FAILURE_MODES: readonly FailureMode[] = [
  { name: 'unreachable', plan: () => () => 'refuse' },
  { name: 'unresponsive', plan: () => () => new Promise(() => {}) },
  {
    name: '2 s late',
    plan: () => async () => {
      await sleep(2_000)
      return undefined
    },
  },
  {
    name: '20 % throttled',
    plan: random => () =>
      random() < 0.2
        ? {
            status: 400,
            body: { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' },
          }
        : undefined,
  },
]

const countCalls = (engine: FaultyEngine): number =>
  Object.values(engine.calls).reduce((sum, one) => sum + one, 0)

/** Mixed concurrent traffic: carts, checkouts, orders, health, and reads from memory. */
const createTraffic = async (shop: TestShop, rounds: number) => {
  const spent: number[] = []
  const answers: Answer[] = []
  const ask = async (act: () => Promise<Answer>): Promise<void> => {
    const since = performance.now()
    answers.push(await act())
    spent.push(performance.now() - since)
  }
  const buyers = await createBuyers(shop, 2 * rounds, 'tech-001')
  return {
    spent,
    answers,
    run: () =>
      runConcurrently(rounds, 8, async i => {
        const [one, two] = [buyers[2 * i], buyers[2 * i + 1]]
        if (!one || !two) return
        await Promise.all([
          ask(() => placeOrder(one)),
          ask(() => two.shopper.post('/api/cart/items', { book_id: 'tech-001' })),
          ask(() => two.shopper.get('/api/orders')),
          ask(() => two.shopper.get('/api/books/tech-001')),
        ])
      }),
  }
}

const storeFailures: Guarantee = {
  number: 26,
  title: 'A slow or failing database does not block requests',
  criterion:
    'every request ends within its deadline (8 s) and at most 2 s more, 20 times the median a moment before, with a response or a 503 with Retry-After; retries with backoff make at most 2.2 times the calls under throttling; the health check reports it; the shop recovers without a restart',
  prove: async run => {
    const rounds = run.quick ? 8 : 60
    const engine = await startFaultyEngine()
    const shop = await createTestShop({
      books: [aBook({ stock_quantity: 100_000 })],
      endpoint: engine.endpoint,
    })
    const found: string[] = []
    let holds = true
    const well = await createTraffic(shop, rounds)
    const before = countCalls(engine)
    await well.run()
    const usual = countCalls(engine) - before
    const maxMs = DEADLINE_MS + Math.min(MAX_DELAY_MS, MAX_DELAY_RATIO * median([...well.spent]))
    const findOtherWork = watchOtherWork()
    let isInTime = true
    for (const { name, plan } of FAILURE_MODES) {
      engine.plan(() => undefined)
      const { spent, answers, run: runTraffic } = await createTraffic(shop, rounds)
      // The health endpoint reads the database at most once a second.
      await sleep(1_100)
      const calls = countCalls(engine)
      engine.plan(plan(run.random))
      const [health] = await Promise.all([shop.visitor().get('/api/health'), runTraffic()])
      const ratio = (countCalls(engine) - calls) / usual
      engine.plan(() => undefined)
      const longest = Math.max(...spent)
      const refused = countWhere(
        answers,
        ({ status, headers }) => status === 503 && headers.has('retry-after'),
      )
      const odd = countWhere(answers, ({ status }) => status >= 500) - refused
      const isBack = (await shop.visitor().get('/api/health')).status === 200
      const isTold = name === '20 % throttled' || name === '2 s late' || health.status === 503
      // With an unreachable database each call is tried up to five times; only throttling is limited.
      const isSpared = name !== '20 % throttled' || ratio <= MAX_CALL_RATIO
      if (longest >= maxMs) isInTime = false
      holds &&= odd === 0 && isBack && isTold && isSpared
      found.push(
        `${name}: ${answers.length - refused} answered, ${refused} refused with Retry-After, ${odd} other failures, longest ${(longest / 1000).toFixed(1)} s, p99 ${(p99(spent) / 1000).toFixed(1)} s, calls × ${ratio.toFixed(2)}${isTold ? '' : ', health does not say so'}${isBack ? '' : ', not back'}`,
      )
    }
    const busy = isInTime ? undefined : findOtherWork()
    return {
      method: `${4 * rounds} requests each with a database that is unreachable, unresponsive, 2 s late, or throttles 20 %; 32 concurrent`,
      result: found.join('; '),
      holds: holds && (isInTime || busy !== undefined),
      ...(busy === undefined ? {} : { undecided: busy }),
      figures: { requests: times(FAILURE_MODES.length, () => 4 * rounds) },
    }
  },
}

export const storeFailureGuarantees = [storeFailures]

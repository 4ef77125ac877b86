/** Guarantee 25: load shedding under overload. */
import { median } from '../bench/measure.ts'
import type { Random } from '../bench/random.ts'
import { startConstantServer } from './constant-answer.ts'
import { createAgent, findInconsistencies, startStockedShop } from './external-client.ts'
import type { Guarantee } from './guarantee.ts'
import { type Customer, closedLoop, createShoppers, openLoop, p99, type Tally } from './load-generator.ts'
import { watchOtherWork } from './other-work.ts'

const CUSTOMERS = 8
/** A full shop holds 32 requests in slots and 96 in the queue, 16 times the customers before: each takes 16 times as long, and some of them twice or more. */
const MAX_GOOD_RATIO = 4 * ((32 + 96) / CUSTOMERS)
/** A refusal waits for what the process does at that moment; a constant answer is sent by a process that does nothing else. */
const MAX_REFUSAL_RATIO = 10

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
    normal.push(medianPerSecond(await closedLoop(other, random, CUSTOMERS, 4)))
    const tally = await closedLoop(customer, random, CUSTOMERS, 4)
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
  criterion: `at 4 times its capacity, at least 70 % of capacity is still served, with a p99 of at most ${MAX_GOOD_RATIO} times the median of an unhurried response; the p99 of refusals is at most ${MAX_REFUSAL_RATIO} times that of a constant answer of a plain server at the same time; within 10 s after the overload it is back at 90 % of its later rate, which is at least 90 % of the rate of a shop, measured alternately, that served as many requests without overload; no inconsistent orders`,
  prove: async ({ quick, random, log }) => {
    const [shop, constant] = await Promise.all([startStockedShop(), startConstantServer()])
    const agent = createAgent(512)
    const customer = createShoppers(agent, shop.url)
    const findOtherWork = watchOtherWork()
    await closedLoop(customer, random, CUSTOMERS, quick ? 2 : 5)
    const before = await closedLoop(customer, random, CUSTOMERS, quick ? 4 : 15)
    const capacity = medianPerSecond(before)
    log(`   ${capacity} requests per second are what it can do`)
    const seconds = quick ? 6 : 60
    // In a short run the first seconds, in which code is compiled, would be too much of it.
    const warmUp = quick ? await openLoop(customer, random, 4 * capacity, 3) : undefined
    const [during, constantMs] = await Promise.all([
      openLoop(customer, random, 4 * capacity, seconds),
      constant.sample(seconds).then(p99),
    ])
    await constant.end()
    const afterwards = quick ? 5 : 12
    const after = await closedLoop(customer, random, CUSTOMERS, afterwards)
    const goodput = median(during.seconds.slice(1, seconds).map(({ good }) => good)) / capacity
    const [usualMs, goodMs, refusedMs] = [median(before.good), p99(during.good), p99(during.refused)]
    const failed = [...before.failures, ...during.failures, ...after.failures]
    const served = before.good.length + during.good.length + after.good.length
    const settled = quick ? undefined : await compareWithUnloadedShop(customer, served, random)
    const acknowledged = [
      ...[before, during, after].flatMap(({ orders }) => orders),
      ...(warmUp?.orders ?? []),
      ...(settled?.orders ?? []),
    ]
    await agent.close()
    const { wrong, orders } = await findInconsistencies(shop, acknowledged)
    await shop.end()
    const { normal, again } = settled ?? { normal: capacity, again: capacity }
    const recovered = after.seconds.findIndex(({ good }) => good >= 0.9 * again)
    const busy = findOtherWork()
    const isInTime =
      goodput >= 0.7 &&
      goodMs <= MAX_GOOD_RATIO * usualMs &&
      refusedMs <= MAX_REFUSAL_RATIO * constantMs &&
      recovered >= 0 &&
      recovered < 10 &&
      again >= 0.9 * normal
    return {
      method: `8 customers (${capacity} responses per second, carts and checkouts), then ${4 * capacity} requests per second for ${seconds} s, then 8 customers again${quick ? '' : `, then alternating with a second shop that served as many requests without overload`}`,
      result: `${(100 * goodput).toFixed(0)} % of capacity served, p99 ${goodMs.toFixed(0)} ms, median before ${usualMs.toFixed(1)} ms; ${during.refused.length} refused, p99 ${refusedMs.toFixed(0)} ms, constant answer ${constantMs.toFixed(0)} ms; recovered after ${recovered < 0 ? `more than ${afterwards}` : recovered + 1} s${quick ? '' : `, ${again} per second compared to ${normal}`}; ${failed.length} other failures ${JSON.stringify(failed)}; ${orders} orders, ${wrong.length} inconsistencies${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds: (isInTime || busy !== undefined) && failed.length === 0 && wrong.length === 0,
      ...(isInTime || busy === undefined ? {} : { undecided: busy }),
      figures: {
        capacity,
        normal,
        again,
        goodput,
        goodMs,
        refusedMs,
        constantMs,
        goodPerSecond: [before, during, after].flatMap(({ seconds }) => seconds.map(({ good }) => good)),
        refusedPerSecond: [before, during, after].flatMap(({ seconds }) =>
          seconds.map(({ refused }) => refused),
        ),
      },
    }
  },
}

export const overloadGuarantees = [overload]

/** Guarantees 1, 21 and 22: no overselling, cancellations return stock once, staff edits do not overwrite sales. */

import { setTimeout as sleep } from 'node:timers/promises'
import { isInOutbox } from '#src/core/outbox.ts'
import { countSold, createBuyers, placeOrder, times } from '../../test/buyers.ts'
import { randomFaults, startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, checkOut, createTestShop, type TestShop } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { countWhere, type Guarantee, type Run, randomInteger, runConcurrently } from './guarantee.ts'
import { createHistory, findContradictions } from './history.ts'
import { naiveCancel, naiveCount, naiveSale } from './naive.ts'
import { runStockWindows } from './stock-windows.ts'

const BUYERS = 60
const STOCK = 10

/** Counts the orders of each idempotency key. */
export const countOrdersByKey = async (shop: TestShop): Promise<Map<string, number>> => {
  const records = (await readItems(shop, 'control')).filter(({ pk }) => pk.startsWith('idem#'))
  const keys = new Map(records.map(({ sk, order_id }) => [order_id, sk.replace('checkout#', '')]))
  const counts = new Map<string, number>()
  for (const { order_id } of await readItems(shop, 'orders')) {
    const key = keys.get(order_id) ?? `no key of ${order_id}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** Concurrent buyers of one title; returns contradictions. Every second buyer retries an uncertain outcome. */
const runBuyers = async (shop: TestShop, run: Run): Promise<string[]> => {
  const buyers = await createBuyers(shop, BUYERS, 'tech-001', () => randomInteger(run.random, 1, 3))
  const { operations, record } = createHistory()
  await Promise.all(
    buyers.map(async (buyer, i) => {
      const buy = () => record('buy', `key-${i}`, () => placeOrder(buyer, `key-${i}`))
      let done = await buy()
      for (let tries = 1; i % 2 === 0 && done.outcome === 'unknown' && tries < 5; tries++) done = await buy()
    }),
  )
  const [stock, sold] = [await readStock(shop, 'tech-001'), await countSold(shop, 'tech-001')]
  const wrong = findContradictions(operations, await countOrdersByKey(shop))
  if (sold > STOCK) wrong.push(`${sold} sold of ${STOCK}`)
  if (stock !== STOCK - sold) wrong.push(`${sold} sold of ${STOCK}, and ${stock} are left`)
  const odd = operations.filter(({ response }) => ![201, 409, 503].includes(response.status))
  return [...wrong, ...odd.map(({ response }) => `answered ${response.status}`)]
}

const neverOversell: Guarantee = {
  number: 1,
  title: 'No overselling',
  criterion:
    'in every round at most the stock is sold, and stock + sold equals the initial stock; responses are linearizable',
  prove: async run => {
    const rounds = run.quick ? 3 : 20
    const windows = run.quick ? 10 : 100
    const engine = await startFaultyEngine()
    const wrong: string[] = []
    for (let round = 0; round < 2 * rounds; round++) {
      engine.plan(() => undefined)
      const shop = await createTestShop({
        books: [aBook({ stock_quantity: STOCK })],
        endpoint: engine.endpoint,
      })
      const plan = randomFaults(run.random, { conflict: 10, lose: 5, refuse: 1, reset: 1 })
      // Carts are filled without faults; only the checkouts meet them.
      if (round >= rounds)
        engine.plan((name, input) => (name === 'TransactWriteItems' ? plan(name, input) : undefined))
      wrong.push(...(await runBuyers(shop, run)))
    }
    const naive = await createTestShop({ books: [aBook({ stock_quantity: STOCK })] })
    const sold = countWhere(await Promise.all(times(BUYERS, () => naiveSale(naive))), done => done)
    const { good, naiveGood } = await runStockWindows(run, engine, windows)
    return {
      method: `${rounds} rounds of ${BUYERS} buyers for ${STOCK} copies, ${rounds} more with conflicts, lost responses and resets (${engine.faults()} faults); ${windows} windows of 10 concurrent sales and stock changes, checked for linearizability`,
      result: `${2 * rounds - wrong.length} of ${2 * rounds} rounds correct, ${good} of ${windows} windows linearizable${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds: wrong.length === 0 && good === windows,
      control: {
        result: `sold ${sold} of ${STOCK}; ${windows - naiveGood} of ${windows} windows not linearizable`,
        failed: sold > STOCK && naiveGood < windows,
      },
      figures: { faults: engine.faults(), wrong: wrong.length, windows, inOrder: good, naiveSold: sold },
    }
  },
}

/** Cancels an order ten times concurrently, and ships every second order too; whether all responses are consistent. */
const cancelOnce = async (shop: TestShop, i: number, random: Run['random']): Promise<boolean> => {
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
  const { order_id } = (await checkOut(shopper)).body
  const move = (status: string) => shop.staff.post(`/api/orders/${order_id}/status`, { status })
  if ((await move('processing')).status !== 200) return false
  const head = random() * 40
  const [shipped, ...cancels] = await Promise.all([
    i % 2 === 0 ? move('shipped') : undefined,
    // A random delay, so that either may come first.
    ...times(10, () => sleep(head).then(() => shopper.post(`/api/orders/${order_id}/cancel`))),
  ])
  const { status } = (await shopper.get(`/api/orders/${order_id}`)).body
  const fits = (answer: { status: number } | undefined, end: string) =>
    answer === undefined || answer.status === (status === end ? 200 : 409)
  return (
    ['shipped', 'cancelled'].includes(status) &&
    fits(shipped, 'shipped') &&
    cancels.every(one => fits(one, 'cancelled'))
  )
}

const cancelGivesBackOnce: Guarantee = {
  number: 21,
  title: 'Cancelling returns stock exactly once',
  criterion:
    'stock is conserved; each order ends in exactly one final state, and all responses and mails agree with it',
  prove: async run => {
    const count = run.quick ? 12 : 100
    const shop = await createTestShop({ books: [aBook({ stock_quantity: 1_000 })] })
    const fits = countWhere(await runConcurrently(count, 4, i => cancelOnce(shop, i, run.random)), yes => yes)
    const [stock = -1, sold] = [await readStock(shop, 'tech-001'), await countSold(shop, 'tech-001')]
    const events = (await readItems(shop, 'control')).filter(({ pk }) => isInOutbox(pk)).map(row => row.event)
    const endings = countWhere(events, event => event === 'order_cancelled' || event === 'order_shipped')
    const naive = await createTestShop({ books: [aBook({ stock_quantity: 0 })] })
    await Promise.all(times(10, () => naiveCancel(naive, 'order', 2)))
    const back = (await readStock(naive, 'tech-001')) ?? 0
    return {
      method: `${count} orders, each cancelled 10 times concurrently, every second one also shipped`,
      result: `${fits} in one final state, stock ${stock} + ${sold} sold of 1,000, ${endings} mails about the final state`,
      holds: fits === count && endings === count && stock + sold === 1_000,
      control: { result: `returned ${back} of 2`, failed: back > 2 },
    }
  },
}

const staffEdits: Guarantee = {
  number: 22,
  title: 'Staff edits do not overwrite sales',
  criterion:
    'stock = initial + staff changes - sold; a stale stock count or edit is refused (optimistic locking)',
  prove: async run => {
    const rounds = run.quick ? 1 : 10
    const stale = run.quick ? 5 : 20
    let conserved = 0
    let refused = 0
    const odd: number[] = []
    for (let round = 0; round < rounds; round++) {
      const shop = await createTestShop({ books: [aBook({ stock_quantity: 40 })] })
      const patch = (body: object, headers = {}) =>
        shop.staff.call('PATCH', '/api/books/tech-001', body, headers)
      const buyers = await createBuyers(shop, 50, 'tech-001')
      const deltas = times(20, i => (i % 2 === 0 ? 3 : -2))
      const [orders, patches, edits] = await Promise.all([
        Promise.all(buyers.map(buyer => placeOrder(buyer))),
        Promise.all(deltas.map(stock_delta => patch({ stock_delta }))),
        Promise.all(times(20, i => patch({ description: `edition ${i}` }))),
      ])
      for (const { status } of [...orders, ...patches, ...edits])
        if (![200, 201, 409, 422, 503].includes(status)) odd.push(status)
      const applied = patches.reduce((sum, { status }, i) => sum + (status === 200 ? (deltas[i] ?? 0) : 0), 0)
      if ((await readStock(shop, 'tech-001')) === 40 + applied - (await countSold(shop, 'tech-001')))
        conserved++
      if (round > 0) continue
      for (let i = 0; i < stale; i++) {
        const etag = (await shop.staff.get('/api/books/tech-001/stock')).headers.get('etag') ?? ''
        await patch({ stock_delta: 1 })
        const counted = [{ stock_quantity: 100 }, { title: 'Another' }]
        const answers = await Promise.all(counted.map(body => patch(body, { 'if-match': etag })))
        refused += countWhere(answers, ({ status }) => status === 409 || status === 412)
      }
    }
    const naive = await createTestShop({ books: [aBook({ stock_quantity: 100 })] })
    const sales = await Promise.all([
      ...times(20, () => naiveSale(naive)),
      ...times(5, () => naiveCount(naive, 1)),
    ])
    const expected = 105 - countWhere(sales, sold => sold === true)
    const left = await readStock(naive, 'tech-001')
    return {
      method: `${rounds} rounds of 50 buyers, 20 stock changes and 20 edits, all concurrent; ${2 * stale} stale edits`,
      result: `stock conserved in ${conserved} of ${rounds}, ${refused} of ${2 * stale} stale edits refused, ${odd.length} unexpected responses ${odd.slice(0, 3)}`,
      holds: conserved === rounds && refused === 2 * stale && odd.length === 0,
      control: { result: `${left} left instead of ${expected}`, failed: left !== expected },
    }
  },
}

export const stockGuarantees = [neverOversell, cancelGivesBackOnce, staffEdits]

/** Short windows of concurrent sales and stock changes of one title, checked for linearizability (guarantee 1). */
import { createBuyers, placeOrder, times } from '../../test/buyers.ts'
import { type FaultyEngine, randomFaults } from '../../test/faulty-engine.ts'
import { type Answer, aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { readStock } from '../../test/table-contents.ts'
import { type Run, randomInteger } from './guarantee.ts'
import { classifyResponse, type Outcome } from './history.ts'
import { isLinearizable, type Timed } from './linearizability.ts'
import { naiveCount, naiveSale } from './naive.ts'

type Move = Timed & { readonly change: number }

/** Model of stock: a refusal is valid only if the stock was too low. */
const after = (stock: number, { change, outcome }: Move): number | undefined => {
  const next = stock + change
  if (outcome === 'fail') return next < 0 ? stock : undefined
  return next < 0 ? undefined : next
}

const recordMove = async (
  change: number,
  act: () => Promise<Pick<Answer, 'status'> & { body?: Answer['body'] }>,
): Promise<Move | undefined> => {
  const invoke = performance.now()
  const answer = await act()
  const outcome: Outcome = classifyResponse(answer)
  // A stock change refused because of a concurrent write says nothing about the stock.
  if (outcome === 'fail' && !['out_of_stock', 'stock_would_be_negative'].includes(answer.body?.code))
    return undefined
  return { change, invoke, end: performance.now(), outcome }
}

const fitsSomeOrder = async (shop: TestShop, start: number, moves: Promise<Move | undefined>[]) => {
  const told = (await Promise.all(moves)).filter(move => move !== undefined)
  return isLinearizable(told, { apply: after }, start, (await readStock(shop, 'tech-001')) ?? -1)
}

/** Counts the linearizable ones among `count` windows, every second with faults, and the same for the naive implementation. */
export const runStockWindows = async (run: Run, engine: FaultyEngine, count: number) => {
  engine.plan(() => undefined)
  const books = [aBook({ stock_quantity: 0 })]
  const shop = await createTestShop({ books, endpoint: engine.endpoint })
  const naive = await createTestShop({ books })
  const filled = async (to: TestShop, stock: number) => {
    const stock_delta = stock - ((await readStock(to, 'tech-001')) ?? 0)
    if (stock_delta !== 0) await to.staff.call('PATCH', '/api/books/tech-001', { stock_delta })
  }
  const faults = randomFaults(run.random, { conflict: 10, lose: 5 })
  let good = 0
  let naiveGood = 0
  for (let window = 0; window < count; window++) {
    const start = randomInteger(run.random, 6, 12)
    const quantities = times(7, () => randomInteger(run.random, 1, 3))
    const deltas = times(3, () => randomInteger(run.random, -2, 3) || 1)
    engine.plan(() => undefined)
    // Stock up for filling the carts, then set the window's start stock.
    await filled(shop, 100)
    const buyers = await createBuyers(shop, quantities.length, 'tech-001', i => quantities[i] ?? 1)
    await filled(shop, start)
    if (window % 2 === 1)
      engine.plan((name, input) => (name === 'TransactWriteItems' ? faults(name, input) : undefined))
    const moves = [
      ...buyers.map((buyer, i) => recordMove(-(quantities[i] ?? 1), () => placeOrder(buyer))),
      ...deltas.map(stock_delta =>
        recordMove(stock_delta, () => shop.staff.call('PATCH', '/api/books/tech-001', { stock_delta })),
      ),
    ]
    if (await fitsSomeOrder(shop, start, moves)) good++

    await filled(naive, start)
    const answer = (sold: boolean) =>
      sold ? { status: 201 } : { status: 409, body: { code: 'out_of_stock' } }
    const naiveMoves = [
      ...quantities.map(one => recordMove(-one, async () => answer(await naiveSale(naive, one)))),
      ...deltas.map(delta => recordMove(delta, () => naiveCount(naive, delta).then(() => ({ status: 200 })))),
    ]
    if (await fitsSomeOrder(naive, start, naiveMoves)) naiveGood++
  }
  return { good, naiveGood }
}

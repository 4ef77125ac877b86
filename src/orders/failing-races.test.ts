/** The race for the last copies over a store that is in conflict and loses answers. */
import { expect, test } from 'vitest'
import { place, withCarts } from '../../test/buyers.ts'
import { itemsIn, stockOf } from '../../test/contents.ts'
import { cancelled, faultyEngine } from '../../test/faulty-engine.ts'
import { aBook, testShop } from '../../test/kit.ts'

/** The same numbers in each run. */
const random = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
  return seed / 2 ** 31
}

test('60 buyers for 10 copies over a store in conflict that loses answers, each trying again: 10 are sold, to 10', async () => {
  const engine = await faultyEngine()
  for (const seed of [1, 2, 3]) {
    const shop = await testShop({ books: [aBook({ stock_quantity: 10 })], endpoint: engine.endpoint })
    const buyers = await withCarts(shop, 60, 'tech-001')
    const next = random(seed)
    engine.plan((operation, input) => {
      const chance = next()
      if (operation !== 'TransactWriteItems') return chance < 0.02 ? 'refuse' : undefined
      if (chance < 0.1) return cancelled(input, 'TransactionConflict')
      return chance < 0.2 ? 'lose' : undefined
    })
    const answers = await Promise.all(
      buyers.map(async buyer => {
        const buy = () => place(buyer, 'k')
        let answer = await buy()
        for (let tries = 1; answer.status === 503 && tries < 5; tries++) answer = await buy()
        return answer
      }),
    )
    engine.plan(() => undefined)
    const placed = answers.filter(({ status }) => status === 201).map(({ body }) => body.order_id)
    const others = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code)
    expect(new Set(others)).toEqual(new Set(['out_of_stock']))
    expect(new Set(placed).size).toBe(10)
    expect((await itemsIn(shop, 'orders')).map(order => order.order_id).sort()).toEqual([...placed].sort())
    expect(await stockOf(shop, 'tech-001')).toBe(0)
  }
}, 60_000)

/** Tests that anonymous requests for the health of the shop cost a bounded number of reads. */
import { expect, test } from 'vitest'
import { createTestShop } from '../../test/kit.ts'
import { shareReads } from './ages.ts'

test('a hundred requests for the health in a second are one reading of the outbox', async () => {
  const shop = await createTestShop()
  const { outbox } = shop.deps
  const { waitingSince } = outbox
  let readings = 0
  Object.assign(outbox, {
    waitingSince: () => {
      readings++
      return waitingSince()
    },
  })
  const visitor = shop.visitor()
  const answers = await Promise.all(Array.from({ length: 100 }, () => visitor.get('/api/health')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  // One a second, where the machine is slow.
  expect(readings).toBeLessThan(10)
})

test('a shared reading is begun again after its time, and at once after it has failed', async () => {
  let now = 0
  let count = 0
  let fails = false
  const read = shareReads(
    async () => {
      if (fails) throw new Error('down')
      return ++count
    },
    1_000,
    () => new Date(now),
  )
  expect(await Promise.all([read(), read()])).toEqual([1, 1])
  now = 999
  expect(await read()).toBe(1)
  now = 1_000
  expect(await read()).toBe(2)
  fails = true
  now = 2_000
  const waiting = [read(), read()]
  for (const one of waiting) await expect(one).rejects.toThrow('down')
  fails = false
  expect(await read()).toBe(3)
})

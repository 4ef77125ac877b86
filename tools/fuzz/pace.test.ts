/** Response times in proportion to the pace of the machine. */
import { expect, test } from 'vitest'
import { scaleToIdle } from './pace.ts'

test('a response is as slow as it is beside immediate answers', async () => {
  expect(await scaleToIdle(3_000, async () => [0.1, 0.2, 2])).toBe(3_000)
})

test('where constant answers are ten times slower, so may be the others', async () => {
  expect(await scaleToIdle(3_000, async () => [20, 20, 200])).toBe(300)
})

test('the constant answers are measured', async () => {
  expect(await scaleToIdle(3_000)).toBeLessThanOrEqual(3_000)
})

/** Response times in proportion to the pace of the machine. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { scaleToIdle } from './pace.ts'

test('a response is as slow as it is beside immediate answers', async () => {
  expect(await scaleToIdle(3_000, async () => {})).toBe(3_000)
})

test('where constant answers are ten times slower, so may be the others', async () => {
  expect(await scaleToIdle(3_000, () => sleep(20))).toBeLessThan(1_000)
})

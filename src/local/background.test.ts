/** Pauses of background jobs. */
import { expect, test } from 'vitest'
import { pauseAfter } from './background.ts'

test('a job that fails runs less and less often, about ten times in a minute, and as before once it succeeds', () => {
  let [runs, ms] = [0, 0]
  for (; ms < 60_000; runs++) ms += pauseAfter(1_000, 1, 5, runs + 1)
  expect(runs).toBeLessThan(10)
  expect(pauseAfter(1_000, 1, 5, 1_100)).toBe(10_000)
  expect(pauseAfter(1_000, 1, 5, 0)).toBe(1_000)
  expect(pauseAfter(1_000, 20, 200, 0)).toBe(4_000)
  // One that seldom runs keeps its pause.
  expect(pauseAfter(120_000, 20, 5, 3)).toBe(120_000)
})

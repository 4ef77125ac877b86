import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inSteps } from './in-steps.ts'

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const since = performance.now()
  await work().catch(() => {})
  return performance.now() - since
}

test('what was done, or was thrown, is told after whole steps, however soon it was known', async () => {
  expect(await inSteps(async () => 'done')).toBe('done')
  await expect(inSteps(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
  const works = [() => Promise.resolve(), () => Promise.reject(new Error('refused')), () => sleep(30)]
  for (const work of works) expect(await timeOf(() => inSteps(work))).toBeGreaterThanOrEqual(48)
  expect(await timeOf(() => inSteps(() => sleep(60)))).toBeGreaterThanOrEqual(98)
})

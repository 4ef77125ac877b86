import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { withUniformTiming } from './timing.ts'

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const since = performance.now()
  await withUniformTiming(work).catch(() => {})
  return performance.now() - since
}

afterEach(() => vi.restoreAllMocks())

test('the result or the error of the work is passed on', async () => {
  expect(await withUniformTiming(async () => 'done')).toBe('done')
  await expect(withUniformTiming(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
})

test('the response is sent after 50 ms at the earliest, and a random time later, also when the work took longer', async () => {
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0)
  const soon = [() => Promise.resolve(), () => Promise.reject(new Error('refused')), () => sleep(20)]
  for (const work of soon) expect(await timeOf(work)).toBeGreaterThanOrEqual(48)
  chance.mockReturnValue(0.95)
  for (const work of soon) expect(await timeOf(work)).toBeGreaterThanOrEqual(57)
  expect(await timeOf(() => sleep(60))).toBeGreaterThanOrEqual(67)
})

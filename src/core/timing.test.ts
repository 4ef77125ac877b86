import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { withUniformTiming } from './timing.ts'

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const since = performance.now()
  await withUniformTiming(work).catch(() => {})
  return performance.now() - since
}

afterEach(() => vi.restoreAllMocks())

test('what was done, or was thrown, is what is told', async () => {
  expect(await withUniformTiming(async () => 'done')).toBe('done')
  await expect(withUniformTiming(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
})

test('it is told after 50 ms, however soon it was known, and later by chance, also what took longer', async () => {
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0)
  const soon = [() => Promise.resolve(), () => Promise.reject(new Error('refused')), () => sleep(20)]
  for (const work of soon) expect(await timeOf(work)).toBeGreaterThanOrEqual(48)
  chance.mockReturnValue(0.95)
  for (const work of soon) expect(await timeOf(work)).toBeGreaterThanOrEqual(57)
  expect(await timeOf(() => sleep(60))).toBeGreaterThanOrEqual(67)
})

import { expect, test, vi } from 'vitest'
import { blurred } from './blurred.ts'

test('what was done, or was thrown, is told later by chance', async () => {
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0.95)
  const since = performance.now()
  expect(await blurred(async () => 'done')).toBe('done')
  expect(performance.now() - since).toBeGreaterThanOrEqual(17)
  await expect(blurred(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
  expect(performance.now() - since).toBeGreaterThanOrEqual(34)
  expect(chance).toHaveBeenCalledTimes(2)
  chance.mockRestore()
})

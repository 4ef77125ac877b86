import { expect, test, vi } from 'vitest'
import { backoff, retry } from './retry.ts'

test('the longest pause doubles up to its bound, and each pause is a random part of it', () => {
  const random = vi.spyOn(Math, 'random')
  const pause = backoff(5, 80)
  for (const part of [0, 0.5, 0.999]) {
    random.mockReturnValue(part)
    expect([1, 2, 3, 4, 5, 30].map(pause)).toEqual([10, 20, 40, 80, 80, 80].map(most => most * part))
  }
  random.mockRestore()
})

test('an attempt is repeated until it gives a value, and not once more', async () => {
  const told: number[] = []
  const paused: number[] = []
  const policy = { maxTries: 5, pause: (tries: number) => paused.push(tries) * 0 }
  const value = await retry(policy, async tries => (told.push(tries) === 3 ? 'done' : undefined))
  expect([value, told, paused]).toEqual(['done', [1, 2, 3], [1, 2]])
})

test('after the last try nothing is given, and no pause is made', async () => {
  const paused: number[] = []
  const attempt = vi.fn(async () => undefined)
  expect(await retry({ maxTries: 3, pause: tries => paused.push(tries) * 0 }, attempt)).toBeUndefined()
  expect(attempt).toHaveBeenCalledTimes(3)
  expect(paused).toEqual([1, 2])
})

test('an error ends the tries', async () => {
  const attempt = vi.fn(() => Promise.reject(new Error('broken')))
  await expect(retry({ maxTries: 3, pause: () => 0 }, attempt)).rejects.toThrow('broken')
  expect(attempt).toHaveBeenCalledTimes(1)
})

test('false and zero are values', async () => {
  expect(await retry({ maxTries: 3, pause: () => 0 }, async () => false)).toBe(false)
  expect(await retry({ maxTries: 3, pause: () => 0 }, async () => 0)).toBe(0)
})

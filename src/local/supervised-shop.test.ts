import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Settings } from '../composition/settings.ts'
import type { Log } from '../core/log/log.ts'
import { superviseShop } from './supervised-shop.ts'

/** A supervised shop whose starts and stops are recorded. */
const supervise = (startError?: Error) => {
  const steps: string[] = []
  const failures: unknown[] = []
  const log = { event: () => {}, failure: (error: unknown) => failures.push(error) } as unknown as Log
  let starts = 0
  const shop = superviseShop({} as Settings, log, async () => {
    const n = ++starts
    steps.push(`start ${n}`)
    await sleep(1)
    if (n > 1 && startError) throw startError
    return {
      url: '',
      stop: async () => {
        await sleep(5)
        steps.push(`stop ${n}`)
      },
    }
  })
  return { shop, steps, failures }
}

test('after an error that nothing handled, the shop has stopped before it starts again', async () => {
  const { shop, steps, failures } = supervise()
  await shop.started
  const error = new Error('nobody handles this')
  expect(await shop.recover(error)).toBe(true)
  expect(steps).toEqual(['start 1', 'stop 1', 'start 2'])
  expect(failures).toEqual([error])
  await shop.stop()
  expect(steps.at(-1)).toBe('stop 2')
})

test('errors during a restart cause no further one; the fourth restart within a minute is refused', async () => {
  const { shop, steps, failures } = supervise()
  await shop.started
  await Promise.all(Array.from({ length: 5 }, () => shop.recover(new Error('at once'))))
  expect(steps.filter(one => one.startsWith('start'))).toEqual(['start 1', 'start 2'])
  expect(failures).toHaveLength(5)
  expect(await shop.recover(new Error('again'))).toBe(true)
  expect(await shop.recover(new Error('again'))).toBe(true)
  expect(await shop.recover(new Error('again'))).toBe(false)
})

test('a shutdown during a restart ends it, and a start that fails is reported', async () => {
  const { shop, steps } = supervise()
  await shop.started
  const recovered = shop.recover(new Error('nobody handles this'))
  await shop.stop()
  await recovered
  expect(steps.filter(one => one.startsWith('start'))).toEqual(['start 1'])
  const broken = supervise(new Error('no disk'))
  await broken.shop.started
  await expect(broken.shop.recover(new Error('nobody handles this'))).rejects.toThrow('no disk')
})

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withDeadline } from '../core/deadline.ts'
import { createTurns } from './cover-turns.ts'

test('one work is done at a time, in order, also after one that failed; too many waiting are refused', async () => {
  const takeTurn = createTurns(2)
  const log: string[] = []
  const ends = [0, 1, 2].map(() => Promise.withResolvers<void>())
  const run = (n: number) =>
    takeTurn(async () => {
      log.push(`begin ${n}`)
      await ends[n]?.promise
      log.push(`end ${n}`)
      return n
    })
  const works = [run(0), run(1), run(2)]
  const settled = Promise.allSettled(works)
  await expect(run(3)).rejects.toMatchObject({ code: 'store_busy' })
  ends[2]?.resolve()
  ends[0]?.reject(new Error('no image'))
  await expect(works[0]).rejects.toThrow('no image')
  ends[1]?.resolve()
  await settled
  expect(log).toEqual(['begin 0', 'begin 1', 'end 1', 'begin 2', 'end 2'])
  expect(await takeTurn(async () => 'again')).toBe('again')
})

test('a work that would not be done within its deadline is refused before it begins', async () => {
  const takeTurn = createTurns(2)
  await takeTurn(() => sleep(50))
  let hasBegun = false
  const late = withDeadline(20, () =>
    takeTurn(async () => {
      hasBegun = true
    }),
  )
  await expect(late).rejects.toMatchObject({ code: 'store_busy' })
  expect(hasBegun).toBe(false)
})

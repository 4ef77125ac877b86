import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withDeadline } from '../core/deadline.ts'
import { createCoverQueue } from './cover-queue.ts'

test('one job runs at a time, in order, also after one that failed; too many waiting are refused', async () => {
  const enqueue = createCoverQueue(2)
  const log: string[] = []
  const ends = [0, 1, 2].map(() => Promise.withResolvers<void>())
  const run = (n: number) =>
    enqueue(async () => {
      log.push(`begin ${n}`)
      await ends[n]?.promise
      log.push(`end ${n}`)
      return n
    })
  const jobs = [run(0), run(1), run(2)]
  const settled = Promise.allSettled(jobs)
  await expect(run(3)).rejects.toMatchObject({ code: 'store_busy' })
  ends[2]?.resolve()
  ends[0]?.reject(new Error('no image'))
  await expect(jobs[0]).rejects.toThrow('no image')
  ends[1]?.resolve()
  await settled
  expect(log).toEqual(['begin 0', 'begin 1', 'end 1', 'begin 2', 'end 2'])
  expect(await enqueue(async () => 'again')).toBe('again')
})

test('a job that has waited, and would not be done within its deadline, is refused before it begins', async () => {
  const enqueue = createCoverQueue(2)
  let hasBegun = false
  const slow = enqueue(() => sleep(60))
  const tooLate = withDeadline(40, () =>
    enqueue(async () => {
      hasBegun = true
    }),
  )
  await expect(tooLate).rejects.toMatchObject({ code: 'store_busy' })
  await slow
  expect(hasBegun).toBe(false)
})

test('after one slow job, the next one on an idle queue runs, however little time it has', async () => {
  const enqueue = createCoverQueue(2)
  await enqueue(() => sleep(100))
  for (let i = 0; i < 2; i++) expect(await withDeadline(50, () => enqueue(async () => 'done'))).toBe('done')
})

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, createTestShop } from '../../test/kit.ts'
import { createShop } from '../composition/shop.ts'
import { timeLeft } from '../core/deadline.ts'
import { createLoadShedder } from './load-shedding.ts'

const refused = expect.objectContaining({ code: 'store_busy' })

test('requests up to the limit run concurrently, the next one is shed at once, and a released slot is taken again', async () => {
  const { admit } = createLoadShedder(2, 0)
  const end = Promise.withResolvers<void>()
  const working = [admit(() => end.promise), admit(() => end.promise)]
  await expect(admit(async () => 'too many')).rejects.toEqual(refused)
  end.resolve()
  await Promise.all(working)
  expect(await admit(async () => 'next')).toBe('next')
  await expect(admit(() => Promise.reject(new Error('fails')))).rejects.toThrow('fails')
  expect(await Promise.all([admit(async () => 1), admit(async () => 2)])).toEqual([1, 2])
})

test('queued requests get released slots in order; a request that finds the queue full is shed', async () => {
  const { admit } = createLoadShedder(1, 2)
  const seen: string[] = []
  const end = Promise.withResolvers<void>()
  const first = admit(() => end.promise)
  const line = ['second', 'third'].map(name => admit(async () => seen.push(name)))
  await expect(admit(async () => 'fourth')).rejects.toEqual(refused)
  expect(seen).toEqual([])
  end.resolve()
  await Promise.all([first, ...line])
  expect(seen).toEqual(['second', 'third'])
  expect(await admit(async () => 'later')).toBe('later')
})

test('a queued request is shed after three seconds', async () => {
  const { admit } = createLoadShedder(1, 1)
  const end = Promise.withResolvers<void>()
  const first = admit(() => end.promise)
  const since = performance.now()
  await expect(admit(async () => 'second')).rejects.toEqual(refused)
  expect(performance.now() - since).toBeLessThan(4_000)
  end.resolve()
  await first
  expect(await admit(async () => 'third')).toBe('third')
})

test('a request within a request shares its slot', async () => {
  const { admit } = createLoadShedder(1, 0)
  expect(await admit(() => admit(async () => 'a page and what it shows'))).toBe('a page and what it shows')
})

test('a slowly sent body holds no slot, and its request is shed when no slot is free afterwards', async () => {
  const { admit, yieldSlotWhile } = createLoadShedder(1, 0)
  const sent = Promise.withResolvers<void>()
  const slow = admit(() => yieldSlotWhile(() => sent.promise))
  await sleep(100)
  expect(await admit(async () => 'meanwhile')).toBe('meanwhile')
  const end = Promise.withResolvers<void>()
  const other = admit(() => end.promise)
  sent.resolve()
  await expect(slow).rejects.toEqual(refused)
  end.resolve()
  await other
  expect(await admit(async () => 'free again')).toBe('free again')
})

test('receiving a body moves the deadline, and background work has none', async () => {
  const { admit, yieldSlotWhile } = createLoadShedder()
  let later = 0
  await admit(async () => {
    const before = timeLeft()
    await yieldSlotWhile(() => sleep(50))
    expect(before - timeLeft()).toBeLessThan(40)
    setTimeout(() => {
      later = timeLeft()
    }, 20)
  })
  await sleep(40)
  expect(later).toBe(Number.POSITIVE_INFINITY)
  expect(timeLeft()).toBe(Number.POSITIVE_INFINITY)
})

test('with 32 requests waiting for the database and 96 queued, others get 503 and cached lists are still served', async () => {
  const engine = await startFaultyEngine()
  const shop = await createTestShop({ books: [aBook()], endpoint: engine.endpoint })
  const held = Promise.withResolvers<void>()
  await shop.visitor().get('/api/books?q=clean')
  engine.plan(async () => {
    await held.promise
    return undefined
  })
  const waiting = Array.from({ length: 128 }, () =>
    shop.visitor().post('/api/cart/items', { book_id: 'tech-001' }),
  )
  await sleep(20)
  const refusal = await shop.visitor().post('/api/cart/items', { book_id: 'tech-001' })
  expect(refusal).toMatchObject({ status: 503, body: { code: 'store_busy' } })
  expect(refusal.headers.get('retry-after')).toBe('1')
  expect((await shop.visitor().get('/api/books?q=clean')).status).toBe(200)
  held.resolve()
  const answers = await Promise.all(waiting)
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(32)
  // On a slow machine the last in line do not get their turn in time.
  for (const { status, body } of answers)
    expect([status, body.code]).toEqual(status === 200 ? [200, undefined] : [503, 'store_busy'])
})

test('routes that are mounted beside the endpoints are under load shedding, also paths without a route', async () => {
  const shop = await createTestShop()
  const { hono, fetch, loadShedder } = createShop(shop.deps)
  hono.get('/mounted-later', c => c.text('here'))
  const status = async (path: string) => (await fetch(new Request(`http://localhost:3000${path}`))).status
  const beside = ['/mounted-later', '/api/openapi.json', '/api/docs', '/api/nothing']
  expect(await Promise.all(beside.map(status))).toEqual([200, 200, 200, 404])
  const end = Promise.withResolvers<void>()
  // All slots, and all places in the queue.
  const working = Array.from({ length: 32 + 96 }, () => loadShedder.admit(() => end.promise))
  expect(await Promise.all(beside.map(status))).toEqual([503, 503, 503, 503])
  end.resolve()
  await Promise.all(working)
  expect(await Promise.all(beside.map(status))).toEqual([200, 200, 200, 404])
})

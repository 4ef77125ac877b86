import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { coalesceReads, coalesceReadsInLanes } from './coalesce.ts'

/** A store whose reads end when the test says so. */
const slowStore = (values: Record<string, number>) => {
  const calls: { readonly keys: readonly string[]; readonly end: (error?: Error) => void }[] = []
  const read = (keys: readonly string[]): Promise<ReadonlyMap<string, number>> =>
    new Promise((done, failed) => {
      const found = new Map(
        keys.flatMap(key => (values[key] === undefined ? [] : [[key, values[key]] as const])),
      )
      calls.push({ keys: [...keys], end: error => (error ? failed(error) : done(found)) })
    })
  return { calls, values, read, get: coalesceReads<string, number>(key => key, read) }
}

test('who asks when nothing is under way is served at once', async () => {
  const { calls, get } = slowStore({ a: 1 })
  const one = get(['a', 'unknown'])
  await sleep(0)
  expect(calls.map(({ keys }) => keys)).toEqual([['a', 'unknown']])
  calls[0]?.end()
  expect(await one).toEqual([1])
})

test('who asks while a read is under way is read for when it is over, all together, each key once, each getting their own', async () => {
  const { calls, get } = slowStore({ a: 1, b: 2, c: 3 })
  const first = get(['a'])
  await sleep(0)
  const [second, third] = [get(['a', 'b']), get(['b', 'c'])]
  await sleep(5)
  expect(calls).toHaveLength(1)
  calls[0]?.end()
  expect(await first).toEqual([1])
  await sleep(0)
  expect(calls.map(({ keys }) => keys)).toEqual([['a'], ['a', 'b', 'c']])
  calls[1]?.end()
  expect(await second).toEqual([1, 2])
  expect(await third).toEqual([2, 3])
})

test('nobody gets what was read before they asked', async () => {
  const { calls, values, get } = slowStore({ price: 10 })
  const early = get(['price'])
  await sleep(0)
  values.price = 12
  const late = get(['price'])
  calls[0]?.end()
  expect(await early).toEqual([10])
  await sleep(0)
  calls[1]?.end()
  expect(await late).toEqual([12])
})

test('a read that fails, fails for those whose it was, and the next goes on', async () => {
  const { calls, get } = slowStore({ a: 1, b: 2 })
  const first = get(['a'])
  await sleep(0)
  const second = get(['b'])
  calls[0]?.end(new Error('the store is away'))
  await expect(first).rejects.toThrow('the store is away')
  await sleep(0)
  calls[1]?.end()
  expect(await second).toEqual([2])
})

test('a read that hangs holds up nobody but those whose it is', async () => {
  const { calls, get } = slowStore({ a: 1, b: 2 })
  const hung = get(['a'])
  await sleep(0)
  const asked = Date.now()
  const next = get(['b'])
  while (calls.length < 2 && Date.now() - asked < 2_000) await sleep(5)
  calls[1]?.end()
  expect(await next).toEqual([2])
  calls[0]?.end(new Error('the store is away'))
  await expect(hung).rejects.toThrow('the store is away')
})

test('a read that throws before it has begun does not stop those after it', async () => {
  let tries = 0
  const get = coalesceReads<string, number>(
    key => key,
    () => {
      if (tries++ === 0) throw new Error('no connection')
      return Promise.resolve(new Map([['a', 1]]))
    },
  )
  await expect(get(['a'])).rejects.toThrow('no connection')
  expect(await get(['a'])).toEqual([1])
})

test('nothing is read for nobody', async () => {
  const { calls, get } = slowStore({})
  expect(await get([])).toEqual([])
  expect(calls).toEqual([])
})

test('of two lines, one is read for while the other is, and who asks meanwhile is read for together', async () => {
  const { calls, read } = slowStore({ a: 1, b: 2, c: 3, d: 4, e: 5 })
  const get = coalesceReadsInLanes<string, number>(2, key => key, read)
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((key, i) => sleep(i).then(() => get([key])))
  await sleep(30)
  expect(calls.map(({ keys }) => keys)).toEqual([['a'], ['b']])
  calls[1]?.end()
  expect(await b).toEqual([2])
  await sleep(0)
  expect(calls.map(({ keys }) => keys)).toEqual([['a'], ['b'], ['d']])
  calls[0]?.end()
  expect(await a).toEqual([1])
  await sleep(0)
  expect(calls[3]?.keys).toEqual(['c', 'e'])
  for (const { end } of calls) end()
  expect(await Promise.all([c, d, e])).toEqual([[3], [4], [5]])
})

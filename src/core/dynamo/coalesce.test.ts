import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { coalesceReads, coalesceReadsInLanes } from './coalesce.ts'

/** A database whose reads end when the test ends them. */
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

test('a read is made at once when none is in flight', async () => {
  const { calls, get } = slowStore({ a: 1 })
  const one = get(['a', 'unknown'])
  await sleep(0)
  expect(calls.map(({ keys }) => keys)).toEqual([['a', 'unknown']])
  calls[0]?.end()
  expect(await one).toEqual([1])
})

test('reads during another one are made together after it, each key once, and each caller gets its own values', async () => {
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

test('a result is never older than its request', async () => {
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

test('a failed read fails for its own callers only', async () => {
  const { calls, get } = slowStore({ a: 1, b: 2 })
  const first = get(['a'])
  await sleep(0)
  const second = get(['b'])
  calls[0]?.end(new Error('the database is away'))
  await expect(first).rejects.toThrow('the database is away')
  await sleep(0)
  calls[1]?.end()
  expect(await second).toEqual([2])
})

test('a read that hangs delays its own callers only', async () => {
  const { calls, get } = slowStore({ a: 1, b: 2 })
  const hung = get(['a'])
  await sleep(0)
  const since = Date.now()
  const next = get(['b'])
  while (calls.length < 2 && Date.now() - since < 2_000) await sleep(5)
  calls[1]?.end()
  expect(await next).toEqual([2])
  calls[0]?.end(new Error('the database is away'))
  await expect(hung).rejects.toThrow('the database is away')
})

test('a read that throws synchronously does not stop the next one', async () => {
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

test('no keys, no read', async () => {
  const { calls, get } = slowStore({})
  expect(await get([])).toEqual([])
  expect(calls).toEqual([])
})

test('with two lanes, two batches are in flight at the same time, and further reads join the next batch', async () => {
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

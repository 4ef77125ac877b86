import { expect, test } from 'vitest'
import { createTestShop, type TestShop } from '../../../test/kit.ts'
import { createClock } from '../../../test/mail.ts'
import { readItems } from '../../../test/table-contents.ts'
import { createLimiter, type RateLimitRequest } from './limiter.ts'
import { parseWindow } from './sliding-window.ts'

const TEN: RateLimitRequest = { scope: 'sign-in', subject: 'reader@example.com', max: 10, seconds: 900 }
const SECRET = 'a secret of the tests, which is long enough'

/** A limiter on the tables of this shop, as another process has it, with the sizes of the transactions that it sent. */
const createCountingLimiter = (shop: TestShop) => {
  const calls: number[] = []
  const db = {
    transact: (...args: Parameters<typeof shop.deps.db.transact>) => {
      calls.push(args[0].length)
      return shop.deps.db.transact(...args)
    },
  }
  return { ...createLimiter(db, shop.names.control, SECRET, shop.deps.now), calls }
}

const open = async () => {
  const time = createClock()
  const shop = await createTestShop({ now: time.now, withStaff: false })
  return { shop, time, ...createCountingLimiter(shop) }
}

/** How many of `count` concurrent requests are admitted. */
const race = async (count: number, admit: (i: number) => Promise<number>): Promise<number> => {
  const waits = await Promise.all(Array.from({ length: count }, (_, i) => admit(i)))
  return waits.filter(wait => wait === 0).length
}

test('of 60 concurrent requests at three processes exactly the limit is admitted', async () => {
  const { shop } = await open()
  const processes = [createCountingLimiter(shop), createCountingLimiter(shop), createCountingLimiter(shop)]
  expect(await race(60, i => processes[i % 3]?.admit([TEN]) ?? Promise.resolve(1))).toBe(10)
  for (const { admit } of processes) expect(await admit([TEN])).toBeGreaterThan(0)
})

test('a naive limiter, which reads and then writes, admits more', async () => {
  const { shop } = await open()
  const key = { pk: 'limit#naive', sk: 'limit' }
  const naive = async (): Promise<number> => {
    const times = parseWindow(await shop.deps.db.get(shop.names.control, key))?.times ?? []
    if (times.length >= TEN.max) return 1
    const item = { ...key, times: [...times, 1], taken: times.length + 1, expires_at: 4e9 }
    await shop.deps.db.transact([{ action: 'Put', table: shop.names.control, item }])
    return 0
  }
  expect(await race(60, naive)).toBeGreaterThan(10)
})

test('the window slides: at most ten are admitted in any fifteen minutes, wherever they begin', async () => {
  const { admit, time } = await open()
  const admitted: number[] = []
  for (let second = 0; second < 3 * 900; second += 30) {
    if ((await admit([TEN])) === 0) admitted.push(second)
    time.advance(30_000)
  }
  expect(admitted).toHaveLength(30)
  for (const start of admitted)
    expect(admitted.filter(at => at >= start && at < start + 900).length).toBeLessThanOrEqual(10)
})

const MAILS: RateLimitRequest = { ...TEN, max: 20, seconds: 86_400, burst: { max: 8, seconds: 3_600 } }

test('a limit with a burst holds in both windows, wherever they begin, in one row', async () => {
  const { admit, time, shop } = await open()
  const other = createCountingLimiter(shop)
  const admitted: number[] = []
  for (let minute = 0; minute < 3 * 24 * 60; minute += 7) {
    const wait = await (minute % 2 ? other : { admit }).admit([MAILS])
    if (wait === 0) admitted.push(minute)
    time.advance(7 * 60_000)
  }
  const within = (start: number, minutes: number) =>
    admitted.filter(at => at >= start && at < start + minutes).length
  expect(Math.max(...admitted.map(start => within(start, 60)))).toBe(8)
  expect(Math.max(...admitted.map(start => within(start, 24 * 60)))).toBe(20)
  expect(admitted.length).toBeGreaterThanOrEqual(60)
  expect(await readItems(shop, 'control')).toHaveLength(1)
})

test('of 60 concurrent requests at three processes a burst admits as many as it allows, and later as many again', async () => {
  const { shop, time } = await open()
  const processes = [createCountingLimiter(shop), createCountingLimiter(shop), createCountingLimiter(shop)]
  for (const expected of [8, 8, 4, 0]) {
    expect(await race(60, i => processes[i % 3]?.admit([MAILS]) ?? Promise.resolve(1))).toBe(expected)
    time.advance(3_600_000)
  }
})

test('a refused request is told when to try again, and is admitted then', async () => {
  const { admit, time } = await open()
  for (let i = 0; i < 10; i++) {
    expect(await admit([TEN])).toBe(0)
    time.advance(1_000)
  }
  const wait = await admit([TEN])
  expect(wait).toBe(890_000)
  time.advance(wait - 1)
  expect(await admit([TEN])).toBe(1)
  time.advance(1)
  expect(await admit([TEN])).toBe(0)
  expect(await admit([TEN])).toBe(1_000)
})

test('a flood costs one call for each admitted request, and none for refused ones', async () => {
  const { admit, calls, shop } = await open()
  expect(await race(500, () => admit([TEN]))).toBe(10)
  expect(calls).toHaveLength(10)
  // A process that knows nothing yet makes one call, and knows the whole window then.
  const other = createCountingLimiter(shop)
  expect(await race(500, () => other.admit([TEN]))).toBe(0)
  expect(other.calls).toHaveLength(1)
})

test('requests in turn at three processes cost one call each, though none knows of the others', async () => {
  const { shop } = await open()
  const processes = [createCountingLimiter(shop), createCountingLimiter(shop), createCountingLimiter(shop)]
  for (let i = 0; i < 10; i++) expect(await processes[i % 3]?.admit([TEN])).toBe(0)
  expect(processes.map(({ calls }) => calls.length)).toEqual([4, 3, 3])
  for (const { admit } of processes) expect(await admit([TEN])).toBeGreaterThan(0)
})

test('several limits count a request together or not at all, in one call', async () => {
  const { admit, calls, shop } = await open()
  const source = { ...TEN, scope: 'source', subject: '203.0.113.9', max: 3 }
  for (let i = 0; i < 3; i++) expect(await admit([TEN, source])).toBe(0)
  expect(calls).toEqual([2, 2, 2])
  for (let i = 0; i < 20; i++) expect(await admit([TEN, source])).toBeGreaterThan(0)
  const rows = await readItems(shop, 'control')
  expect(rows.map(({ taken }) => taken)).toEqual([3, 3])
  // Refused requests have used nothing of the other limit.
  const elsewhere = { ...source, subject: '203.0.113.10' }
  for (let i = 0; i < 3; i++) expect(await admit([TEN, elsewhere])).toBe(0)
})

test('writes of a request are carried out exactly when it is admitted, at three processes', async () => {
  const { shop } = await open()
  const { control } = shop.names
  const thing = (i: number) => ({ action: 'Put', table: control, item: { pk: 'thing', sk: `${i}` } }) as const
  const things = async () => (await readItems(shop, 'control')).filter(({ pk }) => pk === 'thing').length
  const processes = [createCountingLimiter(shop), createCountingLimiter(shop), createCountingLimiter(shop)]
  const admit = (i: number) => processes[i % 3]?.admit([TEN], [thing(i)]) ?? Promise.resolve(1)
  expect(await race(60, admit)).toBe(10)
  expect(await things()).toBe(10)
})

test('a request whose writes are refused is not counted, and the refusal is thrown', async () => {
  const { admit, shop } = await open()
  const { control } = shop.names
  const once = {
    action: 'Put',
    table: control,
    item: { pk: 'thing', sk: 'one' },
    condition: 'attribute_not_exists(pk)',
  } as const
  expect(await admit([TEN], [once])).toBe(0)
  // Also where the row has moved on since it was known here.
  for (const process of [{ admit }, createCountingLimiter(shop)])
    await expect(process.admit([TEN], [once])).rejects.toThrow('condition failed')
  for (let i = 0; i < 9; i++) expect(await admit([TEN])).toBe(0)
  expect(await admit([TEN])).toBeGreaterThan(0)
})

test('another subject, another scope and another limit are counted separately', async () => {
  const { admit } = await open()
  for (let i = 0; i < 10; i++) await admit([TEN])
  expect(await admit([TEN])).toBeGreaterThan(0)
  expect(await admit([{ ...TEN, subject: 'other@example.com' }])).toBe(0)
  expect(await admit([{ ...TEN, scope: 'reset' }])).toBe(0)
  expect(await admit([{ ...TEN, max: 11 }])).toBe(0)
  expect(await admit([])).toBe(0)
})

test('an item that has expired, or was begun again by another process, is counted as it is', async () => {
  const { admit, shop, time } = await open()
  for (let i = 0; i < 10; i++) await admit([TEN])
  time.advance(900_000)
  const [row] = await readItems(shop, 'control')
  expect(row.expires_at * 1000).toBeLessThanOrEqual(time.now().getTime())
  await shop.deps.db.transact([
    { action: 'Delete', table: shop.names.control, key: { pk: row.pk, sk: row.sk } },
  ])
  const other = createCountingLimiter(shop)
  for (let i = 0; i < 9; i++) expect(await other.admit([TEN])).toBe(0)
  // This process still knows the ten of the former window.
  expect(await race(5, () => admit([TEN]))).toBe(1)
})

test('the table holds no subject in plain text, and its keys depend on the secret', async () => {
  const { admit, shop } = await open()
  await admit([TEN, { ...TEN, subject: '203.0.113.9' }])
  const rows = JSON.stringify(await readItems(shop, 'control'))
  for (const word of ['reader', '203.0.113', 'sign-in']) expect(rows).not.toContain(word)
  const elsewhere = createLimiter(shop.deps.db, shop.names.control, `${SECRET}x`, shop.deps.now)
  await elsewhere.admit([TEN])
  expect(await readItems(shop, 'control')).toHaveLength(3)
})

test('a failed write admits nothing, and the next request counts correctly', async () => {
  const { shop } = await open()
  let down = false
  const db = {
    transact: async (...args: Parameters<typeof shop.deps.db.transact>) => {
      await shop.deps.db.transact(...args)
      if (down) throw new Error('the answer was lost')
    },
  }
  const { admit } = createLimiter(db, shop.names.control, SECRET, shop.deps.now)
  await admit([TEN])
  down = true
  await expect(admit([TEN])).rejects.toThrow('lost')
  down = false
  expect(await race(20, () => admit([TEN]))).toBe(8)
})

/** Moves between two engines, with customers who buy meanwhile. */
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { countSold, createBuyers, placeOrder } from '../../test/buyers.ts'
import { awsFaults, startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, createTestShop, getTestEngine, type TestShop, temporaryFolder } from '../../test/kit.ts'
import { createPlace } from '../../test/places.ts'
import { readStock } from '../../test/table-contents.ts'
import { seededRandom } from '../../tools/bench/random.ts'
import { createFolderBlobs } from '../core/blobs.ts'
import { canonicalNumber, hashItem } from '../core/dynamo/item-hash.ts'
import { NEVER_CLOSED, readFence, setFence } from '../core/fence/fence.ts'
import { lockDataFolder } from '../local/data-folder.ts'
import { type Engine, startEngine } from '../local/engine.ts'
import { beginFilling } from './destination.ts'
import { abandonMove, reopenPlace } from './fences.ts'
import { type MoveStep, runMove } from './move.ts'
import { compareContents, copyItems, copyPass, readBack } from './pass.ts'
import { type Contents, MoveError, type Place, readContents } from './place.ts'
import { createWriter } from './writer.ts'

const MAX_PAUSE_MS = 20_000
const COVER = 'covers/tech-001-0123456789abcdef'

let second: Engine

beforeAll(async () => {
  second = await startEngine({ folder: await lockDataFolder(temporaryFolder()) })
  return second.stop
})

/** A shop, and the same shop as it will be at another engine, reached at `endpoint`. */
const createPlaces = async (endpoint = second.endpoint) => {
  const book = aBook({ stock_quantity: 1_000, image_url: `/images/${COVER}.webp` })
  const home = await createTestShop({ books: [book] })
  const abroad = await createTestShop({ sharingTablesOf: home, endpoint, withStaff: false })
  const blobs = [createFolderBlobs(temporaryFolder()), createFolderBlobs(temporaryFolder())] as const
  await blobs[0].put(`${COVER}.webp`, Buffer.from('a cover'))
  const source = createPlace('home', (await getTestEngine()).endpoint, home.names, blobs[0])
  const destination = createPlace('abroad', endpoint, home.names, blobs[1])
  onTestFinished(async () => {
    await source.close()
    await destination.close()
  })
  return { home, abroad, source, destination, blobs }
}

const orderIds = async ({ db, names }: Place): Promise<string[]> => {
  const ids: string[] = []
  for await (const page of db.scan(names.orders)) ids.push(...page.map(({ order_id }) => String(order_id)))
  return ids.sort()
}

/** Customers who buy at both places in turns until they are stopped: the ids of the acknowledged orders, by place. */
const startBuying = (places: readonly TestShop[]) => {
  const acknowledged: string[][] = places.map(() => [])
  let done = false
  const buying = [0, 1, 2].map(async () => {
    for (let turn = 0; !done; turn++) {
      const shop = places[turn % places.length]
      const [buyer] = shop ? await createBuyers(shop, 1, 'tech-001').catch(() => []) : []
      const answer = buyer && (await placeOrder(buyer).catch(() => undefined))
      if (answer?.status === 201) acknowledged[turn % places.length]?.push(answer.body.order_id)
      else await new Promise(resolve => setTimeout(resolve, 20))
    }
  })
  return {
    acknowledged,
    stop: async () => {
      done = true
      await Promise.all(buying)
    },
  }
}

/** A process notices an opened fence within 0.4 s. */
const addsToCart = async (shop: TestShop): Promise<boolean> =>
  (await shop.visitor().post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })).status === 200

const refused = (answer: { status: number; headers: Headers; body: unknown }) => ({
  status: answer.status,
  type: answer.headers.get('content-type'),
  retryAfter: answer.headers.get('retry-after'),
  code: (answer.body as { code?: string }).code,
})
const MOVING = { status: 503, type: 'application/problem+json', retryAfter: '10', code: 'shop_moving' }

test('a shop moves while customers buy, refuses only writes in the pause, and comes home with what was ordered since', async () => {
  const { home, abroad, source, destination, blobs } = await createPlaces()
  const customer = await home.account()
  const buying = startBuying([home, abroad])
  const steps: MoveStep[] = []
  const result = await runMove(source, destination, {
    id: 'move-1',
    maxPauseMs: MAX_PAUSE_MS,
    onStep: async step => {
      steps.push(step)
      if (step !== 'finishing') return
      for (const shop of [home, abroad]) {
        const order = { book_id: 'tech-001', quantity: 1 }
        expect(refused(await shop.visitor().post('/api/cart/items', order))).toEqual(MOVING)
        expect((await shop.visitor().get('/api/books')).status).toBe(200)
      }
      expect((await customer.get('/api/users/me')).status).toBe(200)
      const change = { stock_delta: 1 }
      expect(refused(await home.staff.call('PATCH', '/api/books/tech-001', change))).toEqual(MOVING)
    },
  })
  // Some are bought where the shop is now.
  await expect.poll(() => buying.acknowledged[1]?.length).toBeGreaterThan(0)
  await buying.stop()
  const [atHome = [], atAbroad = []] = buying.acknowledged
  expect(result.differences).toEqual({ missing: 0, differing: 0, extra: 0 })
  expect(result.covers).toEqual({ copied: 1, lost: 0 })
  expect(await blobs[1].get(`${COVER}.webp`)).toEqual(Buffer.from('a cover'))
  expect(steps.at(-1)).toBe('done')
  expect(atHome.length).toBeGreaterThan(0)
  expect(await orderIds(destination)).toEqual(expect.arrayContaining([...atHome, ...atAbroad].sort()))
  expect((await orderIds(source)).filter(id => atAbroad.includes(id))).toEqual([])
  // The same command again: there is nothing left to do.
  expect((await runMove(source, destination, { id: 'move-1', maxPauseMs: MAX_PAUSE_MS })).items).toBe(0)
  await expect(runMove(source, destination, { id: 'move-2', maxPauseMs: MAX_PAUSE_MS })).rejects.toThrow(
    'it has moved to abroad',
  )

  await expect.poll(() => addsToCart(abroad)).toBe(true)
  const [buyer] = await createBuyers(abroad, 1, 'tech-001')
  const order = buyer && (await placeOrder(buyer))
  expect(order?.status).toBe(201)
  await runMove(destination, source, { id: 'move-3', maxPauseMs: MAX_PAUSE_MS })
  expect(await orderIds(source)).toEqual(await orderIds(destination))
  expect(await orderIds(source)).toContain(order?.body.order_id)
  await expect.poll(() => addsToCart(home)).toBe(true)
  expect([home, abroad].flatMap(({ reportedErrors }) => reportedErrors)).toEqual([])
})

test('a shop moves to a database that behaves as AWS and back while customers buy, and loses no order', async () => {
  const aws = await startFaultyEngine(second)
  const { home, abroad, source, destination } = await createPlaces(aws.endpoint)
  aws.plan(awsFaults(seededRandom(17)))
  const atAws: Place = { ...destination, segments: 4 }
  const buying = startBuying([home, abroad])
  await runMove(source, atAws, { id: 'move-1', maxPauseMs: MAX_PAUSE_MS })
  await expect.poll(() => buying.acknowledged[1]?.length, { timeout: 10_000 }).toBeGreaterThan(2)
  await runMove(atAws, source, { id: 'move-2', maxPauseMs: MAX_PAUSE_MS })
  await buying.stop()
  aws.plan(() => undefined)
  expect(aws.faults()).toBeGreaterThan(20)
  expect(await orderIds(source)).toEqual(expect.arrayContaining(buying.acknowledged.flat()))
  const stock = (await readStock(home, 'tech-001')) ?? 0
  expect(stock + (await countSold(home, 'tech-001'))).toBe(1_000)
  for (const { reportedErrors } of [home, abroad]) reportedErrors.length = 0
})

/** A place whose reads of items fail, as those of a database that throttles. */
const failingAt = (place: Place): Place => ({
  ...place,
  wire: { ...place.wire, call: () => Promise.reject(new Error('throttled')) },
})

describe('a move that is cut off', () => {
  test('while it looks at the destination leaves it open, and looks again when it is repeated', async () => {
    const { source } = await createPlaces()
    const other = await createTestShop({ books: [aBook()], endpoint: second.endpoint })
    const destination = createPlace('other', second.endpoint, other.names)
    onTestFinished(destination.close)
    await expect(beginFilling(failingAt(destination), 'move-1')).rejects.toThrow('throttled')
    const killed = { state: 'paused', epoch: 1, owner: 'move-1', pauseMs: 60_000 } as const
    await setFence(destination.db, other.names.control, NEVER_CLOSED, killed)
    await expect(runMove(source, destination, { id: 'move-1', maxPauseMs: MAX_PAUSE_MS })).rejects.toThrow(
      'other holds a shop already',
    )
    expect((await readFence(destination.db, other.names.control)).state).toBe('open')
    expect((await other.visitor().get('/api/books/tech-001')).status).toBe(200)
  })

  test('in its pause, longer than that lasts, is repeated while customers write', async () => {
    const { home, source, destination } = await createPlaces()
    const table = source.names.control
    const killed = { state: 'moving', epoch: 1, owner: 'move-1', pauseMs: 400 } as const
    await setFence(source.db, table, NEVER_CLOSED, killed)
    await expect.poll(() => addsToCart(home)).toBe(true)
    const buying = startBuying([home])
    const result = await runMove(source, destination, { id: 'move-1', maxPauseMs: MAX_PAUSE_MS })
    await buying.stop()
    expect(result.pauseMs).toBeGreaterThan(400)
    expect(await orderIds(destination)).toEqual(expect.arrayContaining(buying.acknowledged[0] ?? []))
  })

  test('hours ago does not refuse the first customer who comes', async () => {
    const { home, source } = await createPlaces()
    const killed = { state: 'moving', epoch: 1, owner: 'move-1', pauseMs: 3_600_000 } as const
    await setFence(source.db, source.names.control, NEVER_CLOSED, killed, new Date(Date.now() - 4_000_000))
    expect(await addsToCart(home)).toBe(true)
  })

  test('is abandoned without its destination, which another command then opens', async () => {
    const { source, destination } = await createPlaces()
    await beginFilling(destination, 'move-1')
    const lost: Place = {
      ...destination,
      db: { ...destination.db, get: () => Promise.reject(new Error('unreachable')) },
    }
    expect(await abandonMove(source, lost, 'move-1')).toBe(false)
    expect(await reopenPlace(destination)).toBe(true)
    expect((await readFence(destination.db, destination.names.control)).state).toBe('open')
    expect(await reopenPlace(destination)).toBe(false)
  })

  const cutOffAt = (wanted: MoveStep) => (step: MoveStep) => {
    if (step === wanted) throw new Error(`cut off at ${step}`)
  }

  test('before the switch is abandoned without loss, or repeated', async () => {
    const { home, source, destination } = await createPlaces()
    const move = { id: 'move-1', maxPauseMs: MAX_PAUSE_MS }
    await expect(runMove(source, destination, { ...move, onStep: cutOffAt('finishing') })).rejects.toThrow(
      'cut off',
    )
    expect((await readFence(source.db, source.names.control)).state).toBe('open')
    expect(await abandonMove(source, destination, 'move-1')).toBe(true)
    await expect.poll(() => addsToCart(home)).toBe(true)
    // What was copied stays closed, for the next move.
    expect(await readFence(destination.db, destination.names.control)).toMatchObject({
      state: 'filling',
      owner: '',
    })
    await runMove(source, destination, { ...move, id: 'move-2' })
    await expect(abandonMove(source, destination, 'move-2')).rejects.toThrow('has moved to abroad already')
  })

  test('after the switch only opens the destination', async () => {
    const { source, destination } = await createPlaces()
    const move = { id: 'move-1', maxPauseMs: MAX_PAUSE_MS }
    await expect(runMove(source, destination, { ...move, onStep: cutOffAt('opening') })).rejects.toThrow(
      'cut off',
    )
    const states = async () =>
      Promise.all(
        [source, destination].map(async ({ db, names }) => (await readFence(db, names.control)).state),
      )
    expect(await states()).toEqual(['moved', 'filling'])
    await runMove(source, destination, move)
    expect(await states()).toEqual(['moved', 'open'])
  })

  test('a run that was taken over writes nothing more', async () => {
    const { source, destination } = await createPlaces()
    const known = await readContents(destination, () => {})
    const first = await beginFilling(destination, 'move-1')
    await beginFilling(destination, 'move-1')
    await expect(
      copyPass(source, destination, known, { writer: createWriter(destination, first), report: () => {} }),
    ).rejects.toThrow('taken over')
    expect(await orderIds(destination)).toEqual([])
    await expect(beginFilling(destination, 'move-2')).rejects.toThrow('another move (move-1) fills abroad')
  })
})

test('a destination with a shop of its own is refused, and sells on', async () => {
  const { home, source } = await createPlaces()
  const other = await createTestShop({ books: [aBook()], endpoint: second.endpoint })
  const destination = createPlace('other', second.endpoint, other.names)
  onTestFinished(destination.close)
  await expect(runMove(source, destination, { id: 'move-1', maxPauseMs: MAX_PAUSE_MS })).rejects.toThrow(
    MoveError,
  )
  expect(await addsToCart(home)).toBe(true)
  expect((await readFence(destination.db, other.names.control)).state).toBe('open')
})

const contents = (rows: Record<string, string>): Contents => ({
  books: new Map(),
  carts: new Map(),
  users: new Map(),
  orders: new Map(),
  control: new Map(Object.entries(rows)),
})

const secondsFromNow = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds

test('a row that has expired and is gone from the source is no change', async () => {
  const { source, destination } = await createPlaces()
  const known = await readContents(destination, () => {})
  const writer = createWriter(destination, await beginFilling(destination, 'move-1'))
  const pass = () => copyPass(source, destination, known, { writer, report: () => {} })
  await pass()
  known.control.set('["expired","x"]', `h@${secondsFromNow(-1)}`)
  known.control.set('["deleted","x"]', `h@${secondsFromNow(600)}`)
  const { written, deleted, changed } = await pass()
  expect([written, deleted, [...(changed.get('control') ?? [])]]).toEqual([0, 1, ['["deleted","x"]']])
})

test('what was written is read back in hundreds', async () => {
  const { destination } = await createPlaces()
  const texts = Array.from({ length: 250 }, (_, i) => `["row-${i}","x"]`)
  const known = contents({
    ...Object.fromEntries(texts.map(text => [text, 'h'])),
    '["row-0","x"]': `h@${secondsFromNow(-1)}`,
  })
  let calls = 0
  const db: Place['db'] = {
    ...destination.db,
    admin: (...call) => {
      calls++
      return destination.db.admin(...call)
    },
  }
  const differences = await readBack({ ...destination, db }, known, new Map([['control', new Set(texts)]]))
  expect([differences, calls]).toEqual([{ missing: 249, differing: 0, extra: 0 }, 3])
})

test('the size of what is copied is counted in bytes', async () => {
  const { source, destination } = await createPlaces()
  const sizes: number[] = []
  const writer = {
    ...createWriter(destination, NEVER_CLOSED),
    add: async (_: unknown, bytes: number) => void sizes.push(bytes),
  }
  const item = { pk: { S: 'a' }, sk: { S: 'x' }, text: { S: '本'.repeat(1_000) } }
  const found = [{ table: source.names.control, key: { pk: 'a', sk: 'x' }, item }]
  await copyItems(source, destination, contents({}), found, { writer, report: () => {} })
  expect(sizes).toEqual([Buffer.byteLength(JSON.stringify(item))])
})

test('what expired since it was copied is not missing, and anything else is', () => {
  const [past, future] = [secondsFromNow(-1), secondsFromNow(600)]
  const copied = contents({ a: `h@${past}`, b: `h@${future}`, c: 'h', d: 'h' })
  expect(compareContents(copied, contents({ d: 'other', e: 'h' }))).toEqual({
    missing: 2,
    differing: 1,
    extra: 1,
  })
})

test('equal items have one hash, whichever database wrote them', () => {
  expect(['12.50', '1.25E1', '+0012.5', '125e-1'].map(canonicalNumber)).toEqual(Array(4).fill('125e-1'))
  expect(['0', '-0.00', '0E5', '.0'].map(canonicalNumber)).toEqual(Array(4).fill('0'))
  expect(canonicalNumber('-1E38')).toBe('-1e38')
  const item = { b: { N: '1.0' }, a: { M: { y: { SS: ['2', '1'] }, x: { L: [{ BOOL: true }] } } } }
  const same = { a: { M: { x: { L: [{ BOOL: true }] }, y: { SS: ['1', '2'] } } }, b: { N: '1' } }
  expect(hashItem(item)).toBe(hashItem(same))
  for (const other of [{ ...item, b: { S: '1' } }, { ...item, b: { N: '2' } }, { a: item.a }])
    expect(hashItem(other)).not.toBe(hashItem(item))
})

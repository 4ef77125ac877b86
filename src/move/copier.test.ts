/** What may go wrong in the pause of a move: writes that are not captured, transactions and copies that are held up. */
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { createBuyers, placeOrder } from '../../test/buyers.ts'
import { aBook, createTestShop, getTestEngine, type TestShop, temporaryFolder } from '../../test/kit.ts'
import { createPlace } from '../../test/places.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { TransactionRefused } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { readFence } from '../core/fence/fence.ts'
import { DRAIN_MS } from '../core/fence/write-guard.ts'
import { lockDataFolder } from '../local/data-folder.ts'
import { type Engine, startEngine } from '../local/engine.ts'
import { createJournal } from '../local/journal/journal.ts'
import { createTables } from '../tables/provision.ts'
import { beginFilling } from './destination.ts'
import { type MoveStep, runMove } from './move.ts'
import type { Place } from './place.ts'
import { createWriter } from './writer.ts'

const MAX_PAUSE_MS = 20_000

let second: Engine

beforeAll(async () => {
  second = await startEngine({ folder: await lockDataFolder(temporaryFolder()) })
  return second.stop
})

/** A shop whose writes are captured, and the places of its move. */
const createCaptured = async () => {
  const dataDir = temporaryFolder()
  const home = await createTestShop({
    books: [aBook({ stock_quantity: 1_000 })],
    journalIn: dataDir,
    withStaff: false,
  })
  const { endpoint } = await getTestEngine()
  const source = createPlace('home', endpoint, home.names, undefined, dataDir)
  const destination = createPlace('abroad', second.endpoint, home.names)
  onTestFinished(async () => {
    await source.close()
    await destination.close()
  })
  return { home, dataDir, source, destination }
}

/** `before` is called with the operation of each call of the place that reads items. */
const observed = (place: Place, before: (operation: string) => Promise<unknown> | undefined): Place => ({
  ...place,
  wire: {
    ...place.wire,
    call: async (...call) => {
      await before(call[0])
      return place.wire.call(...call)
    },
  },
  db: {
    ...place.db,
    admin: async (...call) => {
      await before(call[0])
      return place.db.admin(...call)
    },
  },
})

/** Orders until `stop`, which gives the ids of the acknowledged ones. */
const startOrders = (shop: TestShop) => {
  const ids: string[] = []
  let done = false
  const run = async () => {
    while (!done) {
      const [buyer] = await createBuyers(shop, 1, 'tech-001')
      const answer = buyer?.order.cart_version ? await placeOrder(buyer) : undefined
      if (answer?.status === 201) ids.push(answer.body.order_id)
      else await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  const running = run()
  return {
    stop: async () => {
      done = true
      await running
      return ids
    },
  }
}

const orderIds = async ({ db, names }: Place): Promise<string[]> => {
  const ids: string[] = []
  for await (const page of db.scan(names.orders)) ids.push(...page.map(({ order_id }) => String(order_id)))
  return ids
}

const moveUnderOrders = async (source: Place, destination: Place, shop: TestShop) => {
  const orders = startOrders(shop)
  const steps: [MoveStep, string][] = []
  const onStep = (step: MoveStep, detail: string) => void steps.push([step, detail])
  const moved = runMove(source, destination, { id: 'move-1', maxPauseMs: MAX_PAUSE_MS, onStep })
  await moved.finally(orders.stop)
  const ids = await orders.stop()
  expect(ids.length).toBeGreaterThan(0)
  expect(await orderIds(destination)).toEqual(expect.arrayContaining(ids))
  return steps
}

test('with captured keys the pause reads no table, and nothing is lost', async () => {
  const { home, source, destination } = await createCaptured()
  let isPaused = false
  let scans = 0
  const counting = observed(source, operation => {
    if (isPaused && operation === 'Scan') scans++
    return undefined
  })
  const closing: Place = {
    ...counting,
    db: {
      ...counting.db,
      write: async (one, repeatable) => {
        if (one.action === 'Put' && one.item.state === 'moving') isPaused = true
        return source.db.write(one, repeatable)
      },
    },
  }
  await moveUnderOrders(closing, destination, home)
  expect([isPaused, scans]).toEqual([true, 0])
})

test('a program whose writes are not captured is found, and the pause reads all items', async () => {
  const { home, source, destination } = await createCaptured()
  const other = await createTestShop({ sharingTablesOf: home, withStaff: false })
  const steps = await moveUnderOrders(source, destination, other)
  expect(steps.some(([, detail]) => detail.includes('Another program writes to the source'))).toBe(true)
})

/** Whether the two items that one transaction changes are as it leaves them. */
const changedItems = async ({ db, names }: Place): Promise<boolean[]> => {
  const [book] = (
    await db.query({
      table: names.books,
      where: 'category = :category',
      values: { ':category': 'Technology' },
    })
  ).items
  const row = await db.get(names.control, { pk: 'held-up', sk: 'x' })
  return [book?.stock_quantity === 7, row !== undefined]
}

const heldUp = ({ names }: Place): readonly Write[] => {
  const item: Item = { pk: 'held-up', sk: 'x' }
  return [
    {
      action: 'Update',
      table: names.books,
      key: { category: 'Technology', book_id: 'tech-001' },
      set: 'SET stock_quantity = :seven',
      values: { ':seven': 7 },
    },
    { action: 'Put', table: names.control, item },
  ]
}

test.each(['captured', 'not captured'])(
  'a transaction that is held up and arrives in the pause is copied as a whole, or not at all: %s',
  async mode => {
    const { home, dataDir, source, destination } = await createCaptured()
    let isPaused = false
    let scans = 0
    const arrive = async () => {
      isPaused = false
      await source.db.transact(heldUp(source))
    }
    const place = observed(source, operation => {
      if (!isPaused) return undefined
      // Between the reads of the two items: after the books, or before all of it is read at one moment.
      if (operation === 'Scan') scans++
      return operation === 'TransactGetItems' || scans === 2 ? arrive() : undefined
    })
    const keys = [
      { table: home.names.books, key: { category: 'Technology', book_id: 'tech-001' } },
      { table: home.names.control, key: { pk: 'held-up', sk: 'x' } },
    ]
    createJournal(dataDir, home.names).begin({ keys })
    const { capture, ...uncaptured } = place
    await runMove(mode === 'captured' ? place : uncaptured, destination, {
      id: 'move-1',
      maxPauseMs: MAX_PAUSE_MS,
      onStep: step => {
        isPaused ||= step === 'finishing'
      },
    })
    expect(await changedItems(source)).toEqual([true, true])
    const [first, other] = await changedItems(destination)
    expect(first).toBe(other)
  },
)

test('a copy that is held up fails when it arrives, since it was sent again', async () => {
  const { home, destination } = await createCaptured()
  await createTables(destination.db, home.names)
  const filling = await beginFilling(destination, 'move-1')
  const sent: (readonly Write[])[] = []
  const db: Place['db'] = {
    ...destination.db,
    transact: async writes => {
      sent.push(writes)
      if (sent.length === 1) throw new ShopError('store_unavailable', 'lost')
      return destination.db.transact(writes)
    },
  }
  const writer = createWriter({ ...destination, db }, filling)
  const put = (text: string): Write => ({
    action: 'Put',
    table: home.names.control,
    item: { pk: 'a', sk: 'x', text },
  })
  await writer.add(put('old'), 10)
  await writer.flush()
  await writer.add(put('new'), 10)
  await writer.flush()
  expect(sent).toHaveLength(3)
  await expect(destination.db.transact(sent[0] ?? [])).rejects.toThrow(TransactionRefused)
  expect(await destination.db.get(home.names.control, { pk: 'a', sk: 'x' })).toMatchObject({ text: 'new' })
})

test('a renewal whose response was lost is recognized as its own', async () => {
  const { home, destination } = await createCaptured()
  await createTables(destination.db, home.names)
  const filling = await beginFilling(destination, 'move-1')
  const lost = new ShopError('store_unavailable', 'lost')
  const losses = { transact: 1, write: 1 }
  const db: Place['db'] = {
    ...destination.db,
    transact: async writes => {
      if (losses.transact-- > 0) throw lost
      return destination.db.transact(writes)
    },
    write: async (...call) => {
      await destination.db.write(...call)
      if (losses.write-- > 0) throw lost
    },
  }
  const writer = createWriter({ ...destination, db }, filling)
  const item = { pk: 'a', sk: 'x' }
  await writer.add({ action: 'Put', table: home.names.control, item }, 10)
  await writer.flush()
  expect(await destination.db.get(home.names.control, item)).toEqual(item)
  expect((await readFence(destination.db, home.names.control)).epoch).toBe(writer.fence().epoch)
})

test('after a failure in the pause no step begins, and the source takes writes again', async () => {
  const { home, dataDir, source, destination } = await createCaptured()
  const steps: MoveStep[] = []
  const failing = observed(source, operation =>
    steps.includes('pausing') && operation === 'BatchGetItem'
      ? Promise.reject(new Error('broken'))
      : undefined,
  )
  const moved = runMove(failing, destination, {
    id: 'move-1',
    maxPauseMs: MAX_PAUSE_MS,
    onStep: step => {
      steps.push(step)
      const keys = [{ table: home.names.control, key: { pk: 'a', sk: 'x' } }]
      if (step === 'pausing') createJournal(dataDir, home.names).begin({ keys })()
    },
  })
  await expect(moved).rejects.toThrow('broken')
  expect((await readFence(source.db, home.names.control)).state).toBe('open')
  await sleep(DRAIN_MS)
  expect(steps.at(-1)).toBe('pausing')
})

test('a source whose closing was not confirmed takes writes again at once', async () => {
  const { home, source, destination } = await createCaptured()
  const db: Place['db'] = {
    ...source.db,
    write: async (one, repeatable) => {
      await source.db.write(one, repeatable)
      if (one.action === 'Put' && one.item.state === 'moving')
        throw new ShopError('store_unavailable', 'lost')
    },
  }
  const moved = runMove({ ...source, db }, destination, { id: 'move-1', maxPauseMs: MAX_PAUSE_MS })
  await expect(moved).rejects.toThrow('lost')
  expect(await readFence(source.db, home.names.control)).toMatchObject({ state: 'open', epoch: 1 })
})

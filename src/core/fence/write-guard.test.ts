/** The write fence: no response that was believed belongs to a write that who closed the fence has not seen. */
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { getTestEngine } from '../../../test/kit.ts'
import { createTableInput } from '../../tables/provision.ts'
import { engineSigner } from '../aws/sign.ts'
import { createDynamo, type Dynamo } from '../dynamo/dynamo.ts'
import { createWire, type Wire, WriteUncertain } from '../dynamo/wire.ts'
import { ShopError } from '../errors.ts'
import type { Clock } from './clock.ts'
import { type Fence, type FenceState, readFence, setFence } from './fence.ts'
import { pauseWrites } from './pause.ts'
import { createWriteGuard, DRAIN_MS } from './write-guard.ts'

let endpoint = ''
let plain: Dynamo
let tables = 0

beforeAll(async () => {
  endpoint = (await getTestEngine()).endpoint
  plain = createDynamo(createWire(() => endpoint, engineSigner))
})

const newTable = async (): Promise<string> => {
  const table = `fence-${++tables}`
  await plain.admin('CreateTable', createTableInput('control', table))
  return table
}

const close = async (table: string, state: FenceState = 'moving'): Promise<Fence> => {
  const fence = await readFence(plain, table)
  const closed = { state, epoch: fence.epoch + 1, owner: 'move-1' }
  expect(await setFence(plain, table, fence, closed)).toBe(true)
  return closed
}

/** A clock that tests move on: by both clocks, or by one of them. */
const movedClock = () => {
  const now = { monotonic: 1_000_000, wall: 1_700_000_000_000 }
  const clock: Clock = () => ({ ...now })
  return {
    clock,
    pass: (monotonic: number, wall = monotonic) =>
      Object.assign(now, { monotonic: now.monotonic + monotonic, wall: now.wall + wall }),
  }
}

const code = (writing: Promise<unknown>): Promise<unknown> =>
  writing.then(
    () => 'written',
    (error: unknown) => (error instanceof ShopError ? error.code : error),
  )

const put = (db: Dynamo, table: string, pk: string) =>
  code(db.write({ action: 'Put', table, item: { pk, sk: 'row' } }))

/** A client whose writes are held up in its hand while `hold` is set. */
const heldClient = (table: string, clock: Clock) => {
  const held = { before: async () => {}, after: async () => {} }
  const wire = createWire(
    () => endpoint,
    engineSigner,
    call => {
      const guard = createWriteGuard(createDynamo({ call, close: async () => {} }), table, clock)
      return {
        admit: async () => {
          const confirm = await guard.admit()
          await held.before()
          return async () => {
            await held.after()
            await confirm()
          }
        },
      }
    },
  )
  return { db: createDynamo(wire), held }
}

describe('a closed fence', () => {
  test.each([
    ['moving', 'shop_moving'],
    ['filling', 'shop_moving'],
    ['moved', 'shop_moving'],
    ['paused', 'writes_paused'],
    ['unknown to this release', 'shop_moving'],
  ] as const)('%s refuses every write and no read, until it is open', async (state, refusal) => {
    const table = await newTable()
    const { clock, pass } = movedClock()
    const { db } = heldClient(table, clock)
    expect(await put(db, table, 'before')).toBe('written')
    const closed = await close(table, state as FenceState)
    pass(500)
    expect(await put(db, table, 'during')).toBe(refusal)
    expect(await code(db.transact([{ action: 'Put', table, item: { pk: 'during', sk: 'row' } }]))).toBe(
      refusal,
    )
    expect(await db.get(table, { pk: 'before', sk: 'row' })).toBeDefined()
    expect(await db.get(table, { pk: 'during', sk: 'row' })).toBeUndefined()
    const found = state === 'unknown to this release' ? await readFence(plain, table) : closed
    await plain.write({
      action: 'Update',
      table,
      key: { pk: 'write-fence', sk: 'state' },
      set: 'SET #s = :open',
      names: { '#s': 'state' },
      values: { ':open': 'open' },
    })
    expect(found.epoch).toBe(1)
    pass(500)
    expect(await put(db, table, 'after')).toBe('written')
  })

  test('a client that was stopped between its check and its write does not believe the response', async () => {
    for (const [name, monotonic, wall] of [
      ['stopped', 60_000, 60_000],
      // A function that was frozen, or a laptop that slept: only the time of day has passed.
      ['frozen', 0, 60_000],
      // Somebody has set the time of day back.
      ['set back', 60_000, -60_000],
    ] as const) {
      const table = await newTable()
      const { clock, pass } = movedClock()
      const { db, held } = heldClient(table, clock)
      held.before = async () => {
        held.before = async () => {}
        await close(table)
        pass(monotonic, wall)
      }
      expect(await put(db, table, 'late'), name).toBe('store_unavailable')
      // It was carried out all the same: a client without the second reading would have believed that.
      expect(await plain.get(table, { pk: 'late', sk: 'row' }), name).toBeDefined()
    }
  })

  test('a late response is believed where the fence was not closed, and not where it is open again', async () => {
    for (const [reopen, expected] of [
      [false, 'written'],
      [true, 'store_unavailable'],
    ] as const) {
      const table = await newTable()
      const { clock, pass } = movedClock()
      const { db, held } = heldClient(table, clock)
      held.before = async () => {
        held.before = async () => {}
        if (reopen) {
          const closed = await close(table)
          await setFence(plain, table, closed, { ...closed, state: 'open' })
        }
        pass(60_000)
      }
      expect(await put(db, table, 'late')).toBe(expected)
    }
  })

  test('after the drain nothing that was believed is missing; without the second reading something is', async () => {
    const table = await newTable()
    const naive = createWire(
      () => endpoint,
      engineSigner,
      call => {
        const guard = createWriteGuard(createDynamo({ call, close: async () => {} }), table)
        return {
          admit: async () => {
            await guard.admit()
            await sleep(DRAIN_MS + 300)
            return async () => {}
          },
        }
      },
    )
    const late = put(createDynamo(naive), table, 'naive')
    await sleep(50)
    await close(table)
    await sleep(DRAIN_MS)
    expect(await plain.get(table, { pk: 'naive', sk: 'row' })).toBeUndefined()
    expect(await late).toBe('written')
  })
})

describe('a write pause', () => {
  test('refuses writes until it ends, and a second one is refused', async () => {
    const table = await newTable()
    const { clock, pass } = movedClock()
    const { db } = heldClient(table, clock)
    const pause = await pauseWrites(plain, table, { maxMs: 10_000 })
    expect(await put(db, table, 'during')).toBe('writes_paused')
    await expect(pauseWrites(plain, table, { maxMs: 10_000 })).rejects.toThrow('takes no writes')
    await pause.end()
    pass(500)
    expect(await put(db, table, 'after')).toBe('written')
  })

  test('ends by itself when its owner is gone, and its owner is told that it was too long', async () => {
    const table = await newTable()
    const owner = movedClock()
    const client = movedClock()
    const { db } = heldClient(table, client.clock)
    const pause = await pauseWrites(plain, table, { maxMs: 3_000, clock: owner.clock })
    expect(await put(db, table, 'during')).toBe('writes_paused')
    client.pass(2_900)
    expect(await put(db, table, 'during')).toBe('writes_paused')
    // A clock that stood still, or was set, does not end it early.
    client.pass(0, 60_000)
    expect(await put(db, table, 'during')).toBe('writes_paused')
    client.pass(200)
    expect(await put(db, table, 'after')).toBe('written')
    expect((await readFence(plain, table)).state).toBe('open')
    owner.pass(3_200)
    await expect(pause.end()).rejects.toThrow('took too long')
  })
})

test('the guard of a database without a control table admits writes, and an unreachable one is an outage', async () => {
  const { clock } = movedClock()
  const admitted = createWriteGuard(plain, 'no-such-table', clock)
  await expect(admitted.admit()).resolves.toBeTypeOf('function')
  const lost: Wire = {
    call: async () => {
      throw new ShopError('store_unavailable', 'down')
    },
    close: async () => {},
  }
  expect(await code(createWriteGuard(createDynamo(lost), 'control', clock).admit())).toBe('store_unavailable')
  expect(new WriteUncertain().message).toContain('response')
})

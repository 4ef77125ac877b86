/**
 * Write fence: one row of the control table that says whether the database takes writes. Every process that writes obeys it
 * (write-guard.ts); who closes it waits DRAIN_MS, after which no write of a process that obeys it is carried out any more and
 * believed by its sender. Closing it costs nothing while it is open: no write of the shop is larger for it.
 *
 * Outside of it are programs that write to the tables without the shop and its forwarder, such as other AWS clients on Amazon DynamoDB.
 */
import { CONTROL_ROWS } from '../control/rows.ts'
import { wasApplied } from '../dynamo/conditional.ts'
import type { Dynamo } from '../dynamo/dynamo.ts'
import { DynamoError } from '../dynamo/wire.ts'
import type { Item, Write } from '../dynamo/write.ts'

/**
 * - `open`: writes are taken
 * - `paused`: for a moment, such as the end of a backup. It ends by itself, also when its owner is killed
 * - `moving`: the shop is being moved away from here. It ends by itself too, unless the shop has moved
 * - `filling`: the shop is being moved to here
 * - `moved`: the shop has moved away, for good
 */
const STATES = ['open', 'paused', 'moving', 'filling', 'moved'] as const
export type FenceState = (typeof STATES)[number]

export type Fence = {
  readonly state: FenceState
  /** Grows with each closing, so that a fence which was closed in between is recognized. */
  readonly epoch: number
  /** The pause or the move that closed it; empty while no one has. */
  readonly owner: string
  /** Longest duration of a pause or of a move's last step, in milliseconds; after it the fence is opened again. */
  readonly pauseMs?: number
  /** Where the shop has moved to. */
  readonly movedTo?: string
  /** When it came into this state, for people. */
  readonly since?: string
}

export type FenceDb = Pick<Dynamo, 'get' | 'write'>

const KEY = CONTROL_ROWS.writeFence.key('state')

/** The fence of a database where it has never been closed. */
export const NEVER_CLOSED: Fence = { state: 'open', epoch: 0, owner: '' }

/** Whether a row of the control table is the fence: it belongs to its database, so no copy of the data contains it. */
export const isFenceRow = (row: Item): boolean => CONTROL_ROWS.writeFence.matches(row)

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A state that this release does not know is closed. */
const parseFence = (row: Item): Fence => {
  const [movedTo, since] = [text(row.moved_to), text(row.since)]
  return {
    state: STATES.find(one => one === row.state) ?? 'moving',
    epoch: Number(row.epoch),
    owner: text(row.owner) ?? '',
    ...(typeof row.pause_ms === 'number' && { pauseMs: row.pause_ms }),
    ...(movedTo !== undefined && { movedTo }),
    ...(since !== undefined && { since }),
  }
}

/** The fence, read consistently; a database without the control table has none yet. */
export const readFence = async (db: Pick<FenceDb, 'get'>, table: string): Promise<Fence> => {
  try {
    const row = await db.get(table, KEY)
    return row ? parseFence(row) : NEVER_CLOSED
  } catch (error) {
    if (error instanceof DynamoError && error.type === 'ResourceNotFoundException') return NEVER_CLOSED
    throw error
  }
}

const CONDITION = '#state = :state AND epoch = :epoch AND #owner = :owner'

const isIn = ({ state, epoch, owner }: Fence) => ({
  condition: CONDITION,
  names: { '#state': 'state', '#owner': 'owner' },
  values: { ':state': state, ':epoch': epoch, ':owner': owner },
})

/** A check for a transaction: it is carried out only while the fence is in exactly this state, which is not that of NEVER_CLOSED. */
export const fenceCheck = (table: string, fence: Fence): Write => ({
  action: 'ConditionCheck',
  table,
  key: KEY,
  ...isIn(fence),
})

const isSame = (a: Fence, b: Fence): boolean =>
  a.state === b.state && a.epoch === b.epoch && a.owner === b.owner

/**
 * Brings the fence from exactly this state to another one. False where it is in neither of both; true also when an earlier try
 * has been carried out. `db` must be one that does not obey the fence.
 */
export const setFence = async (
  db: FenceDb,
  table: string,
  from: Fence,
  to: Fence,
  now = new Date(),
): Promise<boolean> => {
  const { state, epoch, owner, pauseMs, movedTo } = to
  const item = {
    ...KEY,
    state,
    epoch,
    owner,
    ...(pauseMs !== undefined && { pause_ms: pauseMs }),
    ...(movedTo !== undefined && { moved_to: movedTo }),
    since: now.toISOString(),
  }
  const isFirst = isSame(from, NEVER_CLOSED)
  const written = db.write(
    {
      action: 'Put',
      table,
      item,
      ...(isFirst ? { condition: 'attribute_not_exists(pk)' } : isIn(from)),
    },
    true,
  )
  return (await wasApplied(written)) || isSame(await readFence(db, table), to)
}

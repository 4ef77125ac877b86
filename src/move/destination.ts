/** The destination of a move: prepared, and closed to all but this run of this move. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fence, readFence, setFence } from '../core/fence/fence.ts'
import { DRAIN_MS } from '../core/fence/write-guard.ts'
import { createTables, passes, verifyTables } from '../tables/provision.ts'
import { hasItems, MoveError, type Place } from './place.ts'

const HOLDS_A_SHOP =
  'holds a shop already: a move goes to empty tables, or back to where the shop has moved from. `cloudshelf tables delete` empties them'

/** Longest time in which the destination is looked at, in milliseconds: after it a shop that is there writes again. */
const LOOK_MS = 30_000

const assertEmpty = async (place: Place): Promise<void> => {
  for (const id of ['books', 'orders', 'carts', 'users'] as const)
    if (await hasItems(place, id)) throw new MoveError(`${place.name} ${HOLDS_A_SHOP}`)
}

/** Pauses the writes of a place until it is certain that it is empty, and gives back its fence. Throws MoveError. */
const pauseEmpty = async (place: Place, before: Fence, id: string): Promise<Fence> => {
  const { db, names } = place
  if (before.state === 'open') await assertEmpty(place)
  const paused: Fence = { state: 'paused', epoch: before.epoch + 1, owner: id, pauseMs: LOOK_MS }
  if (!(await setFence(db, names.control, before, paused))) throw changed(place)
  try {
    await sleep(DRAIN_MS)
    await assertEmpty(place)
  } catch (error) {
    await setFence(db, names.control, paused, { state: 'open', epoch: paused.epoch, owner: id })
    throw error
  }
  return paused
}

/** Creates missing tables where the place allows it. Throws MoveError where they are not as the shop needs them. */
export const prepareTables = async ({ name, db, names, createsTables }: Place): Promise<void> => {
  if (createsTables) await createTables(db, names)
  for await (const check of verifyTables(db, names))
    if (!passes(check))
      throw new MoveError(
        `table ${check.table} at ${name}: ${check.point} must be ${check.expected}, but is ${check.found}`,
      )
}

const changed = ({ name }: Place): MoveError =>
  new MoveError(`another command has changed ${name}: try again`)

const mayBeFilled = ({ state, owner }: Fence, id: string): boolean =>
  state === 'moved' ||
  state === 'open' ||
  (state === 'filling' && (owner === id || owner === '')) ||
  // Cut off while it was looked at: it is looked at again.
  (state === 'paused' && owner === id)

/**
 * Closes the destination to all but this run, and gives back the fence that its writes check. A run of the same move that was
 * interrupted can write nothing any more. Only a place that was empty, or from where the shop has moved, comes into the state
 * `filling`. Throws MoveError where the destination holds another shop, or another move fills it.
 */
export const beginFilling = async (place: Place, id: string): Promise<Fence> => {
  const { db, names, name } = place
  const before = await readFence(db, names.control)
  if (!mayBeFilled(before, id))
    throw new MoveError(
      before.state === 'filling'
        ? `another move (${before.owner}) fills ${name}: end it with --abandon where it was started`
        : `${name} takes no writes now (${before.state}): try again in a minute`,
    )
  const isKnown = before.state === 'filling' || before.state === 'moved'
  const closed = isKnown ? before : await pauseEmpty(place, before, id)
  const fence: Fence = { state: 'filling', epoch: closed.epoch + 1, owner: id }
  if (!(await setFence(db, names.control, closed, fence))) throw changed(place)
  return fence
}

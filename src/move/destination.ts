/** The destination of a move: prepared, and closed to all but this run of this move. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fence, readFence, setFence } from '../core/fence/fence.ts'
import { DRAIN_MS } from '../core/fence/write-guard.ts'
import { createTables, passes, verifyTables } from '../tables/provision.ts'
import { MoveError, type Place, readTable } from './place.ts'

const HOLDS_A_SHOP =
  'holds a shop already: a move goes to empty tables, or back to where the shop has moved from. `cloudshelf tables delete` empties them'

const isEmpty = async (place: Place): Promise<boolean> => {
  let items = 0
  for (const id of ['books', 'orders', 'carts', 'users'] as const)
    await readTable(place, id, page => {
      items += page.length
    })
  return items === 0
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

const mayBeFilled = ({ state, owner }: Fence, id: string): boolean =>
  state === 'moved' || state === 'open' || (state === 'filling' && (owner === id || owner === ''))

/**
 * Closes the destination to all but this run, and gives back the fence that its writes check. A run of the same move that was
 * interrupted can write nothing any more. Throws MoveError where the destination holds another shop, or another move fills it.
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
  const fence: Fence = { state: 'filling', epoch: before.epoch + 1, owner: id }
  if (!(await setFence(db, names.control, before, fence)))
    throw new MoveError(`another command has changed ${name}: try again`)
  if (before.state === 'open') {
    await sleep(DRAIN_MS)
    if (!(await isEmpty(place))) {
      await setFence(db, names.control, fence, { ...before, epoch: fence.epoch })
      throw new MoveError(`${name} ${HOLDS_A_SHOP}`)
    }
  }
  return fence
}

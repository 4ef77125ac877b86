/** The fences of both places of a move: opened again where it was cut off, abandoned, or where its other place is lost. */
import { type Fence, readFence, setFence } from '../core/fence/fence.ts'
import { MoveError, type Place } from './place.ts'

/** Whether the shop sells at this place, or would but for this move. */
export const isAtHome = ({ state, owner }: Fence, id: string): boolean =>
  state === 'open' || (state === 'moving' && owner === id)

export const notAt = ({ name }: Place, { state, movedTo }: Fence): MoveError =>
  new MoveError(
    state === 'moved'
      ? `the shop is not at ${name}: it has moved to ${movedTo}`
      : `${name} takes no writes now (${state}): try again in a minute`,
  )

/** The fence of the source while it is open; one that a cut-off run of this move has closed is opened again. */
export const openSource = async (source: Place, id: string): Promise<Fence> => {
  const { db, names } = source
  const fence = await readFence(db, names.control)
  if (fence.state === 'open') return fence
  const open: Fence = { state: 'open', epoch: fence.epoch, owner: id }
  if (isAtHome(fence, id) && (await setFence(db, names.control, fence, open))) return open
  throw notAt(source, fence)
}

/**
 * Ends a move before the switch: the source sells, and the destination stays closed. Gives back whether the destination could be told;
 * one that is not reachable belongs to this move until it is opened (reopenPlace). Throws MoveError after the switch.
 */
export const abandonMove = async (source: Place, destination: Place, id: string): Promise<boolean> => {
  const fence = await readFence(source.db, source.names.control)
  if (fence.state === 'moved' && fence.owner === id)
    throw new MoveError(
      `the shop has moved to ${destination.name} already: \`cloudshelf move --back\` brings it home`,
    )
  if (fence.state === 'moving' && fence.owner === id) await openSource(source, id)
  const { db, names } = destination
  try {
    const filling = await readFence(db, names.control)
    if (filling.state !== 'filling' || filling.owner !== id) return true
    return await setFence(db, names.control, filling, {
      state: 'filling',
      epoch: filling.epoch + 1,
      owner: '',
    })
  } catch {
    return false
  }
}

/**
 * Opens a place that a move has closed: after an abandoned move, or because the place to which the shop has moved is lost. Whoever calls it
 * knows that the shop sells nowhere else. False where it takes writes already.
 */
export const reopenPlace = async ({ db, names, name }: Place): Promise<boolean> => {
  const fence = await readFence(db, names.control)
  if (fence.state === 'open') return false
  const open: Fence = { state: 'open', epoch: fence.epoch + 1, owner: fence.owner }
  if (!(await setFence(db, names.control, fence, open)))
    throw new MoveError(`another command has changed ${name}: try again`)
  return true
}

/** Writes to the destination of a move: only while it is closed to all but this run, and none that is held up counts any more. */
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { type Fence, fenceCheck, setFence } from '../core/fence/fence.ts'
import { retry } from '../core/retry.ts'
import { PATIENCE } from './patience.ts'
import { MoveError, type Place } from './place.ts'

/** A transaction has at most 100 writes, of which one is the check of the fence, and 4 MB. */
const MAX_WRITES = 99
const MAX_BYTES = 2_000_000

export type Writer = {
  readonly add: (write: Write, bytes: number) => Promise<void>
  /** Resolves when all that was added is written. */
  readonly flush: () => Promise<void>
  /** The fence of the destination as this run has closed it. */
  readonly fence: () => Fence
}

const takenOver = (): MoveError =>
  new MoveError('another command has taken over or ended this move: see `cloudshelf move --status`')

/**
 * Creates a writer of transactions of bounded size, one after the other, since each one checks the fence of the destination. One whose
 * outcome is unknown may still be on its way, and would later put back what has been overwritten since: so the fence gets another epoch
 * before the next try, and whatever is on its way fails. Throws MoveError where another run has taken over.
 */
export const createWriter = ({ db, names }: Pick<Place, 'db' | 'names'>, filling: Fence): Writer => {
  let fence = filling
  /** The fence of a renewal whose outcome is not known yet: the next try recognizes what an earlier one has written by it. */
  let next: Fence | undefined
  let isUncertain = false
  let batch: Write[] = []
  let bytes = 0
  let last: Promise<void> = Promise.resolve()

  const renew = async (): Promise<void> => {
    // By a random step: a run that has taken over meanwhile, by a step of one, has not the same epoch.
    next ??= { ...fence, epoch: fence.epoch + 2 + Math.floor(Math.random() * 1e9) }
    if (!(await setFence(db, names.control, fence, next))) throw takenOver()
    fence = next
    next = undefined
    isUncertain = false
  }

  const write = async (writes: readonly Write[]): Promise<void> => {
    const done = await retry(PATIENCE, async () => {
      try {
        if (isUncertain) await renew()
        await db.transact([fenceCheck(names.control, fence), ...writes])
        return true
      } catch (error) {
        if (error instanceof TransactionRefused) throw takenOver()
        if (!(error instanceof ShopError)) throw error
        isUncertain = true
        return undefined
      }
    })
    if (!done) throw new MoveError('the destination is not reachable or too busy: try again')
  }

  const flush = (): Promise<void> => {
    const writes = batch
    batch = []
    bytes = 0
    if (writes.length > 0) last = last.then(() => write(writes))
    return last
  }

  return {
    add: async (one, size) => {
      batch.push(one)
      bytes += size
      if (batch.length >= MAX_WRITES || bytes >= MAX_BYTES) await flush()
    },
    flush,
    fence: () => fence,
  }
}

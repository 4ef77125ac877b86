/** Write pause: the fence closed for a moment, such as the end of a backup. It ends by itself when its owner is killed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, longest, systemClock } from './clock.ts'
import { type Fence, type FenceDb, readFence, setFence } from './fence.ts'
import { DRAIN_MS } from './write-guard.ts'

export type WritePause = {
  /** Who closed the fence, as its row says. */
  readonly owner: string
  /** Notes in the row of the fence, as its `since`, that all writes of before are carried out; gives back the note. */
  readonly mark: () => Promise<string>
  /** Lets the shop write again. Throws Error where the pause may have ended by itself before: then what was read in it is not of one moment. */
  readonly end: () => Promise<void>
}

/** What clocks may differ in their rates, and the time for ending it, as a part of the longest duration. */
const USABLE = 0.9

/**
 * Closes the fence and waits until all writes of before are carried out. The pause lasts at most `maxMs` (2000 or more), which
 * includes that wait of 1.2 s. `db` must be one that does not obey the fence. Throws Error where the fence is closed already.
 */
export const pauseWrites = async (
  db: FenceDb,
  table: string,
  { maxMs, clock = systemClock }: { readonly maxMs: number; readonly clock?: Clock },
): Promise<WritePause> => {
  const fence = await readFence(db, table)
  if (fence.state !== 'open') throw new Error(`the database takes no writes now: it is ${fence.state}`)
  const owner = crypto.randomUUID()
  const paused: Fence = { state: 'paused', epoch: fence.epoch + 1, owner, pauseMs: maxMs }
  const since = clock()
  if (!(await setFence(db, table, fence, paused))) throw new Error('another command has paused the writes')
  const open = () => setFence(db, table, paused, { state: 'open', epoch: paused.epoch, owner })
  try {
    await sleep(DRAIN_MS)
  } catch (error) {
    await open()
    throw error
  }
  return {
    owner,
    mark: async () => {
      const now = new Date()
      await setFence(db, table, paused, paused, now)
      return now.toISOString()
    },
    end: async () => {
      const inTime = longest(since, clock()) <= maxMs * USABLE
      if (!(await open()) || !inTime) throw new Error('the write pause took too long: try again')
    },
  }
}

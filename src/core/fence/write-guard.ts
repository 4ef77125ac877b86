/**
 * Write guard: how a process obeys the write fence (fence.ts), without a write of its own and with at most one read in MAX_AGE_MS.
 *
 * - A write is sent only while the last reading of the fence said open and was sent at most LEASE_MS ago. One that is older than
 *   MAX_AGE_MS is renewed first.
 * - Its response is believed only if it came within LEASE_MS of that reading. A later one is believed if another reading, sent after
 *   the response, finds the fence open and not closed in between.
 *
 * So a write that its sender believes was carried out either within LEASE_MS of a moment at which the fence was open, or before it
 * was closed. Who closes the fence waits DRAIN_MS, longer than LEASE_MS by what clocks may differ in their rates, and then reads all
 * such writes: however long a process, a request or a response was held up in between.
 */
import { type WriteGuard, WriteUncertain } from '../dynamo/wire.ts'
import { ShopError } from '../errors.ts'
import { type Clock, type Instant, longest, shortest, systemClock } from './clock.ts'
import { type Fence, type FenceDb, readFence, setFence } from './fence.ts'

const MAX_AGE_MS = 400
const LEASE_MS = 1_000
/** How long who has closed the fence waits before it relies on that, in milliseconds. */
export const DRAIN_MS = 1_200

/** The refusal of a write by a closed fence, with the seconds after which to try again. */
export const refusalOf = (fence: Fence): ShopError =>
  fence.state === 'paused'
    ? new ShopError('writes_paused', 'The shop is making a backup. Please try again in a moment.', {
        retry_after: 2,
      })
    : new ShopError(
        'shop_moving',
        fence.state === 'moved'
          ? 'The shop has moved to another place. Please load the page again in a moment.'
          : 'The shop is moving to another place. You can look around now, and buy again in a minute.',
        { retry_after: 10 },
      )

/** Whether a write was refused by a closed fence: nothing is broken, and a later try succeeds. */
export const isFenceRefusal = (error: unknown): boolean =>
  error instanceof ShopError && (error.code === 'shop_moving' || error.code === 'writes_paused')

const MAX_READS = 3

/**
 * How long after the end that a move has stated its fence is opened by whoever reads it, in milliseconds: more than clocks of
 * different machines differ. It is safe earlier, since the switch of a move succeeds only where its fence has stayed closed.
 */
const OVERDUE_MS = 60_000

type Reading = { readonly at: Instant; readonly fence: Fence }

/** `db` must be one that does not obey the fence. */
export const createWriteGuard = (db: FenceDb, table: string, clock: Clock = systemClock): WriteGuard => {
  let last: Reading | undefined
  let inFlight: Promise<Reading> | undefined
  let pause: { readonly owner: string; readonly epoch: number; readonly since: Instant } | undefined

  const age = ({ at }: Reading): number => longest(at, clock())

  /** A reading that is sent now. */
  const readNow = async (): Promise<Reading> => {
    const at = clock()
    const fence = await readFence(db, table)
    const reading = { at, fence }
    if (!last || at.monotonic >= last.at.monotonic) last = reading
    return reading
  }

  const refresh = (): Promise<Reading> => {
    inFlight ??= readNow().finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  /** The last reading, if a new one failed that was only to be early. */
  const readEarly = async (): Promise<Reading> => {
    try {
      return await refresh()
    } catch (error) {
      if (last?.fence.state === 'open' && age(last) <= LEASE_MS) return last
      throw error
    }
  }

  /**
   * Opens a fence whose owner has not opened it in time. Counted from when this process saw it, which is later than its begin; for
   * a move also by the time of day, for a shop where nobody wrote for long.
   */
  const endOverdue = async ({ fence }: Reading): Promise<boolean> => {
    const { state, owner, epoch, pauseMs } = fence
    if (!(state === 'paused' || state === 'moving') || pauseMs === undefined) return false
    if (pause?.owner !== owner || pause.epoch !== epoch) pause = { owner, epoch, since: clock() }
    const isLong = state === 'moving' && clock().wall - Date.parse(fence.since ?? '') > pauseMs + OVERDUE_MS
    if (!isLong && shortest(pause.since, clock()) <= pauseMs) return false
    await setFence(db, table, fence, { state: 'open', epoch: fence.epoch, owner: fence.owner })
    return true
  }

  const admit: WriteGuard['admit'] = async () => {
    for (let reads = 0; ; reads++) {
      const reading = last && age(last) <= MAX_AGE_MS ? last : await readEarly()
      if (await endOverdue(reading)) last = undefined
      else if (reading.fence.state !== 'open') throw refusalOf(reading.fence)
      else if (age(reading) <= LEASE_MS) return () => confirm(reading)
      if (reads === MAX_READS)
        throw new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
    }
  }

  const confirm = async (reading: Reading): Promise<void> => {
    if (age(reading) <= LEASE_MS) return
    const later = await readNow().catch((cause: unknown) => {
      throw new WriteUncertain({ cause })
    })
    if (later.fence.state !== 'open' || later.fence.epoch !== reading.fence.epoch) throw new WriteUncertain()
  }

  return { admit }
}

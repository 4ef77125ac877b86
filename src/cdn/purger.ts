/**
 * Purger: makes the changes that wait one purge, sends it to CloudFront, and watches how long it takes. Several may run at once: a
 * change is in one purge, and its paths are counted once.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { LONG_SECONDS } from '../http/shared-caching.ts'
import type { CloudFront } from './cloudfront.ts'
import type { Purge, PurgeTable } from './table.ts'
import { SLOW_MS } from './timing.ts'
import type { WaitingChange } from './waiting-change.ts'

/** CloudFront allows 15 paths with a wildcard in progress; a purge has five at most. */
const MAX_IN_PROGRESS = 2
/** A purge that is this old was left behind by a process that has ended: another one sends it again. */
const ABANDONED_MS = 60_000
const POLL_MS = 1_000

export type PurgerDeps = {
  readonly table: PurgeTable
  readonly cloudFront: CloudFront
  /** The most paths in a month. */
  readonly limit: number
  readonly now: () => Date
  readonly sleep?: (ms: number) => Promise<unknown>
  /** Records how long a purge of so many paths took (ms); undefined: longer than was waited for it. */
  readonly onPurge: (paths: number, ms: number | undefined) => void
}

/**
 * Purges until no change waits any more, or `isOver()`. At its end responses may be shared for long again, if everything was purged
 * in time. Rejects with what CloudFront refused, after everything else has been done: that purge stays, and is sent again by the next
 * call.
 */
export const runPurges = async (
  { table, cloudFront, limit, now, sleep = wait, onPurge }: PurgerDeps,
  isOver: () => boolean,
): Promise<void> => {
  const failures: unknown[] = []
  const inProgress = new Map<string, Promise<void>>()
  /** Whether the last purge was in time. */
  let wasInTime: boolean | undefined

  /** How long CloudFront takes for it (ms); undefined if it has not after the time in which it should. */
  const watch = async (id: string): Promise<number | undefined> => {
    const start = now().getTime()
    for (;;) {
      const isCompleted = await cloudFront.isCompleted(id)
      const ms = now().getTime() - start
      if (isCompleted) return ms
      if (ms > SLOW_MS) return undefined
      await sleep(POLL_MS)
    }
  }

  const send = async (purge: Purge): Promise<void> => {
    try {
      const early = purge.sendAt - now().getTime()
      if (early > 0) await sleep(early)
      const ms = await watch(await cloudFront.invalidate(purge.reference, purge.paths))
      await table.finish(purge)
      wasInTime = ms !== undefined && ms <= SLOW_MS
      if (!wasInTime) await table.forbidLongSharing(now().getTime() + LONG_SECONDS * 1_000)
      onPurge(purge.paths.length, ms)
    } catch (error) {
      failures.push(error)
      // What has not been purged stays for an hour at most; from now on nothing more is to.
      await table.forbidLongSharing(0).catch((cause: unknown) => failures.push(cause))
    }
  }

  const start = (purge: Purge): void => {
    const sent = send(purge).finally(() => inProgress.delete(purge.reference))
    inProgress.set(purge.reference, sent)
  }

  const isAbandoned = ({ sendAt }: Purge): boolean => now().getTime() - sendAt > ABANDONED_MS

  /** Purges what is due; otherwise waits for it, or for a place. */
  const step = async (changes: readonly WaitingChange[], purges: readonly Purge[]): Promise<void> => {
    const time = now().getTime()
    const untilDue = Math.min(...changes.map(({ dueAt }) => dueAt)) - time
    if (untilDue > 0) await sleep(Math.min(untilDue, POLL_MS))
    else if (purges.length >= MAX_IN_PROGRESS) await sleep(POLL_MS)
    else {
      const settled = changes.filter(({ settledAt }) => settledAt <= time)
      const purge = await table.claim(settled, limit, now())
      if (purge) start(purge)
    }
  }

  /** Lets responses be shared for long again, unless something is late. */
  const allowLongSharing = async (): Promise<void> => {
    const { changes, purges, state } = await table.read()
    const time = now().getTime()
    const isBehind = purges.length > 0 || changes.some(({ dueAt }) => time - dueAt > SLOW_MS)
    if (!isBehind && (wasInTime ?? state.slowUntil <= time)) await table.allowLongSharing(state, limit, now())
  }

  while (!isOver() && failures.length === 0) {
    const { changes, purges } = await table.read()
    for (const purge of purges) if (isAbandoned(purge) && !inProgress.has(purge.reference)) start(purge)
    if (changes.length === 0) break
    await step(changes, purges)
  }
  await Promise.all(inProgress.values())
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures)
  await allowLongSharing()
}

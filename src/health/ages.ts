/** Age of the index and of the outbox, as the health endpoint reports them and the log records them. */
import type { LiveIndex } from '../catalog/index/live-index.ts'
import type { Log } from '../core/log/log.ts'
import { type OrderGapDeps, orderGap } from './order-gap.ts'

type Clock = { readonly now: () => Date }

export type OutboxAgeDeps = Clock & {
  readonly outbox: { readonly waitingSince: () => Promise<Date | undefined> }
}
export type IndexAgeDeps = Clock & { readonly liveIndex: Pick<LiveIndex, 'index' | 'asOf'> }

/**
 * `read`, begun at most once in `ms`: its result is for all who ask in that time, and its failure for those who wait for it. Health
 * is open to everybody, and each reading of the outbox is a query for each of its partitions.
 */
export const shareReads = <T>(read: () => Promise<T>, ms: number, now: () => Date): (() => Promise<T>) => {
  let last: { readonly at: number; readonly result: Promise<T> } | undefined
  return () => {
    const at = now().getTime()
    // A clock that was set back must not keep it either.
    if (last && Math.abs(at - last.at) < ms) return last.result
    const reading = { at, result: read() }
    last = reading
    reading.result.catch(() => {
      if (last === reading) last = undefined
    })
    return reading.result
  }
}

/** Seconds that the next mail has been waiting; 0 when none is waiting. */
export const outboxAge = async ({ outbox, now }: OutboxAgeDeps): Promise<number> => {
  const since = await outbox.waitingSince()
  return since ? Math.max(0, Math.round((now().getTime() - since.getTime()) / 1000)) : 0
}

/** Seconds since the changes of other processes were last read; undefined while there is no index. */
export const indexAge = ({ liveIndex: { index, asOf }, now }: IndexAgeDeps): number | undefined =>
  index && Math.round((now().getTime() - asOf.getTime()) / 100) / 10

/** Records the age of the outbox and the time without orders as gauges. */
export const recordDelays = async (
  deps: OutboxAgeDeps & OrderGapDeps & { readonly log: Pick<Log, 'gauge'> },
): Promise<void> => {
  deps.log.gauge({ OutboxAge: await outboxAge(deps) })
  const gap = await orderGap(deps)
  if (gap !== undefined) deps.log.gauge({ OrderGap: gap })
}

/** Records the age of the index as a gauge, if there is an index. */
export const recordIndexAge = (deps: IndexAgeDeps & { readonly log: Pick<Log, 'gauge'> }): void => {
  const age = indexAge(deps)
  if (age !== undefined) deps.log.gauge({ IndexAge: age })
}
